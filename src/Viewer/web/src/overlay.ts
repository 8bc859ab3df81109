import type OpenSeadragon from "openseadragon";

/** Something that is drawn over a slide, in pixels of the slide. */
export interface Drawn {
  /** @param scale pixels of the screen to one of the slide */
  draw(context: CanvasRenderingContext2D, scale: number): void;
}

/** A canvas over a viewer, drawn anew whenever the viewer moves: turned and scaled as the slide is. */
export class Overlay {
  private readonly canvas = document.createElement("canvas");
  private layers: Drawn[] = [];
  /** What is drawn over all layers: a tool's mark. */
  above: Drawn | null = null;

  constructor(private readonly viewer: OpenSeadragon.Viewer) {
    this.canvas.className = "overlay";
    viewer.canvas.append(this.canvas);
    viewer.addHandler("update-viewport", () => this.draw());
    viewer.addHandler("resize", () => this.draw());
  }

  show(layers: Drawn[]): void {
    this.layers = layers;
    this.draw();
  }

  draw(): void {
    const item = this.viewer.world.getItemAt(0);
    if (!item) return;
    const [width, height] = [this.canvas.clientWidth, this.canvas.clientHeight];
    const ratio = window.devicePixelRatio;
    if (this.canvas.width !== Math.round(width * ratio) || this.canvas.height !== Math.round(height * ratio))
      [this.canvas.width, this.canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
    const context = this.canvas.getContext("2d")!;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    const step = 1024;
    const [zero, right, down] = [
      [0, 0],
      [step, 0],
      [0, step],
    ].map(([x, y]) => place(item, this.viewer, x!, y!)) as [
      OpenSeadragon.Point,
      OpenSeadragon.Point,
      OpenSeadragon.Point,
    ];
    const [a, b] = [(right.x - zero.x) / step, (right.y - zero.y) / step];
    const [c, d] = [(down.x - zero.x) / step, (down.y - zero.y) / step];
    context.setTransform(a * ratio, b * ratio, c * ratio, d * ratio, zero.x * ratio, zero.y * ratio);
    for (const layer of this.above ? [...this.layers, this.above] : this.layers) {
      context.save();
      layer.draw(context, Math.hypot(a, b));
      context.restore();
    }
  }
}

/** A place of the slide on the screen, in pixels of the viewer, as it is drawn now. */
function place(
  item: OpenSeadragon.TiledImage,
  viewer: OpenSeadragon.Viewer,
  x: number,
  y: number,
): OpenSeadragon.Point {
  return viewer.viewport.pixelFromPoint(item.imageToViewportCoordinates(x, y, true), true);
}
