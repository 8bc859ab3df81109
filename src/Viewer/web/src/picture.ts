import { el, grayValues, short } from "./dom";
import { legend } from "./legend";
import { sentence, type PictureList } from "./gallery";
import { get } from "./session";
import { windowing } from "./windowing";

interface Details {
  width: number;
  height: number;
  gray: boolean;
  depth: number;
  mask: boolean;
  beside: string[];
  /** Of each beside whether the legend of maps holds for its colors: pictures of earlier versions have others. */
  legend: boolean[];
  /** Where it truly shows what: left, top, width, height in its pixels. */
  boxes: { label: string; at: [number, number, number, number] }[];
  nearest: { image: string; row: number | null; patient: string; label: string; distance: number }[];
}

/** One picture at its full size, with everything that belongs to it. */
export function pictureDialog(set: string, list: PictureList) {
  const element = el("dialog", { className: "picture", "aria-label": "Picture" });
  const dialog = { element, order: [] as number[], show: (index: number) => void show(index) };
  const step = (index: number, by: number) => {
    const at = dialog.order.indexOf(index) + by;
    if (dialog.order[at] !== undefined) void show(dialog.order[at]!);
  };
  const show = async (index: number) => {
    const row = list.rows[index]!;
    const path = `/api/pictures/${set}/${index}`;
    const details = await get<Details>(path);
    const image = el("img", { src: `${path}/image.jpg`, alt: `${row.name}, ${row.label}` });
    const mask = el("canvas", { className: "mask", hidden: true, "aria-hidden": "true" });
    const over = el("img", { className: "over", hidden: true, alt: "" });
    const truth = boxesOver(details);
    element.replaceChildren(
      el(
        "div",
        { className: "row" },
        el("h2", {}, row.name),
        el("button", { type: "button", onclick: () => step(index, -1) }, "Previous"),
        el("button", { type: "button", onclick: () => step(index, 1) }, "Next"),
        el("button", { type: "button", onclick: () => element.close() }, "Close"),
      ),
      el(
        "div",
        { className: "parts" },
        el("div", { className: "frame" }, image, over, mask, truth),
        el(
          "div",
          { className: "facts" },
          el(
            "p",
            {},
            `Patient ${row.patient}, ${row.label || "nothing found"}; ${details.width} × ${details.height}, ${details.depth} bits`,
          ),
          row.predicted !== null && el("p", {}, `Model: ${sentence(list, row)}`),
          row.probabilities && bars(list.classes, row.probabilities),
          row.unfamiliar !== null &&
            el("p", {}, `Unfamiliar ${short(row.unfamiliar)} (above 1: of another kind than the training images)`),
          details.gray &&
            windowing((low, high) => {
              image.src = `${path}/image.jpg?low=${low.toFixed(3)}&high=${high.toFixed(3)}`;
            }),
          details.mask && maskToggle(path, mask),
          details.boxes.length > 0 && boxesToggle(details, truth),
          details.beside.length > 0 && laidOver(path, details, over),
          details.nearest.length > 0 && nearest(set, details, dialog.show),
          details.beside.length > 0 && el("h3", {}, "Made of it"),
          ...details.beside.map((place, number) =>
            el(
              "figure",
              {},
              el("img", { src: `${path}/beside/${number}.jpg`, alt: "", loading: "lazy" }),
              el("figcaption", {}, called(place)),
            ),
          ),
        ),
      ),
    );
    if (!element.open) element.showModal();
  };
  return dialog;
}

function bars(classes: string[], probabilities: number[]): HTMLElement {
  return el(
    "ul",
    { className: "bars" },
    ...classes.map((name, index) =>
      el(
        "li",
        {},
        el("span", { className: "name" }, name),
        el("meter", { min: 0, max: 1, value: probabilities[index]!, "aria-label": `Probability of ${name}` }),
        el("span", { className: "number" }, probabilities[index]!.toFixed(3)),
      ),
    ),
  );
}

