import "./reading.css";
import { ActiveTime } from "./active";
import { Attempts } from "./attempts";
import { count, el, type Leave } from "./dom";
import { type MachineView, showPictureMachine, showSlideMachine } from "./machine";
import { MarkLayer } from "./marks";
import { moveByKeys } from "./moving";
import { Pane, type SlideFacts } from "./pane";
import { get, send, signOut } from "./session";
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
  /** Microns per pixel, where it is a field of a slide. */
  mpp: number | null;
}

/** Somebody who has not moved for so long is away: a slide is looked at without a hand for longer than it is drawn on. */
const idleSeconds = 60;

const storedBefore = "This case was stored before: an answer was lost on the way, or another page stored it.";

/** Shows the reader's next case, and after it the one that follows. */
export async function showReading(app: HTMLElement): Promise<Leave> {
  let leave: Leave = () => {};
  const next = async (notice = ""): Promise<void> => {
    leave();
    leave = () => {};
    leave = await showCase(app, next, notice);
  };
  await next();
  return () => leave();
}

async function showCase(app: HTMLElement, next: (notice?: string) => Promise<void>, notice: string): Promise<Leave> {
  const state = await get<State>("/api/reading");
  if (state.current === null) {
    const said = el("p", { role: "alert" });
    const out = leaving(
      state,
      (error) => (said.textContent = error),
      () => false,
    );
    app.replaceChildren(
      el("header", { className: "top bar" }, el("h1", {}, state.study), out),
      el(
        "main",
        { className: "message" },
        el("h1", {}, "All cases are read"),
        el(
          "p",
          {},
          `Thank you, ${state.reader}: ${count(state.cases, "case")} of ${state.study} ${state.cases === 1 ? "is" : "are"} stored.`,
        ),
        said,
      ),
    );
    return () => {};
  }
  const place = state.current;
  const path = `/api/reading/${place}`;
  // At the same address another reader, signed in meanwhile at this browser, would see another picture.
  const mine = `reader=${encodeURIComponent(state.reader)}`;
  const open = () => send<Opened>("POST", `${path}/open`);
  const opened = await open();
  const picture = opened.slide === null ? await get<PictureFacts>(`${path}/picture?${mine}`) : null;
  const facts = picture ? asSlide(picture) : await get<SlideFacts>(`/api/slides/${opened.slide}`);
  const stage = el("div", { className: "panes" });
  const side = el("aside", { className: "verdict", "aria-label": "Verdict" });
  let first: Verdict | null = null;
  const attempts = new Attempts(state.reader, async () => {
    if ((await get<State>("/api/reading")).current !== place) {
      await next(storedBefore);
      return true;
    }
    const now = await open();
    if (first || !now.first) return false;
    await reveal(now.first);
    attempts.say(`${storedBefore} Your first verdict stays as it was stored.`);
    return true;
  });
  const pane = new Pane(opened.slide ?? "", facts, stage, (message) => void attempts.lost(message));
  const seen = (low: number, high: number) =>
    pane.showPicture(`${path}/picture.jpg?${mine}&low=${low.toFixed(4)}&high=${high.toFixed(4)}`);
  if (picture) seen(picture.low, picture.high);
  const tones = picture?.gray ? windowing(seen, [picture.low, picture.high]) : null;
  const marks = new MarkLayer(pane, () => attempts.say("No mark was set: that is beside what is to be looked at."));
  const form = new VerdictForm(state.classes, marks);
  app.replaceChildren(
    el(
      "header",
      { className: "top bar" },
      el("h1", {}, `Case ${place + 1} of ${state.cases}`),
      el("progress", { max: state.cases, value: state.finished, "aria-label": "Cases finished" }),
      leaving(
        state,
        (words) => attempts.say(words),
        () => form.differsFrom(first),
      ),
    ),
    el("main", { className: "reading" }, stage, side),
  );
  const endKeys = moveByKeys(pane);
  let time = new ActiveTime(idleSeconds);
  const post = (what: "verdict" | "final", verdict: Verdict) =>
    send("POST", `${path}/${what}`, {
      verdict: { ...verdict, activeSeconds: time.seconds },
      viewport: Object.values(pane.place).join(" "),
    });

  const blind = () => {
    const store = el("button", { type: "button", className: "primary" }, "Store my verdict");
    store.addEventListener("click", () =>
      attempts.make(store, async () => {
        const verdict = form.verdict();
        await post("verdict", verdict);
        await reveal(verdict);
      }),
    );
    side.replaceChildren(
      el("h2", {}, "Your verdict"),
      el("p", { className: "soft" }, "What the machine makes of this case is shown once your verdict is stored."),
      ...(tones ? [tones] : []),
      form.element,
      attempts.element,
      store,
    );
  };

  const reveal = async (stored: Verdict) => {
    const view = await get<MachineView>(`${path}/machine`);
    const machine =
      opened.slide === null
        ? await showPictureMachine(pane, marks, { path, mine }, view)
        : await showSlideMachine(pane, marks, opened.slide, view);
    time.end();
    time = new ActiveTime(idleSeconds);
    first = stored;
    form.fill(stored);
    const keep = el("button", { type: "button", className: "primary" }, "Keep my verdict");
    const change = el("button", { type: "button" }, "Store the changed verdict");
    const store = (button: HTMLButtonElement, verdict: () => Verdict) =>
      attempts.make(button, async () => {
        await post("final", verdict());
        await next();
      });
    keep.addEventListener("click", () => store(keep, () => stored));
    change.addEventListener("click", () => store(change, () => form.verdict()));
    side.replaceChildren(
      machine,
      ...(tones ? [tones] : []),
      el("h2", {}, "Your verdict with it"),
      el("p", { className: "soft" }, `Stored: ${stored.class}, confidence ${stored.confidence} of 5. Both are kept.`),
      keep,
      form.element,
      attempts.element,
      change,
    );
    side.scrollTop = 0;
    keep.focus({ preventScroll: true });
  };

  if (opened.first) await reveal(opened.first);
  else blind();
  if (notice) attempts.say(notice);
  return () => {
    time.end();
    endKeys();
    pane.destroy();
  };
}

/** A picture is looked at as a slide is, in one tile. */
function asSlide(picture: PictureFacts): SlideFacts {
  const { width, height, mpp } = picture;
  return {
    width,
    height,
    tileSize: Math.max(width, height),
    maxLevel: 0,
    mpp: mpp === null ? null : [mpp, mpp],
    mppFrom: "",
    notes: [],
    beside: [],
    bounds: [0, 0, width, height],
    reader: "",
  };
}

/**
 * Who reads, and the way out, so that the next at this browser reads as nobody else.
 * @param unsent whether something was filled in that is not stored: it goes, and the reader is asked once
 */
function leaving(state: State, say: (words: string) => void, unsent: () => boolean): HTMLElement {
  const out = el("button", { type: "button" }, "Sign out");
  let asked = false;
  out.addEventListener("click", () => {
    if (unsent() && !asked) {
      asked = true;
      say("What you have filled in is not stored, and goes when you sign out. Sign out once more to leave it.");
    } else signOut().catch((error: Error) => say(error.message));
  });
  return el(
    "p",
    { className: "who" },
    el("span", { className: "soft" }, `${state.study} · reading as `),
    el("strong", {}, state.reader),
    out,
  );
}
