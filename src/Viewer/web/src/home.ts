import { count, el, type Leave } from "./dom";
import { get } from "./session";
import { toSlide } from "./address";
import { picturesOf } from "./sets";

interface ListedSlide {
  id: string;
  name: string;
  place: string;
  layers: string[];
}

const words: Record<string, string> = {
  heatmap: "heatmap",
  segmentation: "segmentation",
  patches: "map of patches",
  annotations: "annotations",
  truth: "truth",
  tissue: "tissue",
  segments: "segmented outlines",
};

/** Everything there is to look at. */
export async function showHome(app: HTMLElement): Promise<Leave> {
  document.title = "Coverslip";
  const [{ slides, notes }, sets] = await Promise.all([
    get<{ slides: ListedSlide[]; notes: string[] }>("/api/slides"),
    picturesOf(),
  ]);
  const list = el("ul", { className: "cards" });
  const counted = el("p", { className: "count", role: "status" });
  const filter = el("input", {
    type: "search",
    id: "filter",
    placeholder: "Name, folder, or 'heatmap'",
    autocomplete: "off",
  });
  const fill = () => {
    const asked = filter.value.trim().toLowerCase();
    const found = slides.filter((s) => `${s.place}/${s.name} ${s.layers.join(" ")}`.toLowerCase().includes(asked));
    list.replaceChildren(...found.map(card));
    counted.textContent = (found.length === slides.length ? "" : `${found.length} of `) + count(slides.length, "slide");
  };
  filter.addEventListener("input", fill);
  fill();
  app.replaceChildren(
    el("header", { className: "top" }, el("h1", {}, "Coverslip")),
    el(
      "main",
      { className: "home" },
      ...notes.map((note) => el("p", { className: "note" }, note)),
      sets,
      slides.length > 0 &&
        el(
          "section",
          {},
          el(
            "div",
            { className: "row" },
            el("h2", {}, "Slides"),
            counted,
            el("label", { htmlFor: "filter" }, "Find"),
            filter,
          ),
          list,
        ),
      !slides.length && !sets && el("p", {}, "No slides, predictions or cohorts lie in the folders that were named."),
    ),
  );
  return () => {};
}

function card(slide: ListedSlide): HTMLLIElement {
  return el(
    "li",
    {},
    el(
      "a",
      { href: toSlide(slide.id), className: "card" },
      el("img", { src: `/api/slides/${slide.id}/thumbnail.jpg`, alt: "", loading: "lazy", width: 200, height: 150 }),
      el("span", { className: "name" }, slide.name),
      el("span", { className: "place" }, slide.place),
      el("span", { className: "has" }, slide.layers.map((l) => words[l] ?? l).join(", ") || "slide alone"),
    ),
  );
}
