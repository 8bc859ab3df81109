"""Writes paired.json: differences of paired figures and what scipy makes of them.

    python3 tests/Evaluation/golden/paired.py

With ties scipy's Wilcoxon is only approximate: there the p-value is counted here over all signs. scipy 1.10 was used.
"""
import itertools
import json
import os

import numpy as np
from scipy import stats


def all_signs(differences):
    d = differences[differences != 0]
    ranks = stats.rankdata(abs(d))
    seen = ranks[d > 0].sum()
    sums = np.array([(ranks * signs).sum() for signs in itertools.product((0, 1), repeat=len(d))])
    middle = ranks.sum() / 2
    return float(np.mean(abs(sums - middle) >= abs(seen - middle) - 1e-9))


def corrected(d, share):
    t = d.mean() / np.sqrt(d.var(ddof=1) * (1 / len(d) + share))
    return float(2 * stats.t.sf(abs(t), len(d) - 1))


rng = np.random.default_rng(1)
cases = []
for n, shift, ties in [(3, 0.5, False), (5, 0, False), (12, 0.3, True), (20, 0.2, False), (14, 0.4, True), (80, 0.1, False)]:
    d = rng.normal(shift, 1, n)
    if ties:
        d = np.round(2 * d) / 2
    kinds = {"mode": "approx", "correction": False} if n > 50 else {"mode": "exact"}
    wilcoxon = all_signs(d) if ties else float(stats.wilcoxon(d, **kinds).pvalue)
    cases.append({"differences": d.tolist(), "t": float(stats.ttest_1samp(d, 0).pvalue), "share": 0.3,
                  "corrected": corrected(d, 0.3), "wilcoxon": wilcoxon})
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "paired.json"), "w") as file:
    json.dump({"cases": cases}, file)
