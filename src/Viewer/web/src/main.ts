import "./style.css";
import { parse } from "./address";
import { el, type Leave } from "./dom";
import { showGallery } from "./gallery";
import { showHome } from "./home";
import { ServerError, signedIn, signIn } from "./session";
import { showSlide } from "./slide";

// OpenSeadragon would add this as an inline style, which the page's policy refuses; style.css has its rules.
document.head.append(el("style", { "data-openseadragon-mobile-css": "true" }));

const app = document.getElementById("app")!;
let leave: Leave = () => {};
let shown = "";

/** Shows the page that the address names; settings of the page that is shown already are its own matter. */
async function show(): Promise<void> {
  const address = parse(location.hash);
  const page = `${address.page}/${address.id}`;
  if (page === shown) return;
  leave();
  leave = () => {};
  shown = page;
  app.replaceChildren(el("p", { className: "waiting", role: "status" }, "Loading…"));
  try {
    leave = await (address.page === "slide"
      ? showSlide(app, address)
      : address.page === "pictures"
        ? showGallery(app, address)
        : showHome(app));
  } catch (error) {
    if (error instanceof ServerError && error.status === 401) askForToken();
    else showError(error);
  }
}

function showError(error: unknown): void {
  app.replaceChildren(
    el(
      "main",
      { className: "message" },
      el("h1", {}, "This cannot be shown"),
      el("p", {}, error instanceof Error ? error.message : String(error)),
      el("p", {}, el("a", { href: "#/" }, "All slides")),
    ),
  );
}

/** Whoever comes without the whole address can give the token by hand. */
function askForToken(): void {
  shown = "";
  const token = el("input", { type: "password", id: "token", autocomplete: "off", required: true });
  const said = el("p", { role: "alert" });
  const form = el(
    "form",
    { className: "message" },
    el("h1", {}, "Coverslip"),
    el("p", {}, "Open the address that 'coverslip view' printed, or give the token that stands in it."),
    el("label", { htmlFor: "token" }, "Token"),
    token,
    el("button", { type: "submit" }, "Sign in"),
    said,
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    signIn(token.value).then(show, (error: Error) => (said.textContent = error.message));
  });
  app.replaceChildren(el("main", {}, form));
  token.focus();
}

window.addEventListener("hashchange", () => void show());
void signedIn().then((session) => (session ? show() : askForToken()));
