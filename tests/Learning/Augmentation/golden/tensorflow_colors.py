"""Colour changes by TensorFlow's formulas (tf.image adjust_brightness, adjust_saturation, adjust_hue, adjust_contrast, in
this order, then clipped to [0, 1]), written from their documentation with Python's own colorsys. Run with:
    /usr/bin/python3 tests/Learning/Augmentation/golden/tensorflow_colors.py
"""
import colorsys
import json
import os
import random

random.seed(7)


def hsv(red, green, blue):
    value = max(red, green, blue)
    if value <= 0:  # TensorFlow's kernel gives black no saturation
        return 0.0, 0.0, value
    return colorsys.rgb_to_hsv(red, green, blue)


def changed(pixels, brightness, saturation, hue, contrast):
    turned = []
    for pixel in pixels:
        h, s, v = hsv(*[channel / 255 + brightness for channel in pixel])
        s = min(max(s * saturation, 0), 1)
        red, green, blue = colorsys.hsv_to_rgb(h, s, v)
        h, s, v = hsv(red, green, blue)
        turned.append(colorsys.hsv_to_rgb((h + hue) % 1, s, v))
    means = [sum(pixel[c] for pixel in turned) / len(turned) for c in range(3)]
    return [[min(max((pixel[c] - means[c]) * contrast + means[c], 0), 1) for c in range(3)] for pixel in turned]


cases = []
for case in range(12):
    pixels = [[random.randrange(256) for _ in range(3)] for _ in range(60)]
    pixels += [[0, 0, 0], [255, 255, 255], [90, 90, 90], [255, 0, 0], [0, 0, 255], [3, 1, 2]]
    settings = {
        "brightness": random.uniform(-64 / 255, 64 / 255),
        "saturation": random.uniform(0.75, 1.25),
        "hue": random.uniform(-0.04, 0.04),
        "contrast": random.uniform(0.25, 1.75),
    }
    if case == 0:
        settings = {"brightness": 0, "saturation": 1, "hue": 0, "contrast": 1}
    if case == 1:
        settings = {"brightness": -64 / 255, "saturation": 1.25, "hue": 0.5, "contrast": 1.75}
    cases.append({**settings, "pixels": sum(pixels, []), "expected": sum(changed(pixels, **settings), [])})

with open(os.path.join(os.path.dirname(__file__), "tensorflow_colors.json"), "w") as file:
    json.dump(cases, file)
    file.write("\n")
