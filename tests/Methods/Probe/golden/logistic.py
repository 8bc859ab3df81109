"""Writes logistic.json: scikit-learn's LogisticRegression on small data, for the probe's tests. Run with Debian's python3."""
import json
import pathlib

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression

cases = []
for classes, c, balanced in ((2, 0.01, True), (2, 10.0, False), (3, 0.1, True), (3, 1.0, False)):
    random = np.random.RandomState(classes * 10 + balanced)
    labels = np.sort(random.randint(0, classes, 40))
    rows = (random.normal(size=(40, 6)) + labels[:, None] * np.array([1, 0.5, 0, 0, -0.5, 0])).round(6)
    model = LogisticRegression(C=c, class_weight="balanced" if balanced else None, tol=1e-10, max_iter=10000)
    cases.append(
        {
            "classes": classes,
            "c": c,
            "balanced": balanced,
            "rows": rows.tolist(),
            "labels": labels.tolist(),
            "probabilities": model.fit(rows, labels).predict_proba(rows).tolist(),
        }
    )
target = pathlib.Path(__file__).with_name("logistic.json")
target.write_text(json.dumps({"scikit-learn": sklearn.__version__, "cases": cases}))
