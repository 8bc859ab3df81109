import "./reading.css";
import { ActiveTime } from "./active";
import { el, type Leave } from "./dom";
import { type MachineView, showPictureMachine, showSlideMachine } from "./machine";
import { MarkLayer } from "./marks";
import { Pane, type SlideFacts } from "./pane";
import { get, send } from "./session";
import { type Verdict, VerdictForm } from "./verdict";
import { windowing } from "./windowing";

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
  /** Null of a picture. */
  slide: string | null;
  stage: "Blind" | "Shown" | "Finished";
  first: Verdict | null;
}

/** A patch or radiograph; gray ones have a window and a level. */
interface PictureFacts {
  width: number;
  height: number;
  gray: boolean;
  low: number;
  high: number;
}

/** Somebody who has not moved for so long is away: a slide is looked at without a hand for longer than it is drawn on. */
const idleSeconds = 60;

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
  const path = `/api/reading/${place}`;
  const picture = opened.slide === null ? await get<PictureFacts>(`${path}/picture`) : null;
  const facts = picture ? asSlide(picture) : await get<SlideFacts>(`/api/slides/${opened.slide}`);
  const said = el("p", { role: "alert", className: "alert" });
  const stage = el("div", { className: "panes" });
  const side = el("aside", { className: "verdict", "aria-label": "Verdict" });
  app.replaceChildren(top(state, place), el("main", { className: "reading" }, stage, side));
  const pane = new Pane(opened.slide ?? "", facts, stage, (message) => (said.textContent = message));
  const seen = (low: number, high: number) =>
    pane.showPicture(`${path}/picture.jpg?low=${low.toFixed(4)}&high=${high.toFixed(4)}`);
  if (picture) seen(picture.low, picture.high);
  const tones = picture?.gray ? windowing(seen, [picture.low, picture.high]) : null;
  const marks = new MarkLayer(pane);
  const form = new VerdictForm(state.classes, marks);
  const viewport = () => Object.values(pane.place).join(" ");
  let time = new ActiveTime(idleSeconds);
  const leave = () => {
    time.end();
    pane.destroy();
  };
  const next = async () => {
    leave();
    await showReading(app);
  };

  const blind = () => {
    const store = el("button", { type: "button", className: "primary" }, "Store my verdict");
    store.addEventListener("click", () =>
      attempt(said, store, async () => {
        const first = form.verdict();
        await send("POST", `${path}/verdict`, {
          verdict: { ...first, activeSeconds: time.seconds },
          viewport: viewport(),
        });
        await reveal(first);
      }),
    );
    side.replaceChildren(
      el("h2", {}, "Your verdict"),
      el("p", { className: "soft" }, "What the machine makes of this case is shown once your verdict is stored."),
      ...(tones ? [tones] : []),
      form.element,
      said,
      store,
    );
  };

  const reveal = async (first: Verdict) => {
    const view = await get<MachineView>(`${path}/machine`);
    const machine =
      opened.slide === null
        ? await showPictureMachine(pane, marks, path, view)
        : await showSlideMachine(pane, marks, opened.slide, view);
    time.end();
    time = new ActiveTime(idleSeconds);
    form.fill(first);
    const keep = el("button", { type: "button", className: "primary" }, "Keep my verdict");
    const change = el("button", { type: "button" }, "Store the changed verdict");
    const store = (button: HTMLButtonElement, verdict: () => Verdict) =>
      attempt(said, button, async () => {
        await send("POST", `${path}/final`, {
          verdict: { ...verdict(), activeSeconds: time.seconds },
          viewport: viewport(),
        });
        await next();
      });
    keep.addEventListener("click", () => store(keep, () => first));
    change.addEventListener("click", () => store(change, () => form.verdict()));
    side.replaceChildren(
      machine,
      ...(tones ? [tones] : []),
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
  return leave;
}

/** A picture is looked at as a slide is: one tile, and nobody says how many microns it has. */
function asSlide(picture: PictureFacts): SlideFacts {
  const { width, height } = picture;
  return {
    width,
    height,
    tileSize: Math.max(width, height),
    maxLevel: 0,
    mpp: null,
    mppFrom: "",
    notes: [],
    beside: [],
    bounds: [0, 0, width, height],
    reader: "",
  };
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
