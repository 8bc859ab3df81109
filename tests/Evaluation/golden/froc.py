"""Writes froc.json: lesions of random masks and FROC curves of random detections, by scipy, scikit-image and numpy.

    /usr/bin/python3 tests/Evaluation/golden/froc.py

The CAMELYON16 definition step by step, with lesion probabilities in double precision (the published script rounds them
to float32). scipy 1.10, scikit-image 0.19.3, numpy 1.24, scikit-learn 1.2.1.
"""
import json
import os

import numpy as np
from scipy import ndimage
from skimage import measure
from sklearn.metrics import cohen_kappa_score, roc_auc_score

RATES = [0.25, 0.5, 1, 2, 4, 8]


def lesions(tumor, mpp, level):
    """Label map, and per label the major axis and whether it is isolated tumour cells."""
    distance = ndimage.distance_transform_edt(np.where(tumor, 0, 255))
    near = ndimage.binary_fill_holes(distance < 75 / (mpp * 2 ** level * 2))
    labels = measure.label(near, connectivity=2)
    axes = [region.major_axis_length for region in measure.regionprops(labels)]
    return labels, axes, [axis < 275 / (mpp * 2 ** level) for axis in axes]


def outcome(case, level):
    """False positives, lesions' probabilities, lesions that count."""
    if case["labels"] is None:
        return [d[0] for d in case["detections"]], [], 0
    labels, isolated = case["labels"], case["isolated"]
    false, best = [], [0.0] * len(isolated)
    for probability, x, y in case["detections"]:
        label = labels[int(y / 2 ** level), int(x / 2 ** level)]
        if label == 0:
            false.append(probability)
        elif not isolated[label - 1]:
            best[label - 1] = max(best[label - 1], probability)
    return false, best, isolated.count(False)


def froc(cases, level):
    outcomes = [outcome(case, level) for case in cases]
    false = np.array([p for o in outcomes for p in o[0]])
    best = np.array([p for o in outcomes for p in o[1]])
    count = sum(o[2] for o in outcomes)
    thresholds = np.unique(np.concatenate([false, best]))[1:]
    fps = np.array([(false >= t).sum() for t in thresholds] + [0]) / len(cases)
    sensitivity = np.array([(best >= t).sum() for t in thresholds] + [0]) / count
    at = np.interp(RATES, fps[::-1], sensitivity[::-1])
    return {"fps": fps.tolist(), "sensitivity": sensitivity.tolist(), "at": at.tolist(), "score": float(at.mean())}


def blobs(rng, height, width):
    """Discs and strokes, some with holes, some at the border."""
    rows, columns = np.mgrid[:height, :width]
    tumor = np.zeros((height, width), bool)
    for _ in range(rng.integers(0, 7)):
        y, x, radius = rng.integers(0, height), rng.integers(0, width), rng.integers(1, 14)
        distance = np.hypot(rows - y, columns - x)
        inner = radius * rng.choice([0, 0, 0.7, 0.9])
        tumor |= (distance <= radius) & (distance >= inner)
        if rng.random() < 0.4:
            tumor[y, x:x + rng.integers(1, 60)] = True
    return tumor


def runs(tumor):
    """Lengths of the runs of 0, 1, 0, ... in reading order."""
    flat = tumor.ravel()
    changes = np.flatnonzero(np.diff(flat)) + 1
    lengths = np.diff(np.concatenate([[0], changes, [flat.size]])).tolist()
    return ([0] if flat[0] else []) + lengths


def random_set(rng):
    level, mpp = int(rng.integers(4, 7)), float(rng.choice([0.243, 0.25, 0.2261]))
    height, width = (int(v) for v in rng.integers(30, 110, 2))
    cases = []
    for _ in range(rng.integers(2, 7)):
        tumor = blobs(rng, height, width) if rng.random() < 0.7 else None
        labels, axes, isolated = lesions(tumor, mpp, level) if tumor is not None and tumor.any() else (None, [], [])
        detections = [[float(np.round(rng.random(), int(rng.integers(1, 9)))), int(rng.integers(0, width * 2 ** level)),
                       int(rng.integers(0, height * 2 ** level))] for _ in range(rng.integers(0, 40))]
        cases.append({"labels": labels, "axes": axes, "isolated": [bool(i) for i in isolated],
                      "detections": detections, "runs": runs(tumor) if labels is not None else None})
    if sum(case["isolated"].count(False) for case in cases) == 0:
        return random_set(rng)
    result = froc(cases, level)
    for case in cases:
        labels = case.pop("labels")
        case["areas"] = np.bincount(labels.ravel())[1:].tolist() if labels is not None else []
    return {"level": level, "mpp": mpp, "width": width, "height": height, "cases": cases, **result}


def delong(scores, positives):
    """Area and variance by the paper's sums over all pairs."""
    x, y = scores[positives], scores[~positives]
    wins = (x[:, None] > y[None, :]) + 0.5 * (x[:, None] == y[None, :])
    return {"auc": float(roc_auc_score(positives, scores)),
            "variance": float(wins.mean(1).var(ddof=1) / len(x) + wins.mean(0).var(ddof=1) / len(y))}


def write(name, value):
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), name), "w") as file:
        json.dump(value, file)


rng = np.random.default_rng(16)
areas = []
for n, digits in [(12, 1), (40, 1), (40, 6), (129, 2)]:
    positives = rng.random(n) < 0.4
    scores = np.round(rng.normal(positives * 0.8), digits)
    areas.append({"scores": scores.tolist(), "positives": positives.astype(int).tolist(), **delong(scores, positives)})
kappas = []
for n, skill in [(20, 0.2), (50, 0.5), (100, 0.8), (100, 0)]:
    truth = rng.integers(0, 5, n)
    predicted = np.where(rng.random(n) < skill, truth, rng.integers(0, 5, n))
    kappa = cohen_kappa_score(truth, predicted, labels=range(5), weights="quadratic")
    kappas.append({"truth": truth.tolist(), "predicted": predicted.tolist(), "kappa": float(kappa)})
write("froc.json", {"froc": [random_set(rng) for _ in range(60)], "delong": areas, "kappa": kappas})
