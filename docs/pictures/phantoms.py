"""Contact sheet of a demo's phantoms: images above, true masks, overlays of the masks that were computed without labels.

    ./coverslip demo --out demo
    python3 docs/pictures/phantoms.py demo docs/pictures/phantoms.png        (needs Pillow)
"""
import sys

from PIL import Image

demo, target = sys.argv[1:]
names = ["P01-02", "P04-09", "P05-01", "P07-05"]
rows = ["cohort/images", "cohort/masks", "masks/overlays/images"]
side, gap = 128, 4
sheet = Image.new("RGB", (len(names) * (side + gap) - gap, len(rows) * (side + gap) - gap), "white")
for y, folder in enumerate(rows):
    for x, name in enumerate(names):
        sheet.paste(Image.open(f"{demo}/{folder}/{name}.png").convert("RGB"), (x * (side + gap), y * (side + gap)))
sheet.quantize(128).save(target, optimize=True)
