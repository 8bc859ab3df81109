import { ActiveTime } from "./active";
import { toSlide } from "./address";
import { count, el, short } from "./dom";
import type { LayerInfo } from "./layers";
import type { Pane } from "./pane";
import { get, send } from "./session";

interface State {
  classes: string[];
  positive: string;
  slides: Record<string, "aside" | "drawn on">;
  taught: boolean;
  judging: boolean;
  trouble: string | null;
  rounds: { number: number; minutes: number; regions: number; windowAuc: number | null; slideAuc: number | null }[];
}

interface NextPlace {
  slide: string;
  name: string;
  x: number;
  y: number;
  reason: string;
}

/** The map of what was taught is a layer as others are. */
export const taughtLayer: LayerInfo = {
  id: "correction",
  kind: "heatmap",
  place: "what was taught",
  file: "",
  detections: false,
};

interface At {
  slide: string;
  pane: () => Pane;
  /** Regions that are not saved yet are, first. */
  save: () => Promise<void>;
  /** Draws the map anew. */
  redraw: (mapped: boolean) => void;
}

/** Somebody who has not moved for so long does something else. */
const idleSeconds = 30;

/** Why one comes to another slide, for its page to say. */
let arrived = "";

/** Training on what is drawn, where to draw next, and the rounds with their figures. */
export class Correction {
  readonly element = el("section", { className: "correction" });
  /** What changes by itself stands apart from the buttons, which stay what they are under a finger. */
  private readonly told = el("div");
  private readonly button = el(
    "button",
    { type: "button", id: "train", title: "Learn what is drawn on all slides", onclick: () => void this.train() },
    "Train",
  );
  private places: NextPlace[] = [];
  private message = "";
  private progress: { done: number; all: number } | null = { done: 0, all: 1 };
  private training = false;
  private following = false;
  private trained = 0;
  private readonly time = new ActiveTime(idleSeconds, () => this.tick());

  private constructor(
    private state: State,
    private readonly at: At,
  ) {
    const next = el(
      "button",
      {
        type: "button",
        id: "next-place",
        title: "Go to the place most worth annotating",
        onclick: () => void this.next(),
      },
      "Next place",
    );
    this.element.append(
      el("h2", {}, "Teach"),
      el(
        "p",
        { className: "hint" },
        state.slides[at.slide] === "aside"
          ? "This patient is kept aside to judge by, and is not drawn on."
          : `Draw regions of ${state.classes.join(" and ")}, then train.`,
      ),
      el("div", { className: "group" }, this.button, next),
      this.told,
    );
    [this.message, arrived] = [arrived, ""];
    this.fill();
  }

  /** Null where no correction is shown, or the slide is none of it. */
  static async of(at: At): Promise<Correction | null> {
    const state = await get<State | null>("/api/correction");
    return state && at.slide in state.slides ? new Correction(state, at) : null;
  }

  /** What is drawn, the class looked for first. */
  get classes(): string[] {
    const { classes, positive } = this.state;
    return [positive, ...classes.filter((name) => name !== positive)];
  }

  get taught(): boolean {
    return this.state.taught;
  }

  end(): void {
    this.time.end();
  }

  async train(): Promise<void> {
    if (this.training) return;
    this.training = this.button.disabled = true;
    this.tell("Training…");
    try {
      await this.at.save();
      const taught = await send<{ seconds: number; screenSeconds: number; windows: number }>(
        "POST",
        "/api/correction/train",
        { slide: this.at.slide, screen: this.screen(), seconds: this.time.seconds },
      );
      this.time.seconds = 0;
      this.trained++;
      this.state = { ...this.state, taught: true, judging: true };
      this.progress = { done: 0, all: 1 };
      this.tell(
        `Taught ${count(taught.windows, "window")} in ${taught.seconds.toFixed(1)} s; the screen followed after ${taught.screenSeconds.toFixed(1)} s`,
      );
      this.at.redraw(true);
      await this.propose();
    } catch (error) {
      this.tell((error as Error).message);
    } finally {
      this.training = this.button.disabled = false;
      this.fill();
    }
  }

