"""Reads bench/stain.sh's JSON lines and prints a table: medians, their ratio, and the range of the pairs' ratios."""
import collections
import json
import statistics
import sys

GOALS = {"macenko": 1 / 5, "vahadane": 1 / 4, "reinhard": 6 / 10}

runs = collections.defaultdict(lambda: collections.defaultdict(list))
for line in sys.stdin:
    row = json.loads(line)
    runs[row["what"], row["side"]][row["who"]].append(statistics.median(row["milliseconds"]))
print("| Method | Side | Coverslip ms | Python ms | ratio | pairs from – to | goal |")
print("|---|---|---|---|---|---|---|")
for (what, side), by in runs.items():
    ours, theirs = by["coverslip"], by["python"]
    pairs = [a / b for a, b in zip(ours, theirs)]
    mine, other = statistics.median(ours), statistics.median(theirs)
    print(f"| {what} | {side} | {mine:.1f} | {other:.1f} | **{mine / other:.3f}** "
          f"| {min(pairs):.3f} – {max(pairs):.3f} | {GOALS[what]:.2f} |")
