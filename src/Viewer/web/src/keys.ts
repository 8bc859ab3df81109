import type { DetectionList } from "./detections";
import type { Drawing } from "./drawing";
import type { Pane, SlideFacts } from "./pane";
import type { Shown } from "./shown";

/** Objectives that the keys 1 to 6 stand for. */
export const objectives = [1.25, 2.5, 5, 10, 20, 40];

/** What the keys do, in the words of the list that '?' shows. */
export const keyHelp: [string, string][] = [
  ["1 … 6", "1.25× … 40×; where microns are unknown 1/32 … 1/1"],
  ["0", "whole slide"],
  ["+ −", "nearer, farther"],
  ["arrows", "move"],
  ["r", "turn by 90°"],
  ["n, p", "next, previous detection"],
  ["h", "map on, off"],
  ["l", "layers and lists on, off"],
  ["d", "draw regions; Delete removes the chosen one, Ctrl-Z takes back"],
  ["[ ] Enter", "with the brush: smaller, larger, paint in the middle of the view"],
  ["m", "small map on, off"],
  ["f", "full screen"],
  ["?", "these keys"],
];

interface Keyed {
  facts: SlideFacts;
  panes: () => Pane[];
  shown: Shown;
  update: () => void;
  detections: DetectionList;
  draw: () => void;
  drawing: () => Drawing | null;
}

/** Keys of a slide, wherever the focus is but in fields; returns what ends it. */
export function listen(to: Keyed): () => void {
  let map = to.shown.map;
  const pressed = (event: KeyboardEvent) => {
    const target = event.target as HTMLElement;
    const drawing = to.drawing();
    if (drawing && event.key === "z" && (event.ctrlKey || event.metaKey) && !target.matches("input[type=text]")) {
      drawing.undo();
      event.preventDefault();
      return;
    }
    if (
      event.ctrlKey ||
      event.altKey ||
      event.metaKey ||
      target.matches("input:not([type=range]):not([type=checkbox]), select, textarea")
    )
      return;
    if (target.matches("input[type=range]") && event.key.startsWith("Arrow")) return;
    const pane = to.panes()[0];
    if (!pane || document.querySelector("dialog[open]")) return;
    const pressesButton = event.key === "Enter" && target.matches("a, button:not(#tool-brush)");
    if (!pressesButton && drawing?.key(event.key)) {
      event.preventDefault();
      return;
    }
    const number = Number(event.key);
    const step = 120 / pane.scale;
    const move = (x: number, y: number) => {
      const angle = (-pane.place.r * Math.PI) / 180;
      const place = pane.place;
      pane.go({
        x: place.x + step * (x * Math.cos(angle) - y * Math.sin(angle)),
        y: place.y + step * (x * Math.sin(angle) + y * Math.cos(angle)),
      });
    };
    if (event.key === "0") pane.fit();
    else if (number >= 1 && number <= objectives.length) {
      if (to.facts.mpp) pane.magnify(objectives[number - 1]!);
      else pane.go({ z: 2 ** (number - objectives.length) });
    } else if (event.key === "+" || event.key === "=") pane.go({ z: pane.place.z * 1.4 });
    else if (event.key === "-") pane.go({ z: pane.place.z / 1.4 });
    else if (event.key === "ArrowLeft") move(-1, 0);
    else if (event.key === "ArrowRight") move(1, 0);
    else if (event.key === "ArrowUp") move(0, -1);
    else if (event.key === "ArrowDown") move(0, 1);
    else if (event.key === "r") pane.go({ r: (pane.place.r + 90) % 360 });
    else if (event.key === "n") to.detections.step(1);
    else if (event.key === "p") to.detections.step(-1);
    else if (event.key === "h") {
      if (to.shown.map) map = to.shown.map;
      to.shown.map = to.shown.map ? "" : map;
      to.update();
    } else if (event.key === "l") {
      to.shown.panel = !to.shown.panel;
      to.update();
    } else if (event.key === "m") document.body.classList.toggle("without-navigator");
    else if (event.key === "d") to.draw();
    else if ((event.key === "Delete" || event.key === "Backspace") && drawing) drawing.deleteSelected();
    else if (event.key === "f") fullScreen();
    else if (event.key === "?") document.querySelector<HTMLButtonElement>("#help")?.click();
    else return;
    event.preventDefault();
  };
  window.addEventListener("keydown", pressed);
  return () => window.removeEventListener("keydown", pressed);
}

export function fullScreen(): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void document.documentElement.requestFullscreen();
}
