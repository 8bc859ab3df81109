"""The one-feature baseline: a logistic regression on the mean brightness of an image, fitted to each fold's training
patients; the predictions go to a CSV that `coverslip evaluate classification` reads.

    python3 bench/idc/brightness.py COHORT.csv SPLIT.json OUT.csv
"""
import csv
import json
import os
import sys

import numpy as np
from PIL import Image
from sklearn.linear_model import LogisticRegression


def main():
    cohort, split, out = sys.argv[1:]
    rows = list(csv.DictReader(open(cohort)))
    paths = [os.path.join(os.path.dirname(cohort), r["image"]) for r in rows]
    brightness = np.array([np.asarray(Image.open(p).convert("RGB")).mean() for p in paths])[:, None] / 255
    labels = np.array([r["label"] for r in rows])
    patients = np.array([r["patient"] for r in rows])
    classes = sorted(set(labels))
    with open(out, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "patient", "label", "predicted"] + [f"p_{c}" for c in classes])
        for part in json.load(open(split))["parts"]:
            learn, test = np.isin(patients, part["train"]), np.flatnonzero(np.isin(patients, part["test"]))
            model = LogisticRegression().fit(brightness[learn], labels[learn])
            for i, p in zip(test, model.predict_proba(brightness[test])):
                writer.writerow([rows[i]["image"], patients[i], labels[i], classes[int(p.argmax())], *map(float, p)])


if __name__ == "__main__":
    main()
