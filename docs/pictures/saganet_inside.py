"""What SagaNet makes of two phantoms, as the pictures that a run leaves in inside/, with their names.

coverslip phantoms --out phantoms --patients 8 --least 4 --most 6 --seed 3
coverslip train recipes/saganet-demo.yaml --cohort phantoms/cohort.csv --part 1 --out run
python3 docs/pictures/saganet_inside.py run/part-1/inside docs/pictures/saganet-inside.png
"""

import sys
from pathlib import Path

from PIL import Image, ImageDraw

KINDS = ["input", "reconstruction", "error", "gates-stem", *(f"gates-block-{i}" for i in range(1, 5))]


def main(folder: Path, out: str) -> None:
    names = sorted(p.name[: -len("-input.png")] for p in folder.glob("*-input.png"))
    chosen = [names[0], names[-1]]
    pictures = [[Image.open(folder / f"{name}-{kind}.png") for kind in KINDS] for name in chosen]
    width, height = pictures[0][0].size
    sheet = Image.new("RGB", (len(KINDS) * (width + 4), len(chosen) * (height + 4) + 16), "white")
    pen = ImageDraw.Draw(sheet)
    for column, kind in enumerate(KINDS):
        pen.text((column * (width + 4) + 2, 2), kind.replace("-", " "), fill="black")
        for row, shown in enumerate(pictures):
            sheet.paste(shown[column], (column * (width + 4), row * (height + 4) + 16))
    sheet.save(out, optimize=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
