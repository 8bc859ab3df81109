"""Writes curriculum-overlays.png: painted radiographs above, what a run sees in them below.

    coverslip radiographs --out chests
    coverslip train recipes/curriculum-small.yaml --cohort chests/cohort.csv --out runs/curriculum \\
        --set network.name=mobilenet-v2 --set network.weights= --set network.rate_decay=1 \\
        --set patches.epochs=15 --set training.epochs=50 --set patches.healthy_inside=anywhere
    coverslip predict runs/curriculum chests/images/P043-1.png chests/images/P072-1.png chests/images/P023-1.png \\
        chests/images/P091-1.png --out predicted
    python3 docs/pictures/curriculum_overlays.py chests predicted docs/pictures/curriculum-overlays.png
"""
import pathlib
import sys

from PIL import Image

SIDE = 256
chests, predicted, output = map(pathlib.Path, sys.argv[1:])
overlays = sorted(predicted.glob("overlays/*.png"), key=lambda p: p.name)
page = Image.new("RGB", (SIDE * len(overlays), 2 * SIDE), "white")
for column, overlay in enumerate(overlays):
    name = "-".join(overlay.stem.split("-")[:2])
    for row, path in enumerate((chests / "images" / f"{name}.png", overlay)):
        picture = Image.open(path).convert("RGB").resize((SIDE, SIDE))
        page.paste(picture, (column * SIDE, row * SIDE))
page.save(output, optimize=True)
