import "@annotorious/openseadragon/annotorious-openseadragon.css";
import { createOSDAnnotator, UserSelectAction, type ImageAnnotation } from "@annotorious/openseadragon";
import { classColor } from "./colors";
import { Brush } from "./brush";
import { annotationOf, classOf, fromGeoJson, toGeoJson, type Features } from "./drawn";
import { count, el, short } from "./dom";
import type { Pane } from "./pane";
import { getWithVersion, putWithVersion } from "./session";

/** Classes that training counts by default; whoever draws may name others. */
const usualClasses = ["tumor", "normal", "ignore"];
const tools = [
  ["", "Select"],
  ["rectangle", "Rectangle"],
  ["polygon", "Polygon"],
  ["ellipse", "Ellipse"],
  ["brush", "Brush"],
] as const;

/** Regions that are drawn onto a slide. Every change is saved, as a whole, a moment after it was made. */
export class Drawing {
  readonly element = el("section", { className: "drawing" });
  private readonly annotator;
  private chosen: string;
  private tool = "";
  private brush: Brush | null = null;
  private radius = 24;
  /** Regions that were painted, the last one last: the annotator takes back its own alone. */
  private readonly painted: string[] = [];
  private others: Features["features"] = [];
  private version = "";
  private saved = "";
  private waiting?: number;
  private saving: Promise<void> = Promise.resolve();

  private constructor(
    private readonly slide: string,
    private readonly pane: Pane,
    private readonly say: (message: string) => void,
    private classes: string[],
  ) {
    this.chosen = classes.includes("tumor") ? "tumor" : classes[0]!;
    this.annotator = createOSDAnnotator(pane.viewer, {
      drawingEnabled: false,
      autoSave: true,
      userSelectAction: UserSelectAction.EDIT,
      style: (annotation: ImageAnnotation) => ({
        fill: this.colorOf(classOf(annotation)) as `#${string}`,
        fillOpacity: 0.18,
        stroke: this.colorOf(classOf(annotation)) as `#${string}`,
        strokeWidth: 2,
      }),
    });
  }

  static async begin(
    slide: string,
    pane: Pane,
    say: (message: string) => void,
    classes = usualClasses,
  ): Promise<Drawing> {
    const drawing = new Drawing(slide, pane, say, [...classes]);
    const { value, version } = await getWithVersion<Features>(`/api/slides/${slide}/drawn`);
    const { annotations, others } = fromGeoJson(value);
    [drawing.others, drawing.version] = [others, version];
    for (const annotation of annotations) drawing.learn(classOf(annotation));
    const { annotator } = drawing;
    annotator.setAnnotations(annotations);
    drawing.saved = JSON.stringify(toGeoJson(annotator.getAnnotations(), others));
    annotator.on("createAnnotation", (created) => {
      annotator.updateAnnotation({
        ...created,
        bodies: [{ id: crypto.randomUUID(), annotation: created.id, purpose: "classifying", value: drawing.chosen }],
      });
      // What was just drawn would take the next click for itself.
      if (drawing.tool) window.setTimeout(() => annotator.cancelSelected());
      drawing.changed();
    });
    annotator.on("updateAnnotation", () => drawing.changed());
    annotator.on("deleteAnnotation", () => drawing.changed());
    annotator.on("selectionChanged", (selected) => {
      if (selected.length === 1) drawing.chosen = classOf(selected[0]!) || drawing.chosen;
      drawing.fill();
    });
    drawing.fill();
    return drawing;
  }

  /** Saves at once what is not saved yet. */
  async settle(): Promise<void> {
    window.clearTimeout(this.waiting);
    await this.save();
  }

  /** Saves what is not saved yet, and leaves. */
  async end(): Promise<void> {
    await this.settle();
    this.brush?.end();
    this.pane.zoomByDoubleClick(true);
    this.annotator.destroy();
    this.element.replaceChildren();
  }

  /** Deletes what is selected. */
  deleteSelected(): void {
    for (const annotation of this.annotator.getSelected()) this.annotator.removeAnnotation(annotation.id);
    this.changed();
  }

  undo(): void {
    const last = this.painted.pop();
    if (last) this.annotator.removeAnnotation(last);
    else this.annotator.undo();
    this.changed();
  }

  /** Takes up a tool; "" selects and moves. */
  take(tool: string): void {
    this.tool = tool;
    if (tool) this.annotator.cancelSelected();
    // A corner is a click; a second one must not zoom.
    this.pane.zoomByDoubleClick(tool === "");
    this.brush?.end();
    this.brush = null;
    if (tool === "brush") {
      this.brush = new Brush(
        this.pane,
        () => this.colorOf(this.chosen),
        (polygons) => this.paint(polygons),
      );
      this.brush.resize(this.radius);
    } else if (tool) {
      this.annotator.setDrawingMode(tool === "polygon" ? "click" : "drag");
      this.annotator.setDrawingTool(tool);
    }
    this.annotator.setDrawingEnabled(tool !== "" && tool !== "brush");
    this.fill();
  }

