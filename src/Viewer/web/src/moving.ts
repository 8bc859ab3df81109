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

/** Moves a view by a key, where its slide is not there yet as soon as it is; whether it is one that does. */
export function moveByKey(pane: Pane, key: string): boolean {
  const act = moveOf(pane, key);
  if (act) pane.whenOpen(act);
  return act !== null;
}

function moveOf(pane: Pane, key: string): (() => void) | null {
  const number = Number(key);
  const move = (x: number, y: number) => () => {
    const place = pane.place;
    const step = 120 / pane.scale;
    const angle = (-place.r * Math.PI) / 180;
    pane.go({
      x: place.x + step * (x * Math.cos(angle) - y * Math.sin(angle)),
      y: place.y + step * (x * Math.sin(angle) + y * Math.cos(angle)),
    });
  };
  if (number >= 1 && number <= objectives.length)
    return () =>
      pane.facts.mpp ? pane.magnify(objectives[number - 1]!) : pane.go({ z: 2 ** (number - objectives.length) });
  switch (key) {
    case "0":
      return () => pane.fit();
    case "+":
    case "=":
      return () => pane.go({ z: pane.place.z * 1.4 });
    case "-":
      return () => pane.go({ z: pane.place.z / 1.4 });
    case "ArrowLeft":
      return move(-1, 0);
    case "ArrowRight":
      return move(1, 0);
    case "ArrowUp":
      return move(0, -1);
    case "ArrowDown":
      return move(0, 1);
    case "r":
      return () => pane.go({ r: (pane.place.r + 90) % 360 });
    case "m":
      return () => document.body.classList.toggle("without-navigator");
    case "f":
      return fullScreen;
    default:
      return null;
  }
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
