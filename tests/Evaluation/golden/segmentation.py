"""Writes segmentation.json: random masks and probabilities of some images, and what scikit-learn makes of their pixels.

    /usr/bin/python3 tests/Evaluation/golden/segmentation.py

Probabilities lie in the middle of one of 1000 bins, so that counting bins loses nothing; `exact` is the average precision of
probabilities that do not.
"""
import json
import os

import numpy as np
from sklearn import metrics

rng = np.random.default_rng(5)
images = []
for patient in "aabcc":
    truth = rng.random(400) < rng.uniform(0.1, 0.6)
    exact = np.clip(rng.normal(0.35 + 0.3 * truth, 0.2), 0, 0.9999)
    images.append((patient, truth, exact))
truth = np.concatenate([t for _, t, _ in images])
exact = np.concatenate([e for _, _, e in images])
binned = (np.floor(exact * 1000) + 0.5) / 1000
called = binned >= 0.5
dice = [metrics.f1_score(t, np.floor(e * 1000) >= 500) for _, t, e in images]
golden = {
    "patients": [p for p, _, _ in images],
    "truth": [t.astype(int).tolist() for _, t, _ in images],
    "probabilities": [((np.floor(e * 1000) + 0.5) / 1000).round(4).tolist() for _, _, e in images],
    "exact_probabilities": [e.round(6).tolist() for _, _, e in images],
    "pixel_precision": metrics.precision_score(truth, called),
    "pixel_recall": metrics.recall_score(truth, called),
    "pixel_f1": metrics.f1_score(truth, called),
    "image_dice": float(np.mean(dice)),
    "pixel_iou": metrics.jaccard_score(truth, called),
    "pixel_average_precision": metrics.average_precision_score(truth, binned),
    "exact": metrics.average_precision_score(truth, exact),
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "segmentation.json"), "w") as file:
    json.dump(golden, file)
    file.write("\n")
