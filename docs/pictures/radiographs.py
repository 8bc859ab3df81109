"""Pictures of docs/radiographs.md and docs/methods/curriculum.md, from phantoms only.

    python3 docs/pictures/radiographs.py boxes CHESTS docs/pictures/radiographs.png
    python3 docs/pictures/radiographs.py maps PREDICTED docs/pictures/activations.png

CHESTS is what `./coverslip radiographs` wrote, PREDICTED what `./coverslip predict RUN --cohort CHESTS/cohort.csv` did.
"""
import csv
import os
import sys

from PIL import Image, ImageDraw

SIDE, COLUMNS = 140, 6
what, folder, out = sys.argv[1:]


def sheet(pictures):
    rows = (len(pictures) + COLUMNS - 1) // COLUMNS
    page = Image.new("RGB", (COLUMNS * (SIDE + 4) - 4, rows * (SIDE + 4) - 4), "white")
    for i, picture in enumerate(pictures):
        page.paste(picture.resize((SIDE, SIDE)), (i % COLUMNS * (SIDE + 4), i // COLUMNS * (SIDE + 4)))
    page.quantize(48).save(out, optimize=True)


if what == "boxes":
    boxes = list(csv.DictReader(open(os.path.join(folder, "boxes.csv"))))
    rows = list(csv.DictReader(open(os.path.join(folder, "cohort.csv"))))
    chosen = [row for row in rows if not row["labels"]][:2]
    for kind in sorted({box["label"] for box in boxes}):
        chosen += [row for row in rows if kind in row["labels"]][:2]
    pictures = []
    for row in chosen[: 2 * COLUMNS]:
        picture = Image.open(os.path.join(folder, row["image"])).convert("RGB")
        draw = ImageDraw.Draw(picture)
        for box in boxes:
            if box["image"] == row["image"]:
                x, y, w, h = (float(box[k]) for k in ("x", "y", "width", "height"))
                draw.rectangle([x, y, x + w, y + h], outline="yellow")
        pictures.append(picture)
    sheet(pictures)
else:
    overlays = sorted(os.listdir(os.path.join(folder, "overlays")))
    kinds = sorted({name.rsplit("-", 1)[1] for name in overlays})
    chosen = [n for kind in kinds for n in [n for n in overlays if n.endswith("-" + kind)][:3]]
    sheet([Image.open(os.path.join(folder, "overlays", name)).convert("RGB") for name in chosen[: 2 * COLUMNS]])
