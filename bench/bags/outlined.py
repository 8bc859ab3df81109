"""What outlines are worth beside labels: logistic regression on the same patch features, taught by outlines.

    bench/bags/outlined.py FEATURES MASKS COHORT SPLIT OUT [--level 4]

A patch is tumor where a quarter of it is outlined. Test patients of each part of SPLIT get OUT/SLIDE.csv (probability,X,Y:
repeated maxima above 0.1 with 200 um between them), for 'coverslip evaluate froc OUT --masks MASKS --level L --slide-mpp M'.
Prints the AUC of slides by their most probable patch, with an interval over patients.
"""
import csv
import json
import os
import sys

import h5py
import numpy as np
from PIL import Image
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

features, masks, cohort, split, out = sys.argv[1:6]
level = int(sys.argv[7]) if len(sys.argv) > 6 else 4
rows = list(csv.DictReader(open(cohort)))
slides = {}
for row in rows:
    name = os.path.splitext(os.path.basename(row["image"]))[0]
    with h5py.File(os.path.join(features, name + ".h5")) as file:
        x, at = file["features"][:].astype(np.float32), file["coords"][:]
        side = file["coords"].attrs["patch_size_level0"]
        mpp = 10 / file["coords"].attrs["level0_magnification"]
    path = os.path.join(masks, name + ".png")
    mask = np.array(Image.open(path)) > 0 if os.path.exists(path) else None
    cell = max(1, int(side) >> level)
    tumor = [0 if mask is None else mask[y >> level : (y >> level) + cell, c >> level : (c >> level) + cell].mean() for c, y in at]
    slides[name] = (row["patient"], row["label"], x, at + side / 2, np.array(tumor) >= 0.25, mpp)
os.makedirs(out, exist_ok=True)
scores = {}
for part in json.load(open(split))["parts"]:
    known = set(part["train"]) | set(part["validation"])
    train = [s for s in slides.values() if s[0] in known]
    x, y = np.concatenate([s[2] for s in train]), np.concatenate([s[4] for s in train])
    mean, deviation = x.mean(0), x.std(0) + 1e-6
    fit = LogisticRegression(C=0.01, max_iter=500, class_weight="balanced").fit((x - mean) / deviation, y)
    for name, (patient, label, x, at, _, mpp) in slides.items():
        if patient not in part["test"]:
            continue
        p = fit.predict_proba((x - mean) / deviation)[:, 1]
        scores[name] = p.max()
        left, lines = p.copy(), []
        while left.max() > 0.1:
            i = left.argmax()
            lines.append(f"{p[i]:.6f},{at[i][0]},{at[i][1]}\n")
            left[np.hypot(*(at - at[i]).T) * mpp <= 200] = 0
        open(os.path.join(out, name + ".csv"), "w").writelines(lines)
truth = np.array([slides[n][1] == "tumor" for n in scores])
said = np.array(list(scores.values()))
random = np.random.default_rng(1)
draws = []
for _ in range(2000):
    i = random.integers(0, len(said), len(said))
    if 0 < truth[i].mean() < 1:
        draws.append(roc_auc_score(truth[i], said[i]))
print(f"slide AUC {roc_auc_score(truth, said):.3f} ({np.percentile(draws, 2.5):.3f} - {np.percentile(draws, 97.5):.3f})")
