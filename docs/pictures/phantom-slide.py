"""A phantom slide with its outlines, and the rim of a lesion close by.

    ./coverslip slide phantom slide.tif --width 6000 --height 5000 --mpp 1 --tissue 0.5 \
        --lesions macro,micro:900,micro,itc,itc --artefacts all --seed 4
    ./coverslip slide thumbnail slide.tif --size 1200 --out slide.png
    ./coverslip slide region slide.tif --x 4480 --y 2800 --width 500 --height 500 --mpp 1 --out close.png
    python3 docs/pictures/phantom-slide.py slide close.png docs/pictures/phantom-slide.jpg        (needs Pillow)
"""
import sys
import xml.etree.ElementTree as Xml

from PIL import Image, ImageDraw

slide, close, target = sys.argv[1:]
picture = Image.open(f"{slide}.png").convert("RGB")
scale = picture.width / 6000
draw = ImageDraw.Draw(picture)
for annotation in Xml.parse(f"{slide}.xml").iter("Annotation"):
    points = [(float(c.get("X")) * scale, float(c.get("Y")) * scale) for c in annotation.iter("Coordinate")]
    draw.line(points + points[:1], fill=(0, 120, 60) if annotation.get("PartOfGroup") == "_0" else (40, 40, 220), width=4)
picture = picture.resize((600, 500), Image.LANCZOS)
sheet = Image.new("RGB", (1108, 500), "white")
sheet.paste(picture, (0, 0))
sheet.paste(Image.open(close).convert("RGB").resize((500, 500)), (608, 0))
sheet.save(target, quality=85, optimize=True)
