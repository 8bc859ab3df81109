import { colorMaps, type ColorMap } from "./colors";
import { toSlide } from "./address";
import type { Place } from "./pane";

/** What of a slide is shown, and how: it stands in the address, so that a colleague sees the same. */
export interface Shown {
  place: Partial<Place>;
  /** The map in the first view, and in the second; "" is none, null of `beside` no second view. */
  map: string;
  beside: string | null;
  colors: ColorMap;
  opacity: number;
  threshold: number;
  detections: boolean;
  outlines: Set<string>;
  quality: boolean;
  panel: boolean;
}

/** Tissue stays to be seen beneath. */
const usualOpacity = 0.4;

const asked = (settings: URLSearchParams, name: string) => {
  const text = settings.get(name);
  return text === null || text === "" || !Number.isFinite(Number(text)) ? undefined : Number(text);
};

export function read(settings: URLSearchParams, otherwise: { map: string; outlines: string[] }): Shown {
  const colors = settings.get("colors") as ColorMap;
  const place: Partial<Place> = {};
  for (const name of ["x", "y", "z", "r"] as const) {
    const value = asked(settings, name);
    if (value !== undefined) place[name] = value;
  }
  return {
    place,
    map: settings.get("map")?.replace(/^none$/, "") ?? otherwise.map,
    beside: settings.get("beside")?.replace(/^none$/, "") ?? null,
    colors: colorMaps.includes(colors) ? colors : "viridis",
    opacity: Math.min(1, Math.max(0, asked(settings, "opacity") ?? usualOpacity)),
    threshold: Math.min(1, Math.max(0, asked(settings, "threshold") ?? 0)),
    detections: settings.get("detections") !== "off",
    outlines: new Set(settings.get("outlines")?.split(",") ?? otherwise.outlines),
    quality: settings.get("quality") === "on",
    panel: settings.has("panel") ? settings.get("panel") === "on" : window.innerWidth > 700,
  };
}

export function written(id: string, shown: Shown, place: Place): string {
  return toSlide(id, {
    ...place,
    r: place.r || null,
    map: shown.map || "none",
    beside: shown.beside === "" ? "none" : shown.beside,
    colors: shown.colors === "viridis" ? null : shown.colors,
    opacity: shown.opacity === usualOpacity ? null : shown.opacity,
    threshold: shown.threshold || null,
    detections: shown.detections ? null : "off",
    outlines: [...shown.outlines].join(",") || "none",
    quality: shown.quality ? "on" : null,
    panel: shown.panel === window.innerWidth > 700 ? null : shown.panel ? "on" : "off",
  });
}
