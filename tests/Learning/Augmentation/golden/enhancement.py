"""Writes enhancement.json: a small picture changed by Pillow's ImageEnhance, step by step and all together.

    /usr/bin/python3 tests/Learning/Augmentation/golden/enhancement.py

Made with Pillow 9.4 of Debian 12.
"""
import json
import os
import random

from PIL import Image, ImageEnhance

WIDTH, HEIGHT = 11, 7
random.seed(5)
PICTURE = [random.randrange(256) if i % 5 else random.choice((0, 255)) for i in range(WIDTH * HEIGHT * 3)]
STEPS = [ImageEnhance.Color, ImageEnhance.Contrast, ImageEnhance.Brightness, ImageEnhance.Sharpness]


def changed(factors):
    image = Image.frombytes("RGB", (WIDTH, HEIGHT), bytes(PICTURE))
    for step, factor in zip(STEPS, factors):
        image = step(image).enhance(factor) if factor != 1 else image
    return list(image.tobytes())


cases = [[1.25, 1, 1, 1], [0.75, 1, 1, 1], [1, 1.25, 1, 1], [1, 0.8, 1, 1], [1, 1, 1.2, 1], [1, 1, 0.77, 1], [1, 1, 1, 1.25],
         [1, 1, 1, 0.75], [1.1, 0.9, 1.15, 1.2], [0.8, 1.2, 0.9, 0.85]]
content = {"width": WIDTH, "picture": PICTURE, "cases": [{"factors": f, "changed": changed(f)} for f in cases]}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "enhancement.json"), "w") as file:
    json.dump(content, file, separators=(",", ":"))
