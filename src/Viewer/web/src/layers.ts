import { get } from "./session";
import { grayValues } from "./dom";
import { classColor, table, type ColorMap } from "./colors";
import type { Drawn } from "./overlay";

export type LayerKind =
  "heatmap" | "segmentation" | "patches" | "annotations" | "truth" | "tissue" | "segments" | "patchtruth";

/** A layer as the server lists it. */
export interface LayerInfo {
  id: string;
  kind: LayerKind;
  place: string;
  file: string;
  detections: boolean;
}

interface Grid {
  columns: number;
  rows: number;
  cell: [number, number];
  corner: [number, number];
}

/** How values become colors. */
export interface ValueStyle {
  map: ColorMap;
  opacity: number;
  threshold: number;
}

/** A probability to each cell, drawn in colors. */
export class ValueLayer implements Drawn {
  private picture?: OffscreenCanvas;
  private style?: ValueStyle;

  private constructor(
    private readonly grid: Grid,
    private readonly values: Uint8ClampedArray,
    readonly className: string | null,
    readonly score: number | null,
  ) {}

  static async load(slide: string, layer: string): Promise<ValueLayer> {
    const path = `/api/slides/${slide}/layers/${layer}/values`;
    const [grid, picture] = await Promise.all([
      get<Grid & { class: string | null; score: number | null }>(path),
      grayValues(`${path}.png`),
    ]);
    return new ValueLayer(grid, picture.values, grid.class, grid.score);
  }

  setStyle(style: ValueStyle): void {
    this.style = style;
    const { columns, rows } = this.grid;
    const image = new ImageData(columns, rows);
    const colors = table(style.map);
    for (let i = 0; i < this.values.length; i++) {
      const value = this.values[i]!;
      // 0 is no value; 1 to 255 are 0 to 1.
      if (value === 0 || (value - 1) / 254 < style.threshold) continue;
      const at = 3 * Math.round(((value - 1) / 254) * 255);
      image.data.set([colors[at]!, colors[at + 1]!, colors[at + 2]!, 255], 4 * i);
    }
    this.picture ??= new OffscreenCanvas(columns, rows);
    this.picture.getContext("2d")!.putImageData(image, 0, 0);
  }

  /** The probability at a place of the slide; null where there is none. */
  at(x: number, y: number): number | null {
    const { columns, rows, cell, corner } = this.grid;
    const [column, row] = [Math.floor((x - corner[0]) / cell[0]), Math.floor((y - corner[1]) / cell[1])];
    if (column < 0 || row < 0 || column >= columns || row >= rows) return null;
    const value = this.values[row * columns + column]!;
    return value === 0 ? null : (value - 1) / 254;
  }

  draw(context: CanvasRenderingContext2D): void {
    if (!this.picture || !this.style) return;
    const { columns, rows, cell, corner } = this.grid;
    context.globalAlpha = this.style.opacity;
    context.imageSmoothingEnabled = false;
    context.drawImage(this.picture, corner[0], corner[1], columns * cell[0], rows * cell[1]);
  }
}

interface Shape {
  kind: "polygon" | "points" | "line";
  class: string;
  name: string;
  color: string | null;
  rings: number[][];
}

/** Outlines with their classes. */
export class OutlineLayer implements Drawn {
  readonly classes: { name: string; color: string; count: number }[] = [];
  private readonly paths: { path: Path2D; color: string; dashed: boolean }[] = [];
  private readonly points: { x: number; y: number; color: string }[] = [];

  private constructor(
    shapes: Shape[],
    readonly notes: string[],
    fixed?: { color: string; dashed: boolean },
  ) {
    for (const shape of shapes) {
      let known = this.classes.find((c) => c.name === shape.class);
      if (!known) {
        known = { name: shape.class, color: fixed?.color ?? shape.color ?? classColor(this.classes.length), count: 0 };
        this.classes.push(known);
      }
      known.count++;
      const color = known.color;
      if (shape.kind === "points")
        for (const ring of shape.rings)
          for (let i = 0; i < ring.length; i += 2) this.points.push({ x: ring[i]!, y: ring[i + 1]!, color });
      else this.paths.push({ path: pathOf(shape.rings, shape.kind === "polygon"), color, dashed: !!fixed?.dashed });
    }
  }

  static async load(slide: string, layer: LayerInfo): Promise<OutlineLayer> {
    const found = await get<{ shapes: Shape[]; notes: string[] }>(`/api/slides/${slide}/layers/${layer.id}/outlines`);
    const fixed =
      layer.kind === "truth"
        ? { color: "#111111", dashed: true }
        : layer.kind === "tissue"
          ? { color: "#009e73", dashed: false }
          : layer.kind === "segments"
            ? { color: "#d55e00", dashed: false }
            : undefined;
    return new OutlineLayer(found.shapes, found.notes, fixed);
  }

