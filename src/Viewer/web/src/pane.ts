import OpenSeadragon from "openseadragon";
import { Overlay } from "./overlay";
import { el, short } from "./dom";

/** A slide as the server describes it. */
export interface SlideFacts {
  width: number;
  height: number;
  tileSize: number;
  maxLevel: number;
  mpp: [number, number] | null;
  mppFrom: string;
  notes: string[];
  bounds: [number, number, number, number];
  reader: string;
  /** Pictures beside the slide that whoever started the viewer wants shown: macro, label. */
  beside: string[];
}

/** Where one looks: the middle in pixels of the slide, pixels of the screen to one of the slide, degrees. */
export interface Place {
  x: number;
  y: number;
  z: number;
  r: number;
}

/** At this many microns to a pixel of the screen a microscope's objective of 10× is spoken of. */
const micronsAtTen = 1;

/** One view of a slide, with scale bar, small map and whatever is laid over. */
export class Pane {
  readonly element = el("section", { className: "pane", "aria-label": "Slide" });
  readonly viewer: OpenSeadragon.Viewer;
  readonly overlay: Overlay;
  // Not whether there is an item: that comes before whoever waits for the view to open has placed it.
  private open = false;
  private kept: Place | null = null;

  /** Whether its room has changed and it is not yet back where it was: what it tells of its place is not to be followed. */
  resizing = false;
  private readonly bar = el("div", { className: "scale", role: "img" });

