import type { DetectionList } from "./detections";
import type { Drawing } from "./drawing";
import { isForField, moveByKey } from "./moving";
import type { Pane } from "./pane";
import type { Shown } from "./shown";

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
    if (isForField(event)) return;
    const pane = to.panes()[0];
    if (!pane || document.querySelector("dialog[open]")) return;
    const pressesButton = event.key === "Enter" && target.matches("a, button:not(#tool-brush)");
    if (!pressesButton && drawing?.key(event.key)) {
      event.preventDefault();
      return;
    }
    if (moveByKey(pane, event.key)) return event.preventDefault();
    if (event.key === "n") to.detections.step(1);
    else if (event.key === "p") to.detections.step(-1);
    else if (event.key === "h") {
      if (to.shown.map) map = to.shown.map;
      to.shown.map = to.shown.map ? "" : map;
      to.update();
    } else if (event.key === "l") {
      to.shown.panel = !to.shown.panel;
      to.update();
    } else if (event.key === "d") to.draw();
    else if ((event.key === "Delete" || event.key === "Backspace") && drawing) drawing.deleteSelected();
    else if (event.key === "?") document.querySelector<HTMLButtonElement>("#help")?.click();
    else return;
    event.preventDefault();
  };
  window.addEventListener("keydown", pressed);
  return () => window.removeEventListener("keydown", pressed);
}
