type Child = Node | string | null | undefined | false;

/** An element with properties, listeners (`onclick`) and attributes (`aria-label`, `data-…`), and what stands in it. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Record<string, unknown> = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.includes("-") || name === "role" || name === "for") element.setAttribute(name, String(value));
    else (element as unknown as Record<string, unknown>)[name] = value;
  }
  element.append(...children.filter((c): c is Node | string => !!c));
  return element;
}

const icons = {
  turn: "M17 5v5h-5M16.5 10A7 7 0 1 0 17 14",
  beside: "M2 3.5h16v13H2zM10 3.5v13",
  full: "M3 8V3h5M12 3h5v5M17 12v5h-5M8 17H3v-5",
  keys: "M7 7.5a3 3 0 1 1 4.6 2.5c-1 .7-1.6 1.2-1.6 2.5M10 15.5v1",
  panel: "M3 5h14M3 10h14M3 15h14",
  draw: "M3 17l1-4L14 3l3 3L7 16zM12 5l3 3",
} as const;

/** A drawn sign: letters for such signs are missing on many machines. */
export function icon(name: keyof typeof icons): SVGSVGElement {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", icons[name]);
  svg.append(path);
  return svg;
}

/** What lets go of everything that a view holds: listeners on the window, requests under way. */
export type Leave = () => void;

/** 1 case, 2 cases. */
export function count(number: number, thing: string): string {
  return `${number} ${thing}${number === 1 ? "" : "s"}`;
}

/** A number in few digits, without zeros at its end. */
export function short(value: number, digits = 3): string {
  return String(Number(value.toPrecision(digits)));
}

/** A picture of gray values, pixel by pixel. */
export async function grayValues(url: string): Promise<{ width: number; height: number; values: Uint8ClampedArray }> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(((await answer.json()) as { error: string }).error);
  const picture = await createImageBitmap(await answer.blob(), { colorSpaceConversion: "none" });
  const canvas = new OffscreenCanvas(picture.width, picture.height);
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.drawImage(picture, 0, 0);
  const pixels = context.getImageData(0, 0, picture.width, picture.height).data;
  const values = new Uint8ClampedArray(picture.width * picture.height);
  for (let i = 0; i < values.length; i++) values[i] = pixels[4 * i]!;
  return { width: picture.width, height: picture.height, values };
}
