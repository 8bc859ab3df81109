import { count, el, grayValues } from "./dom";
import { DetectionLayer, type LayerInfo, ValueLayer } from "./layers";
import type { MarkLayer } from "./marks";
import type { Drawn } from "./overlay";
import type { Pane } from "./pane";
import { get } from "./session";

/** What the server says that the model makes of a case. */
export interface MachineView {
  class: string;
  probability: number;
  classes: { class: string; probability: number }[];
  pictures: { name: string; mask: boolean }[];
}

/** Lays a slide's map over it; returns what is said of the slide. */
export async function showSlideMachine(
  pane: Pane,
  marks: MarkLayer,
  slide: string,
  view: MachineView,
): Promise<HTMLElement> {
  const layers = await get<LayerInfo[]>(`/api/slides/${slide}/layers`);
  const heatmap = layers.find((layer) => layer.kind === "heatmap")!;
  const [values, detections] = await Promise.all([
    ValueLayer.load(slide, heatmap.id),
    DetectionLayer.load(slide, heatmap.id),
  ]);
  const opacity = slider("0.45");
  const draw = () => {
    values.setStyle({ map: "viridis", opacity: Number(opacity.value), threshold: 0 });
    pane.overlay.show([values, detections, marks]);
  };
  opacity.addEventListener("input", draw);
  draw();
  const list = el("ol", { className: "found" });
  detections.all.slice(0, 50).forEach((found, index) => {
    const go = el("button", { type: "button" }, found.p.toFixed(2));
    go.setAttribute("aria-label", `Show place ${index + 1}, probability ${found.p.toFixed(2)}`);
    go.addEventListener("click", () => {
      detections.selected = index;
      pane.go({ x: found.x, y: found.y, z: Math.max(pane.place.z, 0.25) });
      draw();
    });
    list.append(el("li", {}, go));
  });
  return section(
    view,
    el("label", { htmlFor: "opacity" }, "Map"),
    opacity,
    el("div", { className: "ramp", role: "img", "aria-label": "Colors from probability 0 to 1" }),
    el("p", { className: "ends" }, el("span", {}, "0"), el("span", {}, "1")),
    el("h3", {}, detections.all.length ? count(detections.all.length, "place") : "No place stands out"),
    list,
  );
}

/** Lays what the model drew of a picture over it; returns what is said of the picture. */
export async function showPictureMachine(
  pane: Pane,
  marks: MarkLayer,
  { path, mine }: { path: string; mine: string },
  view: MachineView,
): Promise<HTMLElement> {
  const { width, height } = pane.facts;
  const load = async (number: number): Promise<PictureLayer> =>
    view.pictures[number]!.mask
      ? new PictureLayer(await tinted(`${path}/machine/${number}.png?${mine}`), width, height)
      : new PictureLayer(await fetched(`${path}/machine/${number}.jpg?${mine}`), width, height);
  const opacity = slider(view.pictures[0]?.mask ? "0.45" : "0.7");
  const shown = el(
    "select",
    { id: "drawn" },
    ...view.pictures.map(({ name }, number) => el("option", { value: String(number) }, name)),
    el("option", { value: "" }, "nothing"),
  );
  let layer: PictureLayer | null = null;
  const draw = () => {
    if (layer) layer.opacity = Number(opacity.value);
    pane.overlay.show(layer ? [layer, marks] : [marks]);
  };
  const choose = async () => {
    layer = shown.value === "" ? null : await load(Number(shown.value));
    draw();
  };
  opacity.addEventListener("input", draw);
  shown.addEventListener("change", () => void choose());
  await choose();
  return section(
    view,
    view.classes.length > 2 &&
      el(
        "ul",
        { className: "bars" },
        ...view.classes.map((one) =>
          el(
            "li",
            {},
            el("span", { className: "name" }, one.class),
            el("meter", { min: 0, max: 1, value: one.probability, "aria-label": `Probability of ${one.class}` }),
            el("span", { className: "number" }, one.probability.toFixed(2)),
          ),
        ),
      ),
    ...(view.pictures.length
      ? [
          el("label", { htmlFor: "drawn" }, "Laid over"),
          shown,
          el("label", { htmlFor: "opacity" }, "How strongly"),
          opacity,
        ]
      : [el("p", { className: "soft" }, "The model drew nothing of this picture.")]),
  );
}

function section(view: MachineView, ...more: (Node | false)[]): HTMLElement {
  return el(
    "section",
    { className: "machine", "aria-label": "The machine's view" },
    el("h2", {}, "The machine's view"),
    el("p", {}, `Probability of ${view.class}: `, el("strong", {}, view.probability.toFixed(2))),
    ...more,
  );
}

function slider(value: string): HTMLInputElement {
  return el("input", { type: "range", id: "opacity", min: "0", max: "1", step: "0.05", value });
}

/** A picture as large as the one beneath, however many pixels it has. */
class PictureLayer implements Drawn {
  opacity = 1;

  constructor(
    private readonly picture: CanvasImageSource,
    private readonly width: number,
    private readonly height: number,
  ) {}

  draw(context: CanvasRenderingContext2D): void {
    context.globalAlpha = this.opacity;
    context.drawImage(this.picture, 0, 0, this.width, this.height);
  }
}

async function fetched(url: string): Promise<ImageBitmap> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(((await answer.json()) as { error: string }).error);
  return createImageBitmap(await answer.blob());
}

/** A mask in a color that tissue and radiographs do not have. */
async function tinted(url: string): Promise<OffscreenCanvas> {
  const { width, height, values } = await grayValues(url);
  const picture = new ImageData(width, height);
  for (let i = 0; i < values.length; i++) if (values[i]) picture.data.set([0, 114, 178, 255], 4 * i);
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")!.putImageData(picture, 0, 0);
  return canvas;
}