  /** Goes to the worthiest place. */
  async next(): Promise<void> {
    try {
      await this.at.save();
      await this.propose();
      if (this.places[0]) this.go(this.places[0]);
      else this.tell("No place is known yet: features are still being computed");
    } catch (error) {
      this.tell((error as Error).message);
    }
  }

  private async propose(): Promise<void> {
    this.places = await get<NextPlace[]>("/api/correction/next");
    this.fill();
  }

  private go(place: NextPlace): void {
    const reason = `${place.name}: ${place.reason}`;
    const { scale } = this.at.pane();
    if (place.slide === this.at.slide) {
      this.at.pane().go({ x: place.x, y: place.y });
      this.tell(reason);
    } else {
      arrived = reason;
      location.hash = toSlide(place.slide, {
        x: Math.round(place.x),
        y: Math.round(place.y),
        z: scale,
        map: taughtLayer.id,
      });
    }
  }

  private screen(): { x: number; y: number; width: number; height: number } {
    const { viewer } = this.at.pane();
    const bounds = viewer.world.getItemAt(0).viewportToImageRectangle(viewer.viewport.getBounds()).getBoundingBox();
    return { x: bounds.x, y: bounds.y, width: bounds.width, height: bounds.height };
  }

  /** Follows what is done in the meantime, until it is done. */
  private tick(): void {
    if (!this.training && !this.following && (this.progress || this.state.judging)) void this.follow();
  }

  private async follow(): Promise<void> {
    this.following = true;
    const { trained } = this;
    try {
      if (this.progress) {
        const before = this.progress.done;
        const progress = await send<{ done: number; all: number }>(
          "POST",
          `/api/slides/${this.at.slide}/correction`,
          this.screen(),
        );
        // What was asked before training says nothing of what follows it.
        if (trained !== this.trained) return;
        this.progress = progress;
        if (this.state.taught && progress.done !== before) this.at.redraw(false);
        if (progress.done === progress.all) this.progress = null;
      }
      const state = await get<State>("/api/correction");
      if (trained === this.trained) this.state = state;
    } catch (error) {
      [this.progress, this.message] = [null, (error as Error).message];
    } finally {
      this.following = false;
      this.fill();
    }
  }

  private tell(message: string): void {
    this.message = message;
    this.fill();
  }

  private fill(): void {
    const focused = document.activeElement?.id;
    const parts: unknown[] = [
      this.message && el("p", { className: "hint", id: "taught", role: "status" }, this.message),
      this.progress &&
        el("progress", { max: this.progress.all, value: this.progress.done, "aria-label": "Windows of this slide" }),
      this.state.judging && el("p", { className: "hint" }, "Judging by the patients kept aside…"),
      this.state.trouble && el("p", { className: "hint", role: "alert" }, this.state.trouble),
      this.places.length > 0 && this.placeList(),
      this.state.rounds.length > 0 && this.roundTable(),
    ];
    this.told.replaceChildren(...parts.filter((p): p is Node => p instanceof Node));
    if (focused && this.told.querySelector(`#${CSS.escape(focused)}`)) document.getElementById(focused)!.focus();
  }

  private placeList(): HTMLElement {
    return el(
      "ol",
      { className: "places", "aria-label": "Places worth annotating" },
      ...this.places.map((place, index) =>
        el(
          "li",
          {},
          el(
            "button",
            { type: "button", id: `place-${index}`, onclick: () => this.go(place) },
            `${place.name}: ${place.reason}`,
          ),
        ),
      ),
    );
  }

  private roundTable(): HTMLElement {
    const auc = (value: number | null) => (value === null ? "–" : value.toFixed(3));
    return el(
      "table",
      { className: "rounds" },
      el("caption", {}, "Rounds, AUC on patients kept aside"),
      el(
        "thead",
        {},
        el("tr", {}, ...["Round", "Minutes", "Regions", "Windows", "Slides"].map((h) => el("th", { scope: "col" }, h))),
      ),
      el(
        "tbody",
        {},
        ...this.state.rounds.map((r) =>
          el(
            "tr",
            {},
            ...[String(r.number), short(r.minutes), String(r.regions), auc(r.windowAuc), auc(r.slideAuc)].map((c) =>
              el("td", {}, c),
            ),
          ),
        ),
      ),
    );
  }
}