/** What a picture made of this one is called: a map by its finding, a file by where it lies. */
function called(place: string): string {
  return place.split("/").slice(-3).join("/");
}

/** Lays one of the pictures that were made of it over, as opaque as one wants. */
function laidOver(path: string, { beside, legend: explained }: Details, over: HTMLImageElement): HTMLElement {
  const choice = el(
    "select",
    { id: "over" },
    el("option", { value: "" }, "nothing"),
    ...beside.map((place, number) => el("option", { value: String(number) }, called(place))),
  );
  const opacity = el("input", { type: "range", id: "over-opacity", min: "0", max: "1", step: "0.05", disabled: true });
  opacity.value = "0.7";
  const meaning = el("div", { hidden: true }, legend("viridis", "Share of the map's maximum; white frame: half of it"));
  const draw = () => {
    over.hidden = choice.value === "";
    opacity.disabled = over.hidden;
    over.style.opacity = opacity.value;
    meaning.hidden = over.hidden || !explained[Number(choice.value)];
    if (!over.hidden) over.src = `${path}/beside/${choice.value}.jpg`;
  };
  choice.addEventListener("change", draw);
  opacity.addEventListener("input", draw);
  return el(
    "div",
    {},
    el("div", { className: "field" }, el("label", { htmlFor: "over" }, "Laid over"), choice),
    el("div", { className: "field" }, el("label", { htmlFor: "over-opacity" }, "Opacity"), opacity),
    meaning,
  );
}

/** Boxes of what is true over a picture, each with its finding. */
function boxesOver(details: Details): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", `0 0 ${details.width} ${details.height}`);
  svg.setAttribute("class", "boxes");
  svg.setAttribute("aria-hidden", "true");
  for (const { label, at } of details.boxes) {
    const box = document.createElementNS(space, "rect");
    ["x", "y", "width", "height"].forEach((name, i) => box.setAttribute(name, String(at[i])));
    const title = document.createElementNS(space, "title");
    title.textContent = label;
    box.append(title);
    svg.append(box);
  }
  return svg;
}

function boxesToggle(details: Details, boxes: SVGSVGElement): HTMLElement {
  const box = el("input", { type: "checkbox", id: "boxes", checked: true });
  box.addEventListener("change", () => boxes.classList.toggle("away", !box.checked));
  const labels = details.boxes.map((b) => b.label).join(", ");
  return el(
    "div",
    { className: "check truth" },
    box,
    el("label", { htmlFor: "boxes" }, `Boxes of the truth: ${labels}`),
  );
}

function maskToggle(path: string, canvas: HTMLCanvasElement): HTMLElement {
  const box = el("input", { type: "checkbox", id: "mask" });
  box.addEventListener("change", () => {
    canvas.hidden = !box.checked;
    if (box.checked && !canvas.dataset.drawn) void draw();
  });
  const draw = async () => {
    const { width, height, values } = await grayValues(`${path}/mask.png`);
    [canvas.width, canvas.height, canvas.dataset.drawn] = [width, height, "yes"];
    const picture = new ImageData(width, height);
    for (let i = 0; i < values.length; i++) if (values[i]) picture.data.set([0, 114, 178, 110], 4 * i);
    canvas.getContext("2d")!.putImageData(picture, 0, 0);
  };
  return el("div", { className: "check" }, box, el("label", { htmlFor: "mask" }, "Mask"));
}

function nearest(set: string, details: Details, show: (index: number) => void): HTMLElement {
  return el(
    "section",
    {},
    el("h3", {}, "Nearest training images"),
    el(
      "ul",
      { className: "nearest" },
      ...details.nearest.map((near) =>
        el(
          "li",
          {},
          near.row !== null &&
            el(
              "button",
              { type: "button", onclick: () => show(near.row!), "aria-label": near.image },
              el("img", { src: `/api/pictures/${set}/${near.row}/image.jpg?side=96`, alt: "" }),
            ),
          `${near.label || "nothing found"}, patient ${near.patient}, distance ${short(near.distance)}`,
        ),
      ),
    ),
  );
}
