import "./style.css";
import { parse } from "./address";
import { el, type Leave } from "./dom";
import { showGallery } from "./gallery";
import { showHome } from "./home";
import { reads, ServerError, signedIn, signOut } from "./session";
import { showReading } from "./reading";
import { askForToken, sentence } from "./signin";
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
    leave = await (reads()
      ? showReading(app)
      : address.page === "slide"
        ? showSlide(app, address)
        : address.page === "pictures"
          ? showGallery(app, address)
          : showHome(app));
  } catch (error) {
    if (error instanceof ServerError && error.status === 401) await begin();
    else showError(error);
  }
}

function showError(error: unknown): void {
  const button = (words: string, onclick: () => void) => el("button", { type: "button", onclick }, words);
  app.replaceChildren(
    el(
      "main",
      { className: "message" },
      el("h1", {}, "This cannot be shown"),
      el("p", {}, sentence(error instanceof Error ? error.message : String(error))),
      el(
        "p",
        { className: "group" },
        ...(reads()
          ? [button("Try again", () => location.reload()), button("Sign out", () => void signOut().catch(showError))]
          : [el("a", { href: "#/" }, "All slides")]),
      ),
    ),
  );
}

async function begin(): Promise<void> {
  shown = "";
  try {
    if (await signedIn()) await show();
    else askForToken(app, () => void show());
  } catch (error) {
    showError(error);
  }
}

window.addEventListener("hashchange", () => void show());
// A page that the browser had put aside may be that of somebody who has signed out since.
window.addEventListener("pageshow", (event) => event.persisted && location.reload());
void begin();