  /** Keys of the brush: [ and ] change its size, Enter paints in the middle of the view. */
  key(key: string): boolean {
    if (!this.brush || !["[", "]", "Enter"].includes(key)) return false;
    if (key === "Enter") this.brush.dab();
    else this.resize(this.radius * (key === "]" ? 1.25 : 0.8));
    return true;
  }

  private resize(radius: number): void {
    this.brush?.resize(radius);
    this.radius = this.brush?.radius ?? radius;
    this.fill();
  }

  private paint(polygons: number[][][][]): void {
    const region = annotationOf(polygons, this.chosen);
    this.annotator.addAnnotation(region);
    this.painted.push(region.id);
    this.changed();
  }

  private colorOf(name: string): string {
    return classColor(Math.max(0, this.classes.indexOf(name)));
  }

  private learn(name: string): void {
    if (name && !this.classes.includes(name)) this.classes.push(name);
  }

  private changed(): void {
    this.fill();
    window.clearTimeout(this.waiting);
    this.waiting = window.setTimeout(() => void this.save(), 400);
  }

  private save(): Promise<void> {
    // One after the other: each says which version it began with.
    this.saving = this.saving.then(async () => {
      const now = toGeoJson(this.annotator.getAnnotations(), this.others);
      if (JSON.stringify(now) === this.saved) return;
      try {
        this.version = await putWithVersion(`/api/slides/${this.slide}/drawn`, now, this.version);
        this.saved = JSON.stringify(now);
        this.say(`Saved: ${count(now.features.length, "region")}`);
      } catch (error) {
        this.say((error as Error).message);
      }
    });
    return this.saving;
  }

  private setClass(name: string): void {
    this.chosen = name;
    this.learn(name);
    // While one draws, a class is chosen for what comes next.
    for (const annotation of this.tool ? [] : this.annotator.getSelected())
      this.annotator.updateAnnotation({
        ...annotation,
        bodies: [{ id: crypto.randomUUID(), annotation: annotation.id, purpose: "classifying", value: name }],
      });
    this.changed();
  }

  private brushSize(): HTMLElement {
    const mpp = this.pane.facts.mpp?.[0];
    const size = el("input", { type: "range", id: "brush-size", min: "4", max: "120", step: "1" });
    size.value = String(Math.round(this.radius));
    size.addEventListener("change", () => this.resize(Number(size.value)));
    size.addEventListener("input", () => this.brush?.resize(Number(size.value)));
    return el(
      "div",
      { className: "field" },
      el("label", { htmlFor: "brush-size" }, "Size"),
      size,
      el("span", { className: "number" }, mpp ? `${short((2 * this.radius * mpp) / this.pane.scale, 2)} µm` : ""),
    );
  }

  private fill(): void {
    const focused = document.activeElement?.id;
    const all = this.annotator.getAnnotations();
    const selected = this.annotator.getSelected();
    const other = el("input", {
      type: "text",
      id: "new-class",
      placeholder: "other class",
      autocomplete: "off",
      "aria-label": "Other class",
      maxLength: 60,
    });
    other.addEventListener("change", () => other.value.trim() && this.setClass(other.value.trim()));
    this.element.replaceChildren(
      el("h2", {}, "Draw"),
      el(
        "div",
        { className: "group", role: "group", "aria-label": "Tool" },
        ...tools.map(([tool, label]) =>
          el(
            "button",
            {
              type: "button",
              id: `tool-${tool || "select"}`,
              "aria-pressed": String(this.tool === tool),
              onclick: () => this.take(tool),
            },
            label,
          ),
        ),
      ),
      el(
        "div",
        { className: "group classes-to-draw", role: "group", "aria-label": "Class" },
        ...this.classes.map((name) => {
          const mark = el("span", { className: "swatch" });
          mark.style.borderColor = mark.style.backgroundColor = this.colorOf(name);
          const count = all.filter((a) => classOf(a) === name).length;
          return el(
            "button",
            {
              type: "button",
              id: `class-${name}`,
              "aria-pressed": String(this.chosen === name),
              onclick: () => this.setClass(name),
            },
            mark,
            `${name} (${count})`,
          );
        }),
        other,
      ),
      el(
        "div",
        { className: "group" },
        el(
          "button",
          {
            type: "button",
            id: "delete-region",
            disabled: selected.length === 0,
            onclick: () => this.deleteSelected(),
          },
          "Delete",
        ),
        el("button", { type: "button", id: "undo-region", onclick: () => this.undo() }, "Undo"),
      ),
      ...(this.tool === "brush" ? [this.brushSize()] : []),
      el(
        "p",
        { className: "hint" },
        this.tool === "brush"
          ? "Paint over what is of the class. Keys: [ and ] change the size, Enter paints in the middle of the view."
          : this.tool === "polygon"
            ? "A click for each corner, a double click for the last."
            : this.tool
              ? "Drag from corner to corner."
              : "Click a region to change it.",
      ),
    );
    if (focused && this.element.querySelector(`#${CSS.escape(focused)}`)) document.getElementById(focused)!.focus();
  }
}
