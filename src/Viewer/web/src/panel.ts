import { colorMaps, type ColorMap } from "./colors";
import type { DetectionList } from "./detections";
import { el, short } from "./dom";
import { qualities, type LayerInfo } from "./layers";
import { legend } from "./legend";
import type { Shown } from "./shown";
import type { LayerStore, View } from "./store";

interface Filled {
  shown: Shown;
  layers: LayerInfo[];
  store: LayerStore;
  update: () => void;
  detections: DetectionList;
  views: View[];
  drawing: HTMLElement | null;
  correction: HTMLElement | null;
  /** Pictures beside the slide, by name, with their addresses. */
  beside: { name: string; address: string }[];
}

/** Which layers there are, which are shown, and what their colors mean. What has the focus keeps it. */
export function fillPanel(panel: HTMLElement, to: Filled): void {
  const focused = document.activeElement?.id;
  panel.replaceChildren(
    ...[
      to.correction,
      to.drawing,
      mapSection(to),
      to.detections.element,
      outlineSection(to),
      qualitySection(to),
      besideSection(to),
    ].filter((s) => s !== null),
  );
  if (focused && panel.querySelector(`#${CSS.escape(focused)}`)) document.getElementById(focused)!.focus();
}

/** What is shown as a map, in the words of the list. */
const kinds: Record<string, string> = {
  heatmap: "Heatmap",
  segmentation: "Segmentation",
  patches: "Map of patches",
  patchtruth: "Truth of patches",
};

export function isMap(layer: LayerInfo): boolean {
  return layer.kind in kinds;
}

function mapSection({ shown, layers, update, views }: Filled): HTMLElement | null {
  const maps = layers.filter(isMap);
  const isTruth = (id: string | null) => layers.find((l) => l.id === id)?.kind === "patchtruth";
  if (!maps.length) return null;
  const choice = (id: string, label: string, chosen: string, choose: (id: string) => void) => {
    const select = el(
      "select",
      { id },
      el("option", { value: "" }, "none"),
      ...maps.map((m) => el("option", { value: m.id }, `${kinds[m.kind]}: ${m.place}`)),
    );
    select.value = maps.some((m) => m.id === chosen) ? chosen : "";
    select.addEventListener("change", () => {
      choose(select.value);
      update();
    });
    return el("div", { className: "field" }, el("label", { htmlFor: id }, label), select);
  };
  const slider = (id: "opacity" | "threshold", label: string) => {
    const value = el("span", { className: "number" }, shown[id].toFixed(2));
    const input = el("input", { type: "range", id, min: "0", max: "1", step: "0.01" });
    input.value = String(shown[id]);
    input.addEventListener("input", () => {
      shown[id] = Number(input.value);
      update();
    });
    return el("div", { className: "field" }, el("label", { htmlFor: id }, label), input, value);
  };
  const colors = el("select", { id: "colors" }, ...colorMaps.map((m) => el("option", { value: m }, m)));
  colors.value = shown.colors;
  colors.addEventListener("change", () => {
    shown.colors = colors.value as ColorMap;
    update();
  });
  const values = views.find((v) => v.values)?.values;
  return el(
    "section",
    {},
    el("h2", {}, "Model"),
    choice("map", shown.beside === null ? "Map" : "Left", shown.map, (id) => (shown.map = id)),
    shown.beside !== null && choice("beside", "Right", shown.beside, (id) => (shown.beside = id)),
    ...(values
      ? [
          ...views.map(
            ({ values: of }, index) =>
              of &&
              of.score !== null &&
              el(
                "p",
                { className: "score" },
                `${views.length > 1 ? `${index ? "Right" : "Left"}: slide` : "Slide"}'s probability of ${of.className ?? "the class"}: ${of.score.toFixed(3)}`,
              ),
          ),
          legend(
            shown.colors,
            isTruth(shown.map)
              ? `Truth: 1 ${values.className}, 0 another class, no color without label`
              : values.className
                ? `Probability of ${values.className}`
                : "Probability",
            shown.threshold,
          ),
          slider("opacity", "Opacity"),
          slider("threshold", "Threshold"),
          el("div", { className: "field" }, el("label", { htmlFor: "colors" }, "Colors"), colors),
          check("detections", "Detections", shown.detections, (on) => {
            shown.detections = on;
            update();
          }),
        ]
      : []),
  );
}

function outlineSection({ shown, layers, update, views }: Filled): HTMLElement | null {
  const names: Record<string, string> = {
    annotations: "Annotations",
    truth: "Truth",
    tissue: "Tissue",
    segments: "Segmented",
  };
  const outlines = layers.filter((l) => names[l.kind]);
  if (!outlines.length) return null;
  return el(
    "section",
    {},
    el("h2", {}, "Outlines"),
    ...outlines.flatMap((layer) => {
      const loaded = views[0]?.outlines.get(layer.id);
      return [
        check(`outline-${layer.id}`, `${names[layer.kind]}: ${layer.place}`, shown.outlines.has(layer.id), (on) => {
          if (on) shown.outlines.add(layer.id);
          else shown.outlines.delete(layer.id);
          update();
        }),
        loaded &&
          el(
            "ul",
            { className: "classes" },
            ...loaded.classes.map((c) =>
              el("li", {}, swatch(c.color, layer.kind === "truth"), `${c.name || "no class"} (${c.count})`),
            ),
            ...loaded.notes.map((note) => el("li", { className: "note" }, note)),
          ),
      ].filter((e): e is HTMLElement => !!e);
    }),
  );
}

function qualitySection({ shown, update, views }: Filled): HTMLElement {
  const areas = views[0]?.quality?.areas;
  return el(
    "section",
    {},
    el("h2", {}, "Tissue"),
    check("quality", "Quality: pen, folds, bubbles, blur", shown.quality, (on) => {
      shown.quality = on;
      update();
    }),
    areas &&
      el(
        "ul",
        { className: "classes" },
        el("li", {}, `Tissue ${short(areas.tissue)} mm²`),
        ...qualities.map((q) =>
          el(
            "li",
            {},
            swatch(q.color, false),
            `${q.name} ${areas[q.key] === null ? "not judged" : `${short(areas[q.key]!)} mm²`}`,
          ),
        ),
      ),
  );
}

function besideSection({ beside }: Filled): HTMLElement | null {
  if (!beside.length) return null;
  return el(
    "section",
    { className: "beside" },
    el("h2", {}, "Beside the slide"),
    ...beside.map(({ name, address }) =>
      el("figure", {}, el("img", { src: address, alt: `${name} of this slide` }), el("figcaption", {}, name)),
    ),
  );
}

function check(id: string, label: string, on: boolean, change: (on: boolean) => void): HTMLElement {
  const box = el("input", { type: "checkbox", id, checked: on });
  box.addEventListener("change", () => change(box.checked));
  return el("div", { className: "check" }, box, el("label", { htmlFor: id }, label));
}

function swatch(color: string, dashed: boolean): HTMLElement {
  const mark = el("span", { className: dashed ? "swatch dashed" : "swatch" });
  mark.style.borderColor = color;
  if (!dashed) mark.style.backgroundColor = color;
  return mark;
}