  /** @param id the slide's; none of a picture, which `showPicture` gives */
  constructor(
    readonly id: string,
    readonly facts: SlideFacts,
    parent: HTMLElement,
    failed: (message: string) => void,
  ) {
    const stage = el("div", { className: "stage" });
    this.element.append(stage);
    if (id || facts.mpp) this.element.append(this.bar);
    parent.append(this.element);
    this.viewer = new OpenSeadragon.Viewer({
      element: stage,
      showNavigationControl: false,
      showNavigator: true,
      navigatorPosition: "BOTTOM_RIGHT",
      navigatorSizeRatio: 0.16,
      navigatorMaintainSizeRatio: true,
      navigatorOpacity: 1,
      navigatorAutoFade: false,
      drawer: "canvas",
      maxZoomPixelRatio: id ? 8 : 32,
      minZoomImageRatio: 0.5,
      visibilityRatio: 0.3,
      animationTime: matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 0.4,
      imageLoaderLimit: 12,
      maxImageCacheCount: 400,
      gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: true },
      ...(id && {
        tileSources: {
          width: facts.width,
          height: facts.height,
          tileSize: facts.tileSize,
          tileOverlap: 0,
          minLevel: Math.min(8, facts.maxLevel),
          maxLevel: facts.maxLevel,
          getTileUrl: (level: number, x: number, y: number) => `/api/slides/${id}/tiles/${level}/${x}_${y}.jpg`,
        },
      }),
    });
    this.overlay = new Overlay(this.viewer);
    // The page's own keys move the slide, whatever is focused.
    this.viewer.addHandler("canvas-key", (event) => {
      event.preventDefaultAction = true;
    });
    this.viewer.addHandler("tile-load-failed", () => failed("A part of this slide cannot be read; it stays empty."));
    for (const event of ["open-failed", "add-item-failed"] as const)
      this.viewer.addHandler(event, () => failed("This picture cannot be shown."));
    // OpenSeadragon keeps what is seen when its room changes, by where an animation stands, and forgets where that was to
    // end. A slide stays as near as it was, or will be.
    if (id) this.viewer.addHandler("resize", () => (this.resizing = true));
    this.viewer.addHandler("update-viewport", () => {
      this.keepPlace();
      this.drawScale();
    });
    this.viewer.addHandler("open", () => {
      this.open = true;
      this.drawScale();
    });
  }

  /** One picture in place of a slide's tiles, or in place of the picture before, where that was looked at. */
  showPicture(url: string): void {
    const tileSource = { type: "image", url, buildPyramid: false };
    if (this.item) this.viewer.addTiledImage({ tileSource, index: 0, replace: true });
    else this.viewer.open(tileSource as unknown as OpenSeadragon.TileSourceSpecifier);
  }

  /** Pixels of the screen to one of the slide. */
  get scale(): number {
    return this.item ? this.item.viewportToImageZoom(this.viewer.viewport.getZoom(true)) : 1;
  }

  get place(): Place {
    const { viewport } = this.viewer;
    const middle = this.item!.viewportToImageCoordinates(viewport.getCenter());
    return {
      x: Math.round(middle.x),
      y: Math.round(middle.y),
      z: Number(this.item!.viewportToImageZoom(viewport.getZoom()).toPrecision(4)),
      r: Math.round(viewport.getRotation()) % 360,
    };
  }

  go(place: Partial<Place>, immediately = false): void {
    const item = this.item;
    if (!item) return;
    const { viewport } = this.viewer;
    if (place.r !== undefined && place.r !== Math.round(viewport.getRotation()))
      viewport.setRotation(place.r, immediately);
    if (place.z !== undefined) viewport.zoomTo(item.imageToViewportZoom(place.z), undefined, immediately);
    if (place.x !== undefined && place.y !== undefined)
      viewport.panTo(item.imageToViewportCoordinates(place.x, place.y), immediately);
    viewport.applyConstraints(immediately);
    if (this.open && !this.resizing) this.kept = this.place;
  }

  private keepPlace(): void {
    if (!this.open) return;
    const back = this.resizing ? this.kept : null;
    this.resizing = false;
    if (back) this.go(back, true);
    else this.kept = this.place;
  }

  /** Now, or as soon as there is something to see: what is done to a view that opens is not lost. */
  whenOpen(act: () => void): void {
    if (this.open) act();
    else this.viewer.addOnceHandler("open", act);
  }

  /** What of the slide is shown at a place of the view, in pixels of the screen from its corner. */
  imagePlace(x: number, y: number): [number, number] {
    const at = this.item!.viewerElementToImageCoordinates(new OpenSeadragon.Point(x, y));
    return [at.x, at.y];
  }

  /** The whole slide. */
  fit(): void {
    this.viewer.viewport.goHome();
  }

  /** Shows the slide as an objective would. */
  magnify(times: number): void {
    if (this.facts.mpp) this.go({ z: (this.facts.mpp[0] * times) / (10 * micronsAtTen) });
  }

  /** As which objective the slide is shown; null where its microns are unknown. */
  get magnification(): number | null {
    return this.facts.mpp ? (10 * micronsAtTen * this.scale) / this.facts.mpp[0] : null;
  }

  zoomByDoubleClick(on: boolean): void {
    (
      this.viewer as unknown as { gestureSettingsMouse: OpenSeadragon.GestureSettings }
    ).gestureSettingsMouse.dblClickToZoom = on;
  }

  destroy(): void {
    this.viewer.destroy();
    this.element.remove();
  }

  private get item(): OpenSeadragon.TiledImage | undefined {
    return this.viewer.world?.getItemAt(0);
  }

  private drawScale(): void {
    if (!this.facts.mpp) {
      this.bar.textContent = "Microns per pixel unknown: no scale bar";
      this.bar.title = this.facts.mppFrom;
      return;
    }
    const microns = this.facts.mpp[0] / this.scale;
    const most = Math.min(180, this.element.clientWidth / 3) * microns;
    const power = 10 ** Math.floor(Math.log10(most));
    const length = [5, 2, 1].map((n) => n * power).find((n) => n <= most) ?? power;
    const text = length >= 1000 ? `${short(length / 1000)} mm` : `${short(length)} µm`;
    this.bar.setAttribute("aria-label", `Scale bar: ${text}`);
    this.bar.replaceChildren(el("span", { className: "rule" }), text);
    (this.bar.firstChild as HTMLElement).style.width = `${length / microns}px`;
  }
}

/** Both views move as one. */
export function synchronize(panes: Pane[]): void {
  let moving = false;
  for (const pane of panes)
    for (const event of ["pan", "zoom", "rotate"] as const)
      pane.viewer.addHandler(event, (moved: { immediately?: boolean }) => {
        if (moving || pane.resizing) return;
        moving = true;
        for (const other of panes.filter((p) => p !== pane)) other.go(pane.place, moved.immediately ?? false);
        moving = false;
      });
}
