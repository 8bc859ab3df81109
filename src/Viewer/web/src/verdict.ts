import { el } from "./dom";
import type { Mark, MarkLayer } from "./marks";

/** What a reader says of a case. */
export interface Verdict {
  class: string;
  confidence: number;
  /** Null where no page gave it. */
  marks: Mark[] | null;
  comment: string | null;
}

const words = ["a guess", "unsure", "likely", "very likely", "sure"];

/** Class, confidence, marks and comment. */
export class VerdictForm {
  readonly element = el("form", { className: "form" });
  private readonly comment = el("textarea", { id: "comment", rows: 3, maxLength: 4000 });
  private readonly list = el("ol", { className: "marks" });

  constructor(
    classes: string[],
    private readonly marks: MarkLayer,
  ) {
    this.element.addEventListener("submit", (event) => event.preventDefault());
    const marking = el("input", { type: "checkbox", id: "marking" });
    marking.addEventListener("change", () => (marks.marking = marking.checked));
    const middle = el("button", { type: "button" }, "Mark the middle of the view");
    middle.addEventListener("click", () => marks.addInTheMiddle());
    this.element.append(
      choice(
        "Class",
        "class",
        classes.map((name) => [name, name]),
      ),
      choice(
        "Confidence",
        "confidence",
        words.map((word, index) => [String(index + 1), `${index + 1} ${word}`]),
      ),
      el(
        "fieldset",
        {},
        el("legend", {}, "Marks"),
        el("p", {}, marking, el("label", { htmlFor: "marking" }, "a click marks a lesion")),
        middle,
        this.list,
      ),
      el("label", { htmlFor: "comment" }, "Comment"),
      this.comment,
    );
    marks.changed = () => this.drawMarks();
  }

  /** What was filled in; an error says what is missing. */
  verdict(): Verdict {
    const values = new FormData(this.element);
    const [name, confidence] = [values.get("class"), values.get("confidence")];
    if (name === null) throw new Error("Choose a class.");
    if (confidence === null) throw new Error("Choose how sure you are, 1 to 5.");
    return {
      class: String(name),
      confidence: Number(confidence),
      marks: this.marks.all,
      comment: this.comment.value,
    };
  }

  /** Whether anything was filled in, or changed since a verdict was stored. */
  differsFrom(stored: Verdict | null): boolean {
    const values = new FormData(this.element);
    const marks = this.marks.all;
    if (!stored)
      return values.has("class") || values.has("confidence") || marks.length > 0 || this.comment.value !== "";
    return (
      values.get("class") !== stored.class ||
      values.get("confidence") !== String(stored.confidence) ||
      this.comment.value !== (stored.comment ?? "") ||
      JSON.stringify(marks) !== JSON.stringify(stored.marks ?? [])
    );
  }

  fill(verdict: Verdict): void {
    for (const input of this.element.querySelectorAll<HTMLInputElement>("input[type=radio]"))
      input.checked = input.value === (input.name === "class" ? verdict.class : String(verdict.confidence));
    this.comment.value = verdict.comment ?? "";
    this.marks.set((verdict.marks ?? []).map((mark) => ({ ...mark })));
  }

  private drawMarks(): void {
    this.list.replaceChildren(
      ...this.marks.all.map((mark, index) => {
        const confidence = el(
          "select",
          { "aria-label": `Confidence of mark ${index + 1}` },
          ...words.map((word, i) => el("option", { value: String(i + 1) }, `${i + 1} ${word}`)),
        );
        confidence.value = String(mark.confidence);
        confidence.addEventListener("change", () => (mark.confidence = Number(confidence.value)));
        const show = el("button", { type: "button", "aria-label": `Show mark ${index + 1}` }, "show");
        show.addEventListener("click", () => this.marks.show(mark));
        const remove = el("button", { type: "button", "aria-label": `Remove mark ${index + 1}` }, "×");
        remove.addEventListener("click", () => this.marks.remove(mark));
        return el("li", {}, confidence, show, remove);
      }),
    );
  }
}

function choice(title: string, name: string, options: [string, string][]): HTMLElement {
  return el(
    "fieldset",
    { className: "choice" },
    el("legend", {}, title),
    ...options.map(([value, text]) =>
      el("label", {}, el("input", { type: "radio", name, value }), el("span", {}, text)),
    ),
  );
}
