"""Reads the JSON lines of steps.py and `Coverslip.Bench steps`, one process of each per pair, and prints a table: medians,
their ratio, the lowest and highest ratio of a pair, images per second. First losses that differ end it with exit code 1."""
import collections
import json
import statistics
import sys


def main():
    runs, losses, images = collections.defaultdict(list), collections.defaultdict(set), {}
    for line in sys.stdin:
        if not line.startswith("{"):
            continue
        row = json.loads(line)
        key = row["what"], row["precision"]
        runs[key, row["who"]].append(statistics.median(row["milliseconds"]))
        images[key] = row["images"]
        if row["loss"] is not None:
            losses[key].add(row["loss"])
    print("| Work | Precision | Coverslip ms | PyTorch ms | ratio | pairs from – to | images/s Coverslip / PyTorch |")
    print("|---|---|---|---|---|---|---|")
    failed = False
    for key, count in images.items():
        ours, theirs = runs[key, "coverslip"], runs[key, "pytorch"]
        a, b = statistics.median(ours), statistics.median(theirs)
        pairs = [x / y for x, y in zip(ours, theirs)]
        print(f"| {key[0]} | {key[1]} | {a:.1f} | {b:.1f} | **{a / b:.2f}** | {min(pairs):.2f} – {max(pairs):.2f} "
              f"| {1000 * count / a:.2f} / {1000 * count / b:.2f} |")
        low, high = min(losses[key], default=1), max(losses[key], default=1)
        if high - low > (1e-4 if key[1] == "float32" else 3e-2) * abs(high):
            print(f"{key[0]}: first losses from {low} to {high}: not the same work", file=sys.stderr)
            failed = True
    sys.exit(failed)


if __name__ == "__main__":
    main()
