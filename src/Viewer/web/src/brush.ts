import type { Drawn } from "./overlay";
import type { Pane } from "./pane";

type Point = [number, number];

/** Cells of the grid to a radius: the outline follows the stroke to a twelfth of it. */
const cellsToRadius = 6;

/** What a stroke of a round brush covers, as polygons with holes: outlines of the cells whose middle it reaches. */
export function strokeOutline(path: Point[], radius: number): number[][][][] {
  const cell = radius / cellsToRadius;
  const [xs, ys] = [path.map((p) => p[0]), path.map((p) => p[1])];
  const [left, top] = [Math.min(...xs) - radius - cell, Math.min(...ys) - radius - cell];
  const columns = Math.ceil((Math.max(...xs) + radius + cell - left) / cell) + 1;
  const rows = Math.ceil((Math.max(...ys) + radius + cell - top) / cell) + 1;
  const covered = new Uint8Array(columns * rows);
  path.forEach((to, i) => cover(covered, columns, path[Math.max(0, i - 1)]!, to));
  return polygonsOf(covered, columns, rows).map((rings) =>
    rings.map((ring) => smoothed(ring).map(([x, y]) => [left + x * cell, top + y * cell])),
  );

  function cover(cells: Uint8Array, width: number, from: Point, to: Point): void {
    const inCells = ([x, y]: Point): Point => [(x - left) / cell, (y - top) / cell];
    const [[ax, ay], [bx, by]] = [inCells(from), inCells(to)];
    const length = (bx - ax) ** 2 + (by - ay) ** 2;
    const reach = cellsToRadius;
    for (let y = Math.floor(Math.min(ay, by) - reach); y <= Math.max(ay, by) + reach; y++)
      for (let x = Math.floor(Math.min(ax, bx) - reach); x <= Math.max(ax, bx) + reach; x++) {
        const [mx, my] = [x + 0.5, y + 0.5];
        const along = length ? Math.max(0, Math.min(1, ((mx - ax) * (bx - ax) + (my - ay) * (by - ay)) / length)) : 0;
        if ((mx - ax - along * (bx - ax)) ** 2 + (my - ay - along * (by - ay)) ** 2 <= reach ** 2)
          cells[y * width + x] = 1;
      }
  }
}

/** Rings around covered cells, outer ones first with their holes. */
function polygonsOf(covered: Uint8Array, columns: number, rows: number): Point[][][] {
  const at = (x: number, y: number) => x >= 0 && y >= 0 && x < columns && y < rows && covered[y * columns + x] === 1;
  // Edges with what is covered on their right, by where they begin; at most two begin at a corner.
  const edges = new Map<number, Point[]>();
  const key = (x: number, y: number) => y * (columns + 1) + x;
  const edge = (x: number, y: number, to: Point) => {
    const known = edges.get(key(x, y));
    if (known) known.push(to);
    else edges.set(key(x, y), [to]);
  };
  for (let y = 0; y < rows; y++)
    for (let x = 0; x < columns; x++) {
      if (!at(x, y)) continue;
      if (!at(x, y - 1)) edge(x, y, [x + 1, y]);
      if (!at(x + 1, y)) edge(x + 1, y, [x + 1, y + 1]);
      if (!at(x, y + 1)) edge(x + 1, y + 1, [x, y + 1]);
      if (!at(x - 1, y)) edge(x, y + 1, [x, y]);
    }
  const rings: Point[][] = [];
  while (edges.size) {
    const first = edges.keys().next().value!;
    const ring: Point[] = [];
    let from = first;
    do {
      const ends = edges.get(from)!;
      const to = ends.pop()!;
      if (!ends.length) edges.delete(from);
      ring.push(to);
      from = key(to[0], to[1]);
    } while (from !== first);
    rings.push(ring);
  }
  const outer = rings.filter((ring) => area(ring) > 0).map((ring) => [ring]);
  for (const hole of rings.filter((ring) => area(ring) < 0))
    outer
      .find(([ring]) => holds(ring!, [hole[0]![0] + 0.01, hole[0]![1] + 0.01]) || holds(ring!, hole[0]!))
      ?.push(hole);
  return outer;
}

function area(ring: Point[]): number {
  return ring.reduce((sum, [x, y], i) => {
    const [nx, ny] = ring[(i + 1) % ring.length]!;
    return sum + (x * ny - nx * y) / 2;
  }, 0);
}

