import { el } from "./dom";
import { ServerError, signedIn, whyNot } from "./session";
import { sentence, tokenForm } from "./signin";

/**
 * What a reader does, once each, and what is said where it fails. Where nobody is signed in any more, or somebody else is, the
 * reader signs in again beside what was filled in, which stays.
 */
export class Attempts {
  readonly said = el("p", { role: "alert", className: "alert" });
  private looking = false;
  private readonly again = el("div", {});
  readonly element = el("div", { className: "attempts" }, this.said, this.again);

  /**
   * @param reader whose page this is
   * @param passed takes the page to where the server is, after an answer that was lost; whether it was elsewhere
   */
  constructor(
    private readonly reader: string,
    private readonly passed: () => Promise<boolean>,
  ) {}

  /** Does something once, and says why where it fails. */
  async make(button: HTMLButtonElement, work: () => Promise<void>): Promise<void> {
    button.disabled = true;
    this.say("");
    this.again.replaceChildren();
    try {
      await this.tried(work);
    } catch (error) {
      this.say(sentence(error instanceof Error ? error.message : String(error)));
    } finally {
      button.disabled = false;
    }
  }

  say(words: string): void {
    this.said.textContent = words;
  }

  /** Says that a part of the page could not be had: because nobody is signed in any more, or as it is told. */
  async lost(words: string): Promise<void> {
    // Of a slide's view many parts are lost at once.
    if (this.looking || this.again.hasChildNodes()) return;
    this.looking = true;
    const session = await signedIn(this.reader).catch(() => undefined);
    this.looking = false;
    if (session?.visitor === this.reader) this.say(words);
    else this.ask(session?.visitor);
  }

  private async tried(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      const status = error instanceof ServerError ? error.status : undefined;
      if (status === 401 || status === 403) {
        const session = await signedIn(this.reader);
        if (session?.visitor !== this.reader) this.ask(session?.visitor);
        // Signed in anew, in another tab: the session's word is another.
        else await work();
      } else if (status !== 409 || !(await this.passed())) throw error;
    }
  }

  private ask(other: string | undefined): void {
    if (this.again.hasChildNodes()) return;
    this.say(
      (other ? `${other} is signed in at this browser now.` : sentence(whyNot())) +
        " What you have filled in is not stored yet, and stays here.",
    );
    const form = tokenForm(`Token of ${this.reader}`, "Sign in again", (session) => {
      // The page and all that is in it are the former reader's.
      if (session.visitor !== this.reader) return location.replace("/");
      this.again.replaceChildren(
        el("p", { role: "status" }, `Signed in again as ${this.reader}. Go on where you were.`),
      );
      this.say("");
    });
    form.className = "again";
    this.again.replaceChildren(form);
    form.querySelector("input")!.focus();
  }
}
