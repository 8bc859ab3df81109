"""Reads the JSON lines of run.sh and prints a table: medians over seeds, and how many times faster our modes are."""
import collections
import json
import statistics
import sys

rows = collections.defaultdict(list)
for line in sys.stdin:
    row = json.loads(line)
    rows[row["what"]].append(row)
median = {what: {k: statistics.median(r[k] for r in runs) for k in ("seconds", "seconds_per_step", "steps")} for what, runs in rows.items()}
print("| What | s per image (range) | steps | s per step | fast is faster per image | per step |")
print("|---|---|---|---|---|---|")
fast = median["coverslip fast"]
for what, runs in rows.items():
    seconds, mine = [r["seconds"] for r in runs], median[what]
    print(f"| {runs[0]['side']}, {what} | {mine['seconds']:.1f} ({min(seconds):.1f} – {max(seconds):.1f}) | {mine['steps']:.0f} "
          f"| {mine['seconds_per_step']:.2f} | {mine['seconds'] / fast['seconds']:.2f} × "
          f"| {mine['seconds_per_step'] / fast['seconds_per_step']:.2f} × |")
