import { el } from "./dom";

/** Level is the gray in the middle, window how much around it is told apart: both as shares of the range that is shown at first. */
export function windowing(
  changed: (low: number, high: number) => void,
  [least, most]: [number, number] = [0, 1],
): HTMLElement {
  let [level, width] = [0.5, 1];
  let waiting: number | undefined;
  const at = (share: number) => least + (most - least) * share;
  const change = () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(() => changed(at(level - width / 2), at(level + width / 2)), 80);
  };
  const slider = (id: string, label: string, value: number, set: (value: number) => void) => {
    const input = el("input", { type: "range", id, min: "0.02", max: "1", step: "0.01" });
    input.value = String(value);
    input.addEventListener("input", () => {
      set(Number(input.value));
      change();
    });
    return el("div", { className: "field" }, el("label", { htmlFor: id }, label), input);
  };
  return el(
    "div",
    { className: "windowing" },
    slider("window", "Window", width, (v) => (width = v)),
    slider("level", "Level", level, (v) => (level = v)),
  );
}
