"""Writes findings.json: random findings, and what scikit-learn makes of them.

    python3 tests/Evaluation/golden/findings.py
"""
import json
import os

import numpy as np
from sklearn import metrics

rng = np.random.default_rng(3)
images, names = 90, ["x", "y", "z"]
patients = rng.integers(0, 25, images)
truth = rng.random((images, 3)) < [0.4, 0.2, 0.5]
scores = np.clip(np.round(rng.normal(0.35 + 0.3 * truth, 0.2), 2), 0, 1)
decided = scores >= [0.5, 0.4, 0.6]
golden = {
    "patients": patients.tolist(),
    "labels": [";".join(n for n, t in zip(names, row) if t) for row in truth],
    "scores": scores.tolist(),
    "auc": [metrics.roc_auc_score(truth[:, f], scores[:, f]) for f in range(3)],
    "mean_auc": metrics.roc_auc_score(truth, scores, average="macro"),
    "sensitivity": [metrics.recall_score(truth[:, f], decided[:, f]) for f in range(3)],
    "specificity": [metrics.recall_score(~truth[:, f], ~decided[:, f]) for f in range(3)],
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "findings.json"), "w") as file:
    json.dump(golden, file)
    file.write("\n")
