"""The rows of bench/README.md from the folder that run.sh filled."""
import csv
import glob
import json
import os
import re
import sys

folder = sys.argv[1]


def figure(name, key, part=None):
    figures = json.load(open(os.path.join(folder, name, "evaluation.json")))
    value = (figures[part] if part else figures)[key]
    return f"{value['value']:.3f} ({value['low']:.3f} – {value['high']:.3f})"


seconds = {"brightness": None,
           "cnn": sum(float(s) for s in re.findall(r"images, ([\d.]+) s of", open(os.path.join(folder, "cnn.log")).read()))}
# The column `seconds` runs on over the epochs of a part, validation included.
seconds["saganet-against-cnn"] = sum(
    max(float(r["seconds"]) for r in csv.DictReader(open(path)))
    for path in glob.glob(os.path.join(folder, "saganet", "part-*", "metrics.csv")))
print("\n| Model | AUC | average precision | balanced accuracy | s of training, five folds |\n|---|---|---|---|---|")
for name, label in (("brightness", "mean brightness"), ("cnn", "eight-layer CNN, PyTorch"), ("saganet-against-cnn", "SagaNet")):
    cells = [figure(name, key) for key in ("auc", "average_precision", "balanced_accuracy")]
    print(f"| {label} | {' | '.join(cells)} | {'–' if seconds[name] is None else format(seconds[name], '.0f')} |")
print(f"\nSagaNet minus CNN, paired: AUC {figure('saganet-against-cnn', 'auc', 'difference')}; "
      f"training takes {seconds['saganet-against-cnn'] / seconds['cnn']:.2f} times as long")
