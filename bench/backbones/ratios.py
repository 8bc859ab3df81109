"""Reads the JSON lines of steps.py and `Coverslip.Bench backbones` and prints the tables of training and evaluation: how many
times as fast as default and as tuned PyTorch, and the geometric means. Ends with exit code 1 where first losses or scores
are not the default's, float32's, within the tolerances below."""
import collections
import json
import math
import statistics
import sys

# Norm of the difference over the norm, of the first loss or of samples of the scores, in float32; and in bfloat16, where ours
# may also be so many times as far off as tuned PyTorch.
TOLERANCE = {"float32": 1e-3, "bfloat16": 3e-2}
TIMES_TUNED = 2


def norm(values):
    return math.sqrt(sum(v * v for v in values))


def distance(values, wanted):
    return norm([a - b for a, b in zip(values, wanted)]) / norm(wanted)


def main():
    runs, values, images, precisions, models = collections.defaultdict(list), {}, {}, {}, []
    for line in sys.stdin:
        if not line.startswith("{"):
            continue
        row = json.loads(line)
        key = row["what"], row["model"], row["who"]
        runs[key].append(statistics.median(row["milliseconds"]))
        values[key], images[key], precisions[key] = row["values"], row["images"], row["precision"]
        if row["model"] not in models:
            models.append(row["model"])
    failed = False
    for what, unit in (("training", "s per step"), ("evaluation", "images/s")):
        figure = lambda ms, count: f"{ms / 1000:.3f}" if what == "training" else f"{1000 * count / ms:.1f}"
        print(f"\n| {what.capitalize()} | Precision | {unit} default / tuned / Coverslip | times default | times tuned | "
              f"pairs from – to | off float32: tuned / Coverslip |\n|---|---|---|---|---|---|---|")
        ratios = collections.defaultdict(list)
        for model in models:
            keys = {who: (what, model, who) for who in ("default", "tuned", "coverslip")}
            middle = {who: statistics.median(runs[key]) for who, key in keys.items()}
            pairs = [b / a for a, b in zip(runs[keys["coverslip"]], runs[keys["tuned"]])]
            for who in ("default", "tuned"):
                ratios[who].append(middle[who] / middle["coverslip"])
            off = {who: distance(values[keys[who]], values[keys["default"]]) for who in ("tuned", "coverslip")}
            precision = precisions[keys["coverslip"]]
            more = TIMES_TUNED * off["tuned"] if precision == "bfloat16" else 0
            if not off["coverslip"] <= max(TOLERANCE[precision], more):
                print(f"{model}, {what}: off by {off['coverslip']:.2g}: not the same work", file=sys.stderr)
                failed = True
            times = " / ".join(figure(middle[who], images[keys[who]]) for who in keys)
            print(f"| {model} | {precision} | {times} | **{ratios['default'][-1]:.2f}** | "
                  f"**{ratios['tuned'][-1]:.2f}** | {min(pairs):.2f} – {max(pairs):.2f} | "
                  f"{off['tuned']:.1e} / {off['coverslip']:.1e} |")
        means = {who: statistics.geometric_mean(r) for who, r in ratios.items()}
        print(f"| geometric mean | | | **{means['default']:.2f}** | **{means['tuned']:.2f}** | | |")
    sys.exit(failed)


if __name__ == "__main__":
    main()
