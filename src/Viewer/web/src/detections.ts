import { el } from "./dom";
import type { Detection, DetectionLayer } from "./layers";

/** Detections as a list, the most probable first; one of them may be chosen. */
export class DetectionList {
  readonly element = el("section", { className: "detections" });
  redraw = () => {};
  private layer: DetectionLayer | null = null;
  private list = el("ol");

  constructor(
    private readonly say: (message: string) => void,
    private readonly go: (detection: Detection) => void,
  ) {}

  show(layer: DetectionLayer | null, visible: boolean): void {
    this.layer = layer;
    if (!layer || !visible) {
      this.element.replaceChildren();
      return;
    }
    const above = layer.all.filter((d) => d.p >= layer.threshold);
    this.list = el(
      "ol",
      {},
      ...above.map((detection, index) =>
        el(
          "li",
          {},
          el(
            "button",
            {
              type: "button",
              className: "detection",
              onclick: () => this.choose(index),
              "aria-pressed": String(index === layer.selected),
            },
            el("span", { className: "number" }, String(index + 1)),
            el("span", { className: "p" }, detection.p.toFixed(3)),
            el("span", { className: "at" }, `${Math.round(detection.x)}, ${Math.round(detection.y)}`),
          ),
        ),
      ),
    );
    this.element.replaceChildren(
      el(
        "div",
        { className: "row" },
        el("h3", {}, `Detections (${above.length})`),
        el(
          "button",
          {
            type: "button",
            title: "Previous detection (p)",
            "aria-label": "Previous detection",
            onclick: () => this.step(-1),
          },
          "‹",
        ),
        el(
          "button",
          { type: "button", title: "Next detection (n)", "aria-label": "Next detection", onclick: () => this.step(1) },
          "›",
        ),
      ),
      above.length ? this.list : el("p", {}, "None above the threshold."),
    );
  }

  step(by: number): void {
    const layer = this.layer;
    const count = layer?.all.filter((d) => d.p >= layer.threshold).length ?? 0;
    if (!layer) this.say("No detections here, or not loaded yet");
    else if (count === 0) this.say("No detection above the threshold");
    else this.choose(layer.selected < 0 ? (by > 0 ? 0 : count - 1) : (layer.selected + by + count) % count);
  }

  private choose(index: number): void {
    const layer = this.layer!;
    layer.selected = index;
    const detection = layer.all[index]!;
    this.list
      .querySelectorAll("button")
      .forEach((button, at) => button.setAttribute("aria-pressed", String(at === index)));
    this.list.children[index]?.scrollIntoView({ block: "nearest" });
    this.say(`Detection ${index + 1}: probability ${detection.p.toFixed(3)}`);
    this.go(detection);
    this.redraw();
  }
}
