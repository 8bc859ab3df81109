"""Reads the JSON lines of steps.py and `Coverslip.Bench unet` and prints how many times as fast ours is as default and as tuned
PyTorch. Ends with exit code 1 where first losses differ: then it was not the same work."""
import collections
import json
import statistics
import sys

TOLERANCE = {"float32": 1e-3, "bfloat16": 3e-2}


def main():
    runs, losses, precisions, sizes = collections.defaultdict(list), {}, {}, []
    for line in sys.stdin:
        if not line.startswith("{"):
            continue
        row = json.loads(line)
        key = row["what"], row["who"]
        runs[key].append(statistics.median(row["milliseconds"]))
        losses[key], precisions[key] = row["loss"], row["precision"]
        if row["what"] not in sizes:
            sizes.append(row["what"])
    print("| Batch | Precision | s per step: default / tuned / Coverslip | times default (goal 1.6) | times tuned (goal 0.97) "
          "| pairs from – to | first loss |\n|---|---|---|---|---|---|---|")
    failed = False
    for size in sizes:
        who = ("default", "tuned", "coverslip")
        middle = {w: statistics.median(runs[size, w]) for w in who}
        pairs = [b / a for a, b in zip(runs[size, "coverslip"], runs[size, "tuned"])]
        precision, wanted = precisions[size, "coverslip"], losses[size, "default"]
        off = abs(losses[size, "coverslip"] - wanted) / wanted
        if off > TOLERANCE[precision]:
            print(f"{size}: the first loss is {losses[size, 'coverslip']}, PyTorch's {wanted}: not the same work", file=sys.stderr)
            failed = True
        print(f"| {size} | {precision} | {' / '.join(f'{middle[w] / 1000:.3f}' for w in who)} "
              f"| **{middle['default'] / middle['coverslip']:.2f}** | **{middle['tuned'] / middle['coverslip']:.2f}** "
              f"| {min(pairs):.2f} – {max(pairs):.2f} | {wanted:.5f} / {losses[size, 'coverslip']:.5f} |")
    sys.exit(failed)


if __name__ == "__main__":
    main()
