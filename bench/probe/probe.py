"""Choosing C of seven by five folds of patients and fitting: scikit-learn's LogisticRegression. probe.py FILE FEATURES PATIENTS [--write ROWS]"""
import json
import sys
import time

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
from sklearn.preprocessing import StandardScaler

file, features, patients = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
if "--write" in sys.argv:
    count = int(sys.argv[-1])
    random = np.random.RandomState(1)
    # Correlated as a network's features are: a tenth as many directions as features, and noise.
    rows = random.normal(size=(count, features // 10)) @ random.normal(size=(features // 10, features))
    rows = np.maximum(rows + random.normal(size=rows.shape) * 3, 0)
    scores = rows @ random.normal(size=features)
    scores = (scores - scores.mean()) / scores.std()
    labels = random.uniform(size=count) < 1 / (1 + np.exp(-2 * scores))
    np.c_[rows, labels].astype(np.float32).tofile(file)
    sys.exit()
stored = np.fromfile(file, np.float32).reshape(-1, features + 1)
rows, labels = stored[:, :-1].astype(np.float64), stored[:, -1].astype(int)
folds = np.arange(len(rows)) % patients % 5
strengths = [0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1]
start = time.time()
losses = np.zeros(len(strengths))
for fold in range(5):
    out = folds == fold
    scaler = StandardScaler().fit(rows[~out])
    model = LogisticRegression(class_weight="balanced", warm_start=True, max_iter=1000)
    inside, outside = scaler.transform(rows[~out]), scaler.transform(rows[out])
    for i, c in enumerate(strengths):
        model.C = c
        model.fit(inside, labels[~out])
        losses[i] += log_loss(labels[out], model.predict_proba(outside), normalize=False)
best = strengths[losses.argmin()]
model = LogisticRegression(C=best, class_weight="balanced", max_iter=1000)
model.fit(StandardScaler().fit_transform(rows), labels)
print(json.dumps({"who": "scikit-learn", "seconds": time.time() - start, "c": best, "log_losses": list(losses / len(rows))}))
