import { table, type ColorMap } from "./colors";
import { el, short } from "./dom";

/** What a color means; what is below the threshold is not drawn, and pale here. */
export function legend(colors: ColorMap, name: string, threshold = 0): HTMLElement {
  const canvas = el("canvas", { width: 256, height: 1, className: "colors", "aria-hidden": "true" });
  const image = new ImageData(256, 1);
  const each = table(colors);
  for (let i = 0; i < 256; i++)
    image.data.set([each[3 * i]!, each[3 * i + 1]!, each[3 * i + 2]!, i / 255 < threshold ? 40 : 255], 4 * i);
  canvas.getContext("2d")!.putImageData(image, 0, 0);
  return el(
    "figure",
    { className: "legend", role: "img", "aria-label": `${name}: colors from 0 to 1` },
    canvas,
    el("div", { className: "ticks" }, ...["0", "0.25", "0.5", "0.75", "1"].map((t) => el("span", {}, t))),
    el("figcaption", {}, name + (threshold ? `; below ${short(threshold)} not shown` : "")),
  );
}
