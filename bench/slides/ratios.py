"""Reads the JSON lines of both sides and prints medians and ratios; "per CPU second" is the ratio that a busy machine
leaves alone."""
import json
import statistics
import sys
from collections import defaultdict

GOALS = {("tissue", 1): 2.8, ("aligned", 1): 4.5, ("random", 1): 2.0}

NAMES = {"openslide": "openslide-python", "vips": "NetVips (libvips 8.18)"}


def main():
    rates, processor = defaultdict(list), defaultdict(list)
    for line in sys.stdin:
        found = json.loads(line)
        key = found["what"], found["threads"], found["who"]
        rates[key].append(found["rate"])
        processor[key].append(found["per_cpu"])
    print("| Patches | threads | against | Coverslip /s | its /s | ratio | pairs from – to | per CPU second | goal |")
    print("|---|---|---|---|---|---|---|---|---|")
    for what in ("tissue", "aligned", "random"):
        for threads, who in ((1, "openslide"), (2, "openslide"), (1, "vips")):
            ours, theirs = rates[what, threads, "coverslip"], rates[what, threads, who]
            if not ours or not theirs:
                continue
            pairs = [a / b for a, b in zip(ours, theirs)]
            goal = GOALS.get((what, threads), "–") if who == "openslide" else "–"
            mine, its = statistics.median(ours), statistics.median(theirs)
            work = [statistics.median(processor[what, threads, side]) for side in ("coverslip", who)]
            print(
                f"| {what} | {threads} | {NAMES[who]} | {mine:,.0f} | {its:,.0f} | **{mine / its:.2f}** "
                f"| {min(pairs):.2f} – {max(pairs):.2f} "
                f"| {work[0] / work[1]:.2f} | {goal} |"
            )
        one, two = rates[what, 1, "coverslip"], rates[what, 2, "coverslip"]
        if one and two:
            print(f"{what}: two threads {statistics.median(two) / statistics.median(one):.2f} times one", file=sys.stderr)


if __name__ == "__main__":
    main()
