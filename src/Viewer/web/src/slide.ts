import { keep, type Address } from "./address";
import { el, type Leave } from "./dom";
import { get } from "./session";
import { LayerStore } from "./store";
import { Pane, synchronize, type SlideFacts } from "./pane";
import { fillPanel, isMap } from "./panel";
import { DetectionList } from "./detections";
import { listen } from "./keys";
import * as settings from "./shown";
import type { Drawing } from "./drawing";
import { Correction, taughtLayer } from "./correction";
import type { LayerInfo } from "./layers";
import { toolbar } from "./toolbar";

/** A slide with its layers. Everything that is shown follows from `shown`, which `update` draws and keeps in the address. */
export async function showSlide(app: HTMLElement, address: Address): Promise<Leave> {
  const [facts, layers, list] = await Promise.all([
    get<SlideFacts>(`/api/slides/${address.id}`),
    get<LayerInfo[]>(`/api/slides/${address.id}/layers`),
    get<{ slides: { id: string; name: string }[] }>("/api/slides"),
  ]);
  const name = list.slides.find((s) => s.id === address.id)?.name ?? "Slide";
  document.title = `${name} – Coverslip`;
  const correction = await Correction.of({
    slide: address.id,
    pane: () => panes[0]!,
    save: async () => drawing?.settle(),
    redraw: (taught) => {
      if (!layers.includes(taughtLayer)) [layers, maps].forEach((list) => list.push(taughtLayer));
      if (taught) shown.map = taughtLayer.id;
      store.forget(taughtLayer.id);
      void update();
    },
  });
  if (correction?.taught) layers.push(taughtLayer);
  const maps = layers.filter(isMap);
  const drawn = layers.filter((l) => l.kind === "annotations");
  const outlines = drawn.length ? drawn : layers.filter((l) => l.kind === "truth").slice(0, 1);
  const shown = settings.read(address.settings, { map: maps[0]?.id ?? "", outlines: outlines.map((l) => l.id) });
  const store = new LayerStore(address.id, layers);
  const status = el("p", { className: "status", role: "status" });
  const say = (message: string) => (status.textContent = message);
  const fail = (error: unknown) => say((error as Error).message);

  const stages = el("div", { className: "panes" });
  const panel = el("aside", { className: "panel", "aria-label": "Layers" });
  let panes: Pane[] = [];
  const detections = new DetectionList(say, (d) =>
    panes[0]?.go({ x: d.x, y: d.y, z: Math.max(panes[0].scale, closeUp(facts)) }),
  );

  const update = async () => {
    document.body.classList.toggle("with-panel", shown.panel);
    if (panes.length !== (shown.beside === null ? 1 : 2)) build();
    try {
      const views = await Promise.all(
        panes.map((_, index) => store.drawn(shown, index === 0 ? shown.map : (shown.beside ?? ""))),
      );
      views.forEach((view, index) => panes[index]?.overlay.show(view.drawn));
      detections.show(views[0]?.detections ?? null, shown.detections);
      fillPanel(panel, {
        shown,
        layers,
        store,
        update: () => void update(),
        detections,
        views,
        drawing: drawing?.element ?? null,
        correction: correction?.element ?? null,
        beside: facts.beside.map((b) => ({ name: b, address: `/api/slides/${address.id}/beside/${b}.jpg` })),
      });
    } catch (error) {
      fail(error);
    }
    remember();
  };
  const remember = () =>
    panes[0]?.viewer.world.getItemCount() && keep(settings.written(address.id, shown, panes[0].place));

  let drawing: Drawing | null = null;
  const endDrawing = async () => {
    const ended = drawing;
    drawing = null;
    await ended?.end();
  };
  const draw = async () => {
    if (drawing) await endDrawing();
    else {
      const { Drawing } = await import("./drawing");
      shown.panel = true;
      drawing = await Drawing.begin(address.id, panes[0]!, say, correction?.classes);
    }
    await update();
  };

  const build = () => {
    void endDrawing();
    const before = panes[0]?.viewer.world.getItemCount() ? panes[0].place : shown.place;
    panes.forEach((pane) => pane.destroy());
    panes = Array.from({ length: shown.beside === null ? 1 : 2 }, () => new Pane(address.id, facts, stages, say));
    let open = 0;
    for (const pane of panes)
      pane.viewer.addHandler("open", () => {
        pane.go(before, true);
        pane.overlay.draw();
        if (++open < panes.length) return;
        if (panes.length > 1) synchronize(panes);
        // The first may have been moved before the other was there to follow.
        panes.slice(1).forEach((other) => other.go(panes[0]!.place, true));
        panes[0]!.viewer.addHandler("animation-finish", remember);
        panes[0]!.viewer.addHandler("rotate", remember);
        remember();
      });
    detections.redraw = () => panes.forEach((pane) => pane.overlay.draw());
    bar.follow(panes[0]!);
  };

  const bar = toolbar({
    name,
    facts,
    pane: () => panes[0]!,
    shown,
    maps,
    update: () => void update(),
    draw: () => void draw().catch(fail),
  });
  app.replaceChildren(bar.element, el("main", { className: "slide" }, stages, panel), status);
  if (facts.notes.length) say(facts.notes.join(" · "));
  const stopKeys = listen({
    panes: () => panes,
    shown,
    update: () => void update(),
    detections,
    draw: () => void draw().catch(fail),
    drawing: () => drawing,
  });
  await update();
  return () => {
    stopKeys();
    correction?.end();
    void endDrawing();
    panes.forEach((pane) => pane.destroy());
    document.body.classList.remove("with-panel");
  };
}

/** Near enough to see cells: half a micron to a pixel of the screen, or one pixel to one. */
function closeUp(facts: SlideFacts): number {
  return facts.mpp ? Math.min(1, facts.mpp[0] / 0.5) : 1;
}
