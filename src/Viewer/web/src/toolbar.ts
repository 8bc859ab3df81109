import { el, icon, short } from "./dom";
import { keyHelp } from "./keys";
import type { LayerInfo } from "./layers";
import { fullScreen, objectives } from "./moving";
import type { Pane, SlideFacts } from "./pane";
import type { Shown } from "./shown";

interface Bar {
  name: string;
  facts: SlideFacts;
  pane: () => Pane;
  shown: Shown;
  maps: LayerInfo[];
  update: () => void;
  draw: () => void;
}

/** The line above a slide. */
export function toolbar(to: Bar): { element: HTMLElement; follow: (pane: Pane) => void } {
  const magnification = el("span", { className: "magnification", title: "As which objective the slide is shown" });
  const button = (label: string | SVGSVGElement, title: string, onclick: () => void, id?: string) =>
    el("button", { type: "button", title, "aria-label": typeof label === "string" ? null : title, onclick, id }, label);
  const help = keysDialog();
  const element = el(
    "header",
    { className: "top bar" },
    el("a", { href: "#/", className: "back", title: "All slides" }, "‹ Slides"),
    el("h1", { title: to.name }, to.name),
    el(
      "div",
      { className: "group objectives", role: "group", "aria-label": "Magnification" },
      ...(to.facts.mpp
        ? objectives
            .filter((times) => (to.facts.mpp![0] * times) / 10 <= 2)
            .map((times) => button(`${times}×`, `${times}×`, () => to.pane().magnify(times)))
        : [button("1:1", "One pixel of the slide to one of the screen", () => to.pane().go({ z: 1 }))]),
      button("Fit", "Whole slide (0)", () => to.pane().fit()),
    ),
    magnification,
    el(
      "div",
      { className: "group" },
      button(icon("turn"), "Turn by 90° (r)", () => to.pane().go({ r: (to.pane().place.r + 90) % 360 })),
      to.maps.length > 0 &&
        button(icon("beside"), "Two views side by side", () => {
          to.shown.beside = to.shown.beside === null ? (to.maps.find((m) => m.id !== to.shown.map)?.id ?? "") : null;
          to.update();
        }),
      button(icon("draw"), "Draw regions (d)", to.draw, "draw"),
      button(icon("full"), "Full screen (f)", fullScreen),
      button(icon("keys"), "Keys (?)", () => help.showModal(), "help"),
      button(icon("panel"), "Layers and lists (l)", () => {
        to.shown.panel = !to.shown.panel;
        to.update();
      }),
    ),
    help,
  );
  const follow = (pane: Pane) => {
    pane.viewer.addHandler("update-viewport", () => {
      const times = pane.magnification;
      magnification.textContent = times === null ? `${short(100 * pane.scale)} %` : `${short(times)}×`;
    });
  };
  return { element, follow };
}

function keysDialog(): HTMLDialogElement {
  const dialog = el(
    "dialog",
    { "aria-label": "Keys" },
    el("h2", {}, "Keys"),
    el("dl", {}, ...keyHelp.flatMap(([key, what]) => [el("dt", {}, key), el("dd", {}, what)])),
    el("form", { method: "dialog" }, el("button", {}, "Close")),
  );
  return dialog;
}