  draw(context: CanvasRenderingContext2D, scale: number): void {
    // A white line beneath shows a dark one on dark tissue.
    for (const { path, color, dashed } of this.paths) {
      context.setLineDash([]);
      context.lineWidth = 4 / scale;
      context.strokeStyle = "rgba(255, 255, 255, 0.75)";
      context.stroke(path);
      context.setLineDash(dashed ? [8 / scale, 5 / scale] : []);
      context.lineWidth = 2 / scale;
      context.strokeStyle = color;
      context.stroke(path);
    }
    context.setLineDash([]);
    for (const point of this.points) {
      context.beginPath();
      context.arc(point.x, point.y, 5 / scale, 0, 2 * Math.PI);
      context.fillStyle = point.color;
      context.fill();
      context.lineWidth = 1.5 / scale;
      context.strokeStyle = "white";
      context.stroke();
    }
  }
}

function pathOf(rings: number[][], closed: boolean): Path2D {
  const path = new Path2D();
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i += 2)
      if (i === 0) path.moveTo(ring[0]!, ring[1]!);
      else path.lineTo(ring[i]!, ring[i + 1]!);
    if (closed) path.closePath();
  }
  return path;
}

export interface Detection {
  p: number;
  x: number;
  y: number;
  rings: number[][];
}

/** Places that a model names, numbered from the most probable on. */
export class DetectionLayer implements Drawn {
  selected = -1;
  threshold = 0;
  private readonly paths: Path2D[];

  private constructor(readonly all: Detection[]) {
    this.paths = all.map((d) => pathOf(d.rings, true));
  }

  static async load(slide: string, layer: string): Promise<DetectionLayer> {
    return new DetectionLayer(await get<Detection[]>(`/api/slides/${slide}/layers/${layer}/detections`));
  }

  draw(context: CanvasRenderingContext2D, scale: number): void {
    this.all.forEach((detection, index) => {
      if (detection.p < this.threshold) return;
      const isSelected = index === this.selected;
      for (const [width, color] of [
        [isSelected ? 6 : 4, "white"],
        [isSelected ? 3.5 : 2, isSelected ? "#d55e00" : "#111111"],
      ] as const) {
        context.lineWidth = width / scale;
        context.strokeStyle = color;
        if (detection.rings.length) context.stroke(this.paths[index]!);
        context.beginPath();
        context.arc(detection.x, detection.y, (isSelected ? 14 : 9) / scale, 0, 2 * Math.PI);
        context.stroke();
      }
    });
  }
}

/** What is wrong with a slide's tissue. */
export const qualities = [
  { code: 2, name: "Pen", key: "pen", color: "#d55e00" },
  { code: 3, name: "Folds", key: "fold", color: "#f0e442" },
  { code: 4, name: "Bubbles", key: "bubble", color: "#56b4e9" },
  { code: 5, name: "Out of focus", key: "blur", color: "#0072b2" },
] as const;

export interface QualityAreas {
  tissue: number;
  pen: number;
  fold: number;
  bubble: number;
  blur: number | null;
}

/** Pen, folds, bubbles and blur, colored. */
export class QualityLayer implements Drawn {
  private constructor(
    private readonly grid: Grid,
    readonly areas: QualityAreas,
    private readonly picture: OffscreenCanvas,
  ) {}

  static async load(slide: string): Promise<QualityLayer> {
    const grid = await get<Grid & QualityAreas>(`/api/slides/${slide}/quality`);
    const marks = await grayValues(`/api/slides/${slide}/quality.png`);
    const image = new ImageData(marks.width, marks.height);
    for (let i = 0; i < marks.values.length; i++) {
      const found = qualities.find((q) => q.code === marks.values[i]);
      if (found) image.data.set([...[1, 3, 5].map((at) => parseInt(found.color.slice(at, at + 2), 16)), 170], 4 * i);
    }
    const picture = new OffscreenCanvas(marks.width, marks.height);
    picture.getContext("2d")!.putImageData(image, 0, 0);
    return new QualityLayer(grid, grid, picture);
  }

  draw(context: CanvasRenderingContext2D): void {
    const { columns, rows, cell, corner } = this.grid;
    context.imageSmoothingEnabled = false;
    context.drawImage(this.picture, corner[0], corner[1], columns * cell[0], rows * cell[1]);
  }
}
