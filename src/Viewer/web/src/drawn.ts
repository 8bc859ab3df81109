import type { ImageAnnotation, MultiPolygon, Polygon, Shape } from "@annotorious/openseadragon";

type Ring = number[][];

interface Feature {
  type: "Feature";
  id?: string;
  geometry: { type: string; coordinates: unknown };
  properties: { objectType?: string; classification?: { name: string; color?: number[] }; [name: string]: unknown };
}

export interface Features {
  type: "FeatureCollection";
  features: Feature[];
}

/** Corners of an ellipse as a polygon. */
const ellipseCorners = 64;

/** Regions as they are saved: polygons in pixels of the slide, each with its class as QuPath names it. */
export function toGeoJson(annotations: ImageAnnotation[], others: Feature[]): Features {
  return {
    type: "FeatureCollection",
    features: [
      ...annotations.map((annotation): Feature => {
        const name = classOf(annotation);
        return {
          type: "Feature",
          geometry: geometryOf(annotation.target.selector),
          properties: { objectType: "annotation", ...(name && { classification: { name } }) },
        };
      }),
      ...others,
    ],
  };
}

/** What can be edited, and what is kept as it is: points and lines of other programs. */
export function fromGeoJson(saved: Features): { annotations: ImageAnnotation[]; others: Feature[] } {
  const others: Feature[] = [];
  const annotations: ImageAnnotation[] = [];
  for (const feature of saved.features) {
    const polygons =
      feature.geometry.type === "Polygon"
        ? [feature.geometry.coordinates as Ring[]]
        : feature.geometry.type === "MultiPolygon"
          ? (feature.geometry.coordinates as Ring[][])
          : null;
    if (!polygons) others.push(feature);
    else annotations.push(annotationOf(polygons, feature.properties.classification?.name ?? ""));
  }
  return { annotations, others };
}

export function classOf(annotation: ImageAnnotation): string {
  return annotation.bodies.find((b) => b.purpose === "classifying")?.value ?? "";
}

/** A region of one or several polygons, each an outer ring with its holes. */
export function annotationOf(polygons: Ring[][], name: string): ImageAnnotation {
  const id = crypto.randomUUID();
  const open = polygons.map((rings) => rings.map(withoutEnd));
  const bounds = boundsOf(open.flatMap((rings) => rings[0]!));
  const selector =
    open.length === 1 && open[0]!.length === 1
      ? ({ type: "POLYGON", geometry: { points: open[0]![0]!, bounds } } as unknown as Polygon)
      : ({
          type: "MULTIPOLYGON",
          geometry: {
            bounds,
            polygons: open.map((rings) => ({
              rings: rings.map((points) => ({ points })),
              bounds: boundsOf(rings[0]!),
            })),
          },
        } as unknown as MultiPolygon);
  return {
    id,
    bodies: name ? [{ id: crypto.randomUUID(), annotation: id, purpose: "classifying", value: name }] : [],
    target: { annotation: id, selector },
  };
}

function geometryOf(shape: Shape): Feature["geometry"] {
  const geometry = shape.geometry as never as Record<string, number> & {
    points: Ring;
    polygons: { rings: { points: Ring }[] }[];
  };
  switch (shape.type as string) {
    case "RECTANGLE": {
      const {
        x,
        y,
        w,
        h,
        rot = 0,
      } = geometry as unknown as { x: number; y: number; w: number; h: number; rot?: number };
      const corners = [
        [0, 0],
        [w, 0],
        [w, h],
        [0, h],
      ].map(([dx, dy]) => turned(x + w / 2, y + h / 2, dx! - w / 2, dy! - h / 2, rot));
      return { type: "Polygon", coordinates: [closed(corners)] };
    }
    case "ELLIPSE": {
      const {
        cx,
        cy,
        rx,
        ry,
        rot = 0,
      } = geometry as unknown as { cx: number; cy: number; rx: number; ry: number; rot?: number };
      const corners = Array.from({ length: ellipseCorners }, (_, i) => {
        const angle = (2 * Math.PI * i) / ellipseCorners;
        return turned(cx, cy, rx * Math.cos(angle), ry * Math.sin(angle), rot);
      });
      return { type: "Polygon", coordinates: [closed(corners)] };
    }
    case "MULTIPOLYGON":
      return {
        type: "MultiPolygon",
        coordinates: geometry.polygons.map((p) => p.rings.map((r) => closed(r.points))),
      };
    default:
      return { type: "Polygon", coordinates: [closed(geometry.points)] };
  }
}

function turned(x: number, y: number, dx: number, dy: number, angle: number): number[] {
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  return [x + dx * cos - dy * sin, y + dx * sin + dy * cos];
}

function closed(points: Ring): Ring {
  const rounded = points.map(([x, y]) => [Math.round(x! * 100) / 100, Math.round(y! * 100) / 100]);
  return [...rounded, rounded[0]!];
}

function withoutEnd(ring: Ring): Ring {
  const [first, last] = [ring[0]!, ring[ring.length - 1]!];
  return ring.length > 3 && first[0] === last[0] && first[1] === last[1] ? ring.slice(0, -1) : ring;
}

function boundsOf(points: Ring): { minX: number; minY: number; maxX: number; maxY: number } {
  const [xs, ys] = [points.map((p) => p[0]!), points.map((p) => p[1]!)];
  return {
    minX: xs.reduce((a, b) => Math.min(a, b)),
    minY: ys.reduce((a, b) => Math.min(a, b)),
    maxX: xs.reduce((a, b) => Math.max(a, b)),
    maxY: ys.reduce((a, b) => Math.max(a, b)),
  };
}
