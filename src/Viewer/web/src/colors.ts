/** Colors of probabilities, each told apart by eyes that see no red or no green: matplotlib's, sampled at nine places. */
const maps = {
  viridis: ["#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725"],
  cividis: ["#00224e", "#123570", "#3b496c", "#575d6d", "#707173", "#8a8678", "#a59c74", "#c3b369", "#fee838"],
  inferno: ["#000004", "#210c4a", "#57106e", "#8a226a", "#bc3754", "#e45a31", "#f98e09", "#f9cb35", "#fcffa4"],
} as const;

export type ColorMap = keyof typeof maps;

export const colorMaps = Object.keys(maps) as ColorMap[];

/** [256 · 3] red, green, blue of values from 0 to 1. */
export function table(map: ColorMap): Uint8ClampedArray {
  const anchors = maps[map].map((hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)));
  const colors = new Uint8ClampedArray(256 * 3);
  for (let i = 0; i < 256; i++) {
    const place = (i / 255) * (anchors.length - 1);
    const first = Math.min(Math.floor(place), anchors.length - 2);
    for (let c = 0; c < 3; c++)
      colors[3 * i + c] = anchors[first]![c]! + (place - first) * (anchors[first + 1]![c]! - anchors[first]![c]!);
  }
  return colors;
}

/** Colors of classes, of Okabe and Ito's palette (2008), made for color-blind eyes. */
const classColors = ["#d55e00", "#0072b2", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000", "#f0e442"];

/** The color of a class, by its place among those that there are. */
export function classColor(index: number): string {
  return classColors[index % classColors.length]!;
}
