"""Examples of a run that segments: a row each; image, truth, mask, probability, reconstruction.

    /usr/bin/python3 docs/pictures/segmentation_examples.py runs/masks/part-1 docs/pictures/segmentation-examples.png NAME…
"""
import sys

import cv2
import numpy as np

part, target, *names = sys.argv[1:]
rows = []
for name in names:
    kinds = [cv2.imread(f"{part}/examples/{name}-{kind}.png")
             for kind in ("image", "truth", "mask", "probability", "reconstruction")]
    gap = np.full((kinds[0].shape[0], 6, 3), 255, np.uint8)
    rows.append(np.hstack([piece for kind in kinds for piece in (kind, gap)][:-1]))
gap = np.full((6, rows[0].shape[1], 3), 255, np.uint8)
cv2.imwrite(target, np.vstack([piece for row in rows for piece in (row, gap)][:-1]), [cv2.IMWRITE_PNG_COMPRESSION, 9])
