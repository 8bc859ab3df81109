import { keep, toPictures, type Address } from "./address";
import { count, el, type Leave } from "./dom";
import { pictureDialog } from "./picture";
import { get } from "./session";

/** A picture as the server lists it. */
export interface Row {
  name: string;
  patient: string;
  label: string;
  predicted: string | null;
  probabilities: number[] | null;
  unsure: boolean;
  wrong: boolean;
  unfamiliar: number | null;
}

export interface PictureList {
  place: string;
  classes: string[];
  findings: boolean;
  sets: boolean;
  rows: Row[];
}

/** More pictures at a time would take the browser's memory, and nobody looks at them. */
const page = 120;

const kinds: [string, string, (row: Row) => boolean][] = [
  ["", "all", () => true],
  ["wrong", "wrong", (row) => row.wrong],
  ["unsure", "unsure", (row) => row.unsure],
  ["unfamiliar", "unfamiliar", (row) => (row.unfamiliar ?? 0) > 1],
];

/** Pictures of a cohort, or of what a model says of them: by class, by patient, the doubtful ones. */
export async function showGallery(app: HTMLElement, address: Address): Promise<Leave> {
  const list = await get<PictureList>(`/api/pictures/${address.id}`);
  document.title = `${list.place} – Coverslip`;
  const said = list.rows.some((r) => r.predicted !== null);
  const chosen = {
    kind: address.settings.get("kind") ?? "",
    label: address.settings.get("label") ?? "",
    patient: address.settings.get("patient") ?? "",
    from: Number(address.settings.get("from") ?? 0) || 0,
  };
  const cards = el("ul", { className: "cards" });
  const counted = el("p", { className: "count", role: "status" });
  const pages = el("div", { className: "group" });
  const dialog = pictureDialog(address.id, list);

  const fill = () => {
    const of = kinds.find(([kind]) => kind === chosen.kind)?.[2] ?? (() => true);
    const found = list.rows
      .map((row, index) => ({ row, index }))
      .filter(
        ({ row }) =>
          of(row) &&
          (!chosen.label || row.label.split(";").includes(chosen.label)) &&
          (!chosen.patient || row.patient === chosen.patient),
      );
    if (chosen.from >= found.length) chosen.from = 0;
    const shown = found.slice(chosen.from, chosen.from + page);
    cards.replaceChildren(...shown.map(({ row, index }) => card(address.id, list, row, index, dialog.show)));
    dialog.order = found.map(({ index }) => index);
    counted.textContent = `${found.length} of ${count(list.rows.length, "picture")}`;
    const step = (label: string, from: number, on: boolean) =>
      el(
        "button",
        {
          type: "button",
          disabled: !on,
          onclick: () => {
            chosen.from = from;
            fill();
          },
        },
        label,
      );
    pages.replaceChildren(
      ...(found.length > page
        ? [
            step("Previous", chosen.from - page, chosen.from > 0),
            step("Next", chosen.from + page, chosen.from + page < found.length),
          ]
        : []),
    );
    keep(
      toPictures(address.id, {
        kind: chosen.kind,
        label: chosen.label,
        patient: chosen.patient,
        from: chosen.from || null,
      }),
    );
  };
  const choose = (id: "label" | "patient", label: string, values: string[]) => {
    const select = el(
      "select",
      { id },
      el("option", { value: "" }, "all"),
      ...values.map((v) => el("option", { value: v }, v || "none")),
    );
    select.value = chosen[id];
    select.addEventListener("change", () => {
      chosen[id] = select.value;
      chosen.from = 0;
      fill();
    });
    return [el("label", { htmlFor: id }, label), select];
  };
  const kindButtons = kinds.map(([kind, label, of]) =>
    el(
      "button",
      {
        type: "button",
        "aria-pressed": String(kind === chosen.kind),
        onclick: () => {
          chosen.kind = kind;
          chosen.from = 0;
          kindButtons.forEach((b, i) => b.setAttribute("aria-pressed", String(kinds[i]![0] === kind)));
          fill();
        },
      },
      `${label} (${list.rows.filter(of).length})`,
    ),
  );
  const sorted = (values: string[]) => [...new Set(values)].sort();
  app.replaceChildren(
    el("header", { className: "top" }, el("a", { href: "#/", className: "back" }, "‹ All"), el("h1", {}, list.place)),
    el(
      "main",
      { className: "home" },
      el(
        "div",
        { className: "row" },
        said && el("div", { className: "group kinds", role: "group", "aria-label": "Which pictures" }, ...kindButtons),
        ...choose("label", list.findings ? "Finding" : "Class", sorted(list.rows.flatMap((r) => r.label.split(";")))),
        ...choose("patient", "Patient", sorted(list.rows.map((r) => r.patient))),
        counted,
        pages,
      ),
      said &&
        el(
          "p",
          { className: "hint" },
          list.sets
            ? "Unsure: the promised set does not hold one class alone. Unfamiliar: of another kind than what the model learned from."
            : "Unsure: no class has a probability of two thirds. Unfamiliar: of another kind than what the model learned from.",
        ),
      cards,
    ),
    dialog.element,
  );
  fill();
  return () => {};
}

function card(set: string, list: PictureList, row: Row, index: number, show: (index: number) => void): HTMLLIElement {
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", className: row.wrong ? "card wrong" : "card", onclick: () => show(index) },
      el("img", {
        src: `/api/pictures/${set}/${index}/image.jpg?side=256`,
        alt: "",
        loading: "lazy",
        width: 200,
        height: 150,
      }),
      el("span", { className: "name" }, row.name.split("/").pop()!),
      el("span", { className: "place" }, `${row.patient} · ${row.label || "nothing found"}`),
      row.predicted !== null && el("span", { className: "has" }, sentence(list, row)),
    ),
  );
}

/** What the model says, in a line. */
export function sentence(list: PictureList, row: Row): string {
  const at = list.classes.indexOf(row.predicted ?? "");
  const p = row.probabilities?.[at];
  const marks = [row.wrong && "wrong", row.unsure && "unsure", (row.unfamiliar ?? 0) > 1 && "unfamiliar"].filter(
    Boolean,
  );
  return `${row.predicted || "nothing"}${p === undefined ? "" : ` ${p.toFixed(3)}`}${marks.length ? ` – ${marks.join(", ")}` : ""}`;
}