function holds(ring: Point[], [x, y]: Point): boolean {
  let inside = false;
  ring.forEach(([ax, ay], i) => {
    const [bx, by] = ring[(i + 1) % ring.length]!;
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside;
  });
  return inside;
}

/** The middles of steps in place of their corners, without those on straight lines. */
function smoothed(ring: Point[]): Point[] {
  const middles = ring.map(([x, y], i): Point => {
    const [nx, ny] = ring[(i + 1) % ring.length]!;
    return [(x + nx) / 2, (y + ny) / 2];
  });
  return middles.filter(([x, y], i) => {
    const [px, py] = middles[(i + middles.length - 1) % middles.length]!;
    const [nx, ny] = middles[(i + 1) % middles.length]!;
    return Math.abs((x - px) * (ny - y) - (nx - x) * (y - py)) > 1e-9;
  });
}

/** A round brush on a slide: a stroke of the pointer, or a dab in the middle of the view for those who use no pointer. */
export class Brush implements Drawn {
  /** Pixels of the screen. */
  radius = 24;
  private path: Point[] = [];
  private at: Point | null = null;
  private readonly stop = new AbortController();

  constructor(
    private readonly pane: Pane,
    private readonly color: () => string,
    private readonly painted: (polygons: number[][][][]) => void,
  ) {
    const on = { capture: true, signal: this.stop.signal };
    const { element } = pane;
    // Before the slide moves, and before a region is chosen.
    element.addEventListener("pointerdown", (event) => this.begin(event), on);
    element.addEventListener("pointermove", (event) => this.move(event), on);
    element.addEventListener("pointerup", (event) => this.finish(event), on);
    element.addEventListener("pointercancel", () => this.drop(), on);
    pane.overlay.above = this;
    pane.element.classList.add("brushing");
  }

  /** Paints a disk in the middle of the view. */
  dab(): void {
    const { x, y } = this.pane.place;
    this.painted(strokeOutline([[x, y]], this.radius / this.pane.scale));
  }

  resize(radius: number): void {
    this.radius = Math.max(4, Math.min(120, radius));
    this.pane.overlay.draw();
  }

  end(): void {
    this.stop.abort();
    this.pane.element.classList.remove("brushing");
    this.pane.overlay.above = null;
    this.pane.overlay.draw();
  }

  draw(context: CanvasRenderingContext2D, scale: number): void {
    const radius = this.radius / scale;
    context.lineCap = context.lineJoin = "round";
    if (this.path.length) {
      context.globalAlpha = 0.4;
      context.strokeStyle = this.color();
      context.lineWidth = 2 * radius;
      context.beginPath();
      this.path.forEach(([x, y], i) => (i ? context.lineTo(x, y) : context.moveTo(x, y)));
      if (this.path.length === 1) context.lineTo(this.path[0]![0] + 1e-3, this.path[0]![1]);
      context.stroke();
    }
    if (!this.at) return;
    context.globalAlpha = 1;
    for (const [width, color] of [
      [4, "white"],
      [2, this.color()],
    ] as const) {
      context.lineWidth = width / scale;
      context.strokeStyle = color;
      context.beginPath();
      context.arc(this.at[0], this.at[1], radius, 0, 2 * Math.PI);
      context.stroke();
    }
  }

  private begin(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.stopPropagation();
    event.preventDefault();
    this.pane.element.setPointerCapture(event.pointerId);
    this.path = [this.placeOf(event)];
    this.pane.overlay.draw();
  }

  private move(event: PointerEvent): void {
    this.at = this.placeOf(event);
    if (this.path.length) {
      event.stopPropagation();
      this.path.push(this.at);
    }
    this.pane.overlay.draw();
  }

  private finish(event: PointerEvent): void {
    if (!this.path.length) return;
    event.stopPropagation();
    const { path } = this;
    this.drop();
    this.painted(strokeOutline(path, this.radius / this.pane.scale));
  }

  private drop(): void {
    this.path = [];
    this.pane.overlay.draw();
  }

  private placeOf(event: PointerEvent): Point {
    const box = this.pane.viewer.element.getBoundingClientRect();
    return this.pane.imagePlace(event.clientX - box.left, event.clientY - box.top);
  }
}
