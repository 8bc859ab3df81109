"""Writes metrics.json: predictions of random images and what scikit-learn and numpy make of them.

    python3 tests/Evaluation/golden/metrics.py

Scores are rounded to two digits, so that many are equal. scikit-learn 1.2 was used.
"""
import json
import os

import numpy as np
from sklearn import metrics


def calibration_error(said, came_true, bins=10):
    which = np.minimum(bins - 1, (said * bins).astype(int))
    return sum(abs(came_true[which == b].sum() - said[which == b].sum()) for b in range(bins)) / len(said)


def recognition_rate(patients, correct):
    return np.mean([correct[patients == p].mean() for p in np.unique(patients)])


def binary(rng, images, weighted):
    patients = rng.integers(0, 12, images)
    y = rng.integers(0, 2, images)
    score = np.clip(np.round(rng.normal(0.4 + 0.25 * y, 0.2), 2), 0, 1)
    decided = (score >= 0.5).astype(int)
    weights = rng.integers(0, 4, 12)[patients] if weighted else np.ones(images, int)
    matrix = metrics.confusion_matrix(y, decided, sample_weight=weights)
    return {
        "patients": patients.tolist(), "labels": y.tolist(), "scores": score.tolist(), "decided": decided.tolist(),
        "weights": weights.tolist(),
        "accuracy": metrics.accuracy_score(y, decided, sample_weight=weights),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, decided, sample_weight=weights),
        "auc": metrics.roc_auc_score(y, score, sample_weight=weights),
        "average_precision": metrics.average_precision_score(y, score, sample_weight=weights),
        "sensitivity": matrix[1, 1] / matrix[1].sum(),
        "specificity": matrix[0, 0] / matrix[0].sum(),
        "recognition_rate": recognition_rate(patients, decided == y),
        "brier": metrics.brier_score_loss(y, score, sample_weight=weights),
        "calibration_error": calibration_error(np.repeat(score, weights), np.repeat(y, weights)),
    }


def multiclass(rng, images, classes=3):
    patients = rng.integers(0, 9, images)
    y = rng.integers(0, classes, images)
    p = rng.dirichlet(np.ones(classes), images) + 0.6 * np.eye(classes)[y]
    p = np.round(p / p.sum(1, keepdims=True), 3)
    p[:, 0] = np.round(1 - p[:, 1:].sum(1), 3)
    decided = p.argmax(1)
    truth = np.eye(classes)[y]
    matrix = metrics.confusion_matrix(y, decided)
    negatives = matrix.sum() - matrix.sum(1)
    specificity = (negatives - (matrix.sum(0) - np.diag(matrix))) / negatives
    return {
        "patients": patients.tolist(), "labels": y.tolist(), "probabilities": p.tolist(), "decided": decided.tolist(),
        "confusion": matrix.tolist(),
        "accuracy": metrics.accuracy_score(y, decided),
        "balanced_accuracy": metrics.balanced_accuracy_score(y, decided),
        "auc": np.mean([metrics.roc_auc_score(truth[:, c], p[:, c]) for c in range(classes)]),
        "average_precision": metrics.average_precision_score(truth, p, average="macro"),
        "sensitivity": metrics.recall_score(y, decided, average="macro"),
        "specificity": specificity.mean(),
        "recognition_rate": recognition_rate(patients, decided == y),
        "brier": ((p - truth) ** 2).sum(1).mean(),
        "calibration_error": calibration_error(p.max(1), (decided == y).astype(int)),
    }


def main():
    rng = np.random.default_rng(7)
    y = np.array([0, 0, 1, 1, 0, 1])
    score = np.array([0.1, 0.4, 0.35, 0.8, 0.4, 0.4])
    fpr, tpr, _ = metrics.roc_curve(y, score, drop_intermediate=False)
    precision, recall, _ = metrics.precision_recall_curve(y, score)
    golden = {
        "binary": [binary(rng, 60, False), binary(rng, 200, False)],
        "weighted": [binary(rng, 150, True)],
        "multiclass": [multiclass(rng, 120)],
        "curves": {
            "labels": y.tolist(), "scores": score.tolist(),
            "fpr": fpr.tolist(), "tpr": tpr.tolist(),
            # scikit-learn walks from high recall to low
            "precision": precision[::-1].tolist(), "recall": recall[::-1].tolist(),
        },
        "percentiles": {
            "values": (values := np.round(rng.normal(size=37), 6)).tolist(),
            "low": np.percentile(values, 2.5), "high": np.percentile(values, 97.5),
        },
    }
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "metrics.json"), "w") as file:
        json.dump(golden, file)
        file.write("\n")


main()
