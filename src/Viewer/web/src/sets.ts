import { toPictures } from "./address";
import { count, el } from "./dom";
import { get } from "./session";

interface SetInfo {
  id: string;
  place: string;
  predictions: boolean;
  count: number;
  patients: number;
}

/** Cohorts and predictions of pictures; null where there are none. */
export async function picturesOf(): Promise<HTMLElement | null> {
  const { sets, notes } = await get<{ sets: SetInfo[]; notes: string[] }>("/api/pictures");
  if (!sets.length && !notes.length) return null;
  return el(
    "section",
    { className: "sets" },
    el("h2", {}, "Patches and radiographs"),
    ...notes.map((note) => el("p", { className: "note" }, note)),
    el(
      "ul",
      {},
      ...sets.map((set) =>
        el(
          "li",
          {},
          el("a", { href: toPictures(set.id) }, set.place),
          ` ${set.predictions ? "predictions" : "cohort"}, ${count(set.count, "picture")} of ${count(set.patients, "patient")}`,
        ),
      ),
    ),
  );
}
