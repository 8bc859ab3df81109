import type { Pane } from "./pane";

/** Objectives that the keys 1 to 6 stand for. */
export const objectives = [1.25, 2.5, 5, 10, 20, 40];

/** Whether a key goes to the field that has the focus, or to the browser, and not to the slide. */
export function isForField(event: KeyboardEvent): boolean {
  const target = event.target as HTMLElement;
  return (
    event.ctrlKey ||
    event.altKey ||
    event.metaKey ||
    target.matches("input:not([type=range]):not([type=checkbox]), select, textarea") ||
    (target.matches("input[type=range]") && event.key.startsWith("Arrow"))
  );
}

/** Moves a view by a key; whether it is one that does. */
export function moveByKey(pane: Pane, key: string): boolean {
  const number = Number(key);
  const step = 120 / pane.scale;
  const move = (x: number, y: number) => {
    const angle = (-pane.place.r * Math.PI) / 180;
    const place = pane.place;
    pane.go({
      x: place.x + step * (x * Math.cos(angle) - y * Math.sin(angle)),
      y: place.y + step * (x * Math.sin(angle) + y * Math.cos(angle)),
    });
  };
  if (key === "0") pane.fit();
  else if (number >= 1 && number <= objectives.length) {
    if (pane.facts.mpp) pane.magnify(objectives[number - 1]!);
    else pane.go({ z: 2 ** (number - objectives.length) });
  } else if (key === "+" || key === "=") pane.go({ z: pane.place.z * 1.4 });
  else if (key === "-") pane.go({ z: pane.place.z / 1.4 });
  else if (key === "ArrowLeft") move(-1, 0);
  else if (key === "ArrowRight") move(1, 0);
  else if (key === "ArrowUp") move(0, -1);
  else if (key === "ArrowDown") move(0, 1);
  else if (key === "r") pane.go({ r: (pane.place.r + 90) % 360 });
  else if (key === "m") document.body.classList.toggle("without-navigator");
  else if (key === "f") fullScreen();
  else return false;
  return true;
}

/** Has keys move a view, wherever the focus is but in fields; returns what ends it. */
export function moveByKeys(pane: Pane): () => void {
  const pressed = (event: KeyboardEvent) => {
    if (!isForField(event) && moveByKey(pane, event.key)) event.preventDefault();
  };
  window.addEventListener("keydown", pressed);
  return () => window.removeEventListener("keydown", pressed);
}

export function fullScreen(): void {
  if (document.fullscreenElement) void document.exitFullscreen();
  else void document.documentElement.requestFullscreen();
}
