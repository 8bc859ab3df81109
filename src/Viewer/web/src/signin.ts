import { el } from "./dom";
import { type Session, signIn, whyNot } from "./session";

/** The address to which the server leads who came with a token that nobody has. */
const unknownToken = "#/unknown-token";

/** Whoever comes without the whole address can give the token by hand. */
export function askForToken(app: HTMLElement, signedIn: () => void): void {
  const wrong = location.hash === unknownToken;
  // Once told is enough: the next who loads the page did nothing wrong.
  if (wrong) history.replaceState(null, "", "/");
  const why = wrong
    ? "The token in the address that was opened is not known here. Open the whole address, or copy all 43 letters of the token."
    : sentence(whyNot());
  const form = tokenForm("Token", "Sign in", () => signedIn());
  form.classList.add("message");
  form.prepend(el("h1", {}, "Coverslip"), el("p", {}, why));
  app.replaceChildren(el("main", {}, form));
  form.querySelector("input")!.focus();
}

/** Asks for a token, and says why another is not taken. */
export function tokenForm(label: string, action: string, signedIn: (session: Session) => void): HTMLFormElement {
  const token = el("input", { type: "password", id: "token", autocomplete: "off", required: true });
  const said = el("p", { role: "alert" });
  const form = el(
    "form",
    {},
    el("label", { htmlFor: "token" }, label),
    token,
    el("button", { type: "submit" }, action),
    said,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    signIn(token.value).then(signedIn, (error: Error) => (said.textContent = sentence(error.message)));
  });
  return form;
}

/** The server's words as a sentence. */
export function sentence(words: string): string {
  return words && words[0]!.toUpperCase() + words.slice(1) + (/[.?!]$/.test(words) ? "" : ".");
}
