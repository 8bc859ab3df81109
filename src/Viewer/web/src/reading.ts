import "./reading.css";
import { el, type Leave } from "./dom";
import { DetectionLayer, type LayerInfo, ValueLayer } from "./layers";
import { MarkLayer } from "./marks";
import { Pane, type SlideFacts } from "./pane";
import { get, send } from "./session";
import { type Verdict, VerdictForm } from "./verdict";

/** How far the reader is. */
interface State {
  study: string;
  reader: string;
  classes: string[];
  cases: number;
  finished: number;
  current: number | null;
}

interface Opened {
  slide: string;
  stage: "Blind" | "Shown" | "Finished";
  first: Verdict | null;
}

interface MachineView {
  class: string;
  probability: number;
}

/** Shows the reader's next case, and after it the one that follows. */
export async function showReading(app: HTMLElement): Promise<Leave> {
  const state = await get<State>("/api/reading");
  if (state.current === null) {
    app.replaceChildren(
      el(
        "main",
        { className: "message" },
        el("h1", {}, "All cases are read"),
        el("p", {}, `Thank you, ${state.reader}: ${state.cases} cases of ${state.study} are stored.`),
      ),
    );
    return () => {};
  }
  const place = state.current;
  const opened = await send<Opened>("POST", `/api/reading/${place}/open`);
  const facts = await get<SlideFacts>(`/api/slides/${opened.slide}`);
  const said = el("p", { role: "alert", className: "alert" });
  const stage = el("div", { className: "panes" });
  const side = el("aside", { className: "verdict", "aria-label": "Verdict" });
  app.replaceChildren(top(state, place), el("main", { className: "reading" }, stage, side));
  const pane = new Pane(opened.slide, facts, stage, (message) => (said.textContent = message));
  const marks = new MarkLayer(pane);
  const form = new VerdictForm(state.classes, marks);
  const viewport = () => Object.values(pane.place).join(" ");
  const next = async () => {
    pane.destroy();
    await showReading(app);
  };

  const blind = () => {
    const store = el("button", { type: "button", className: "primary" }, "Store my verdict");
    store.addEventListener("click", () =>
      attempt(said, store, async () => {
        const first = form.verdict();
        await send("POST", `/api/reading/${place}/verdict`, { verdict: first, viewport: viewport() });
        await reveal(first);
      }),
    );
    side.replaceChildren(
      el("h2", {}, "Your verdict"),
      el("p", { className: "soft" }, "What the machine makes of this case is shown once your verdict is stored."),
      form.element,
      said,
      store,
    );
  };

  const reveal = async (first: Verdict) => {
    const view = await get<MachineView>(`/api/reading/${place}/machine`);
    const machine = await showMachine(pane, marks, opened.slide, view);
    form.fill(first);
    const keep = el("button", { type: "button", className: "primary" }, "Keep my verdict");
    const change = el("button", { type: "button" }, "Store the changed verdict");
    const store = (button: HTMLButtonElement, verdict: () => Verdict) =>
      attempt(said, button, async () => {
        await send("POST", `/api/reading/${place}/final`, { verdict: verdict(), viewport: viewport() });
        await next();
      });
    keep.addEventListener("click", () => store(keep, () => first));
    change.addEventListener("click", () => store(change, () => form.verdict()));
    side.replaceChildren(
      machine,
      el("h2", {}, "Your verdict with it"),
      el("p", { className: "soft" }, `Stored: ${first.class}, confidence ${first.confidence} of 5. Both are kept.`),
      keep,
      form.element,
      said,
      change,
    );
    side.scrollTop = 0;
    keep.focus({ preventScroll: true });
  };

  if (opened.first) await reveal(opened.first);
  else blind();
  return () => pane.destroy();
}

function top(state: State, place: number): HTMLElement {
  return el(
    "header",
    { className: "top bar" },
    el("h1", {}, `Case ${place + 1} of ${state.cases}`),
    el("progress", { max: state.cases, value: state.finished, "aria-label": "Cases finished" }),
    el("span", { className: "soft" }, `${state.study} · ${state.reader}`),
  );
}

/** Lays the machine's view over the slide; returns what is said of it. */
async function showMachine(pane: Pane, marks: MarkLayer, slide: string, view: MachineView): Promise<HTMLElement> {
  const layers = await get<LayerInfo[]>(`/api/slides/${slide}/layers`);
  const heatmap = layers.find((layer) => layer.kind === "heatmap")!;
  const [values, detections] = await Promise.all([
    ValueLayer.load(slide, heatmap.id),
    DetectionLayer.load(slide, heatmap.id),
  ]);
  const opacity = el("input", { type: "range", id: "opacity", min: "0", max: "1", step: "0.05", value: "0.45" });
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
  return el(
    "section",
    { className: "machine", "aria-label": "The machine's view" },
    el("h2", {}, "The machine's view"),
    el("p", {}, `Probability of ${view.class}: `, el("strong", {}, view.probability.toFixed(2))),
    el("label", { htmlFor: "opacity" }, "Map"),
    opacity,
    el("div", { className: "ramp", role: "img", "aria-label": "Colors from probability 0 to 1" }),
    el("p", { className: "ends" }, el("span", {}, "0"), el("span", {}, "1")),
    el("h3", {}, detections.all.length ? `${detections.all.length} places` : "No place stands out"),
    list,
  );
}

/** Does something once, and says why where it fails. */
async function attempt(said: HTMLElement, button: HTMLButtonElement, work: () => Promise<void>): Promise<void> {
  button.disabled = true;
  said.textContent = "";
  try {
    await work();
  } catch (error) {
    said.textContent = error instanceof Error ? error.message : String(error);
  } finally {
    button.disabled = false;
  }
}
