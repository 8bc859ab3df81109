import { DetectionLayer, OutlineLayer, QualityLayer, ValueLayer, type LayerInfo } from "./layers";
import type { Drawn } from "./overlay";
import type { Shown } from "./shown";

/** What a view of a slide draws, and the layers that the panel tells of. */
export interface View {
  drawn: Drawn[];
  values: ValueLayer | null;
  detections: DetectionLayer | null;
  outlines: Map<string, OutlineLayer>;
  quality: QualityLayer | null;
}

/** Layers of a slide, each loaded when it is first shown. */
export class LayerStore {
  private readonly loading = new Map<string, Promise<unknown>>();

  constructor(
    private readonly slide: string,
    private readonly layers: LayerInfo[],
  ) {}

  async drawn(shown: Shown, map: string): Promise<View> {
    const info = this.layers.find((l) => l.id === map);
    const outlines = this.layers.filter((l) => shown.outlines.has(l.id));
    const [values, detections, quality, ...loaded] = await Promise.all([
      info ? this.once(`values ${map}`, () => ValueLayer.load(this.slide, map)) : null,
      info?.detections ? this.once(`detections ${map}`, () => DetectionLayer.load(this.slide, map)) : null,
      shown.quality ? this.once("quality", () => QualityLayer.load(this.slide)) : null,
      ...outlines.map((l) => this.once(`outlines ${l.id}`, () => OutlineLayer.load(this.slide, l))),
    ]);
    values?.setStyle({ map: shown.colors, opacity: shown.opacity, threshold: shown.threshold });
    if (detections) detections.threshold = shown.threshold;
    const drawn: (Drawn | null)[] = [values, quality, ...loaded, shown.detections ? detections : null];
    return {
      drawn: drawn.filter((d): d is Drawn => d !== null),
      values,
      detections,
      outlines: new Map(outlines.map((l, index) => [l.id, loaded[index]!])),
      quality,
    };
  }

  /** Loads a map anew when it is next shown. */
  forget(map: string): void {
    this.loading.delete(`values ${map}`);
  }

  private once<T>(key: string, load: () => Promise<T>): Promise<T> {
    let promise = this.loading.get(key) as Promise<T> | undefined;
    if (!promise) {
      promise = load();
      this.loading.set(key, promise);
      // What failed is tried again when it is next asked for.
      promise.catch(() => this.loading.delete(key));
    }
    return promise;
  }
}
