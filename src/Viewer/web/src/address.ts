/** What the part of the address after # says: which page, and its settings. The server never sees it. */
export interface Address {
  page: "home" | "slide" | "pictures";
  id: string;
  settings: URLSearchParams;
}

export function parse(hash: string): Address {
  const [path = "", query = ""] = hash.replace(/^#\/?/, "").split("?");
  const [kind = "", id = ""] = path.split("/");
  const page = kind === "slides" && id ? "slide" : kind === "pictures" && id ? "pictures" : "home";
  return { page, id, settings: new URLSearchParams(query) };
}

export function toSlide(id: string, settings: Record<string, string | number | null> = {}): string {
  return written(`#/slides/${id}`, settings);
}

export function toPictures(id: string, settings: Record<string, string | number | null> = {}): string {
  return written(`#/pictures/${id}`, settings);
}

function written(path: string, settings: Record<string, string | number | null>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(settings))
    if (value !== null && value !== "") query.set(name, String(value));
  return query.size ? `${path}?${query}` : path;
}

/** The address says what is shown; going there again is no step back in the history. */
export function keep(address: string): void {
  if (location.hash !== address) history.replaceState(null, "", address);
}
