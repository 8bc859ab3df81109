"""Maps of a study's first part: a row per slide; truth, then each model that has maps, in the order of table 1.

    python3 docs/pictures/multistage_maps.py table1 docs/pictures/multistage-maps.png P02-1 P13-1 P18-1 P19-1    (needs scikit-image)
"""
import os
import sys

import numpy as np
from skimage import io

study, target, *slides = sys.argv[1:]
models = ["classifier-only", "segmentation-only", "untrained-features", "separate-learning", "end-to-end-learning"]
parts = [part for part in (f"{study}/runs/{m}-recipe/part-1" for m in models) if os.path.isdir(f"{part}/maps")]


def white(height, width):
    return np.full((height, width, 3), 255, np.uint8)


rows = []
for slide in slides:
    files = [f"{parts[-1]}/maps/{slide}-truth.png", *(f"{part}/maps/{slide}-predicted.png" for part in parts)]
    maps = [io.imread(f)[::2, ::2, :3] for f in files]
    gap = white(maps[0].shape[0], 8)
    rows.append(np.concatenate([piece for m in maps for piece in (m, gap)][:-1], 1))
width = max(r.shape[1] for r in rows)
sheet = [piece for r in rows for piece in (np.concatenate([r, white(r.shape[0], width - r.shape[1])], 1), white(8, width))]
io.imsave(target, np.concatenate(sheet[:-1], 0))
