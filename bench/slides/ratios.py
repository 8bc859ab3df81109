"""Reads the JSON lines of both sides and prints medians and ratios; "per CPU second" is the ratio that a busy machine
leaves alone."""
import json
import statistics
import sys
from collections import defaultdict

GOALS = {("tissue", 1): 2.8, ("aligned", 1): 4.5, ("random", 1): 2.0}


def main():
    rates, processor = defaultdict(list), defaultdict(list)
    for line in sys.stdin:
        found = json.loads(line)
        key = found["what"], found["threads"], found["who"]
        rates[key].append(found["rate"])
        processor[key].append(found["per_cpu"])
    print("| Patches | threads | Coverslip /s | openslide-python /s | ratio | pairs from – to | per CPU second | goal |")
    print("|---|---|---|---|---|---|---|---|")
    for what in ("tissue", "aligned", "random"):
        for threads in (1, 2):
            ours, theirs = rates[what, threads, "coverslip"], rates[what, threads, "openslide"]
            if not ours or not theirs:
                continue
            pairs = [a / b for a, b in zip(ours, theirs)]
            goal = GOALS.get((what, threads), "–")
            mine, its = statistics.median(ours), statistics.median(theirs)
            work = [statistics.median(processor[what, threads, who]) for who in ("coverslip", "openslide")]
            print(
                f"| {what} | {threads} | {mine:,.0f} | {its:,.0f} | **{mine / its:.2f}** "
                f"| {min(pairs):.2f} – {max(pairs):.2f} "
                f"| {work[0] / work[1]:.2f} | {goal} |"
            )
        one, two = rates[what, 1, "coverslip"], rates[what, 2, "coverslip"]
        if one and two:
            print(f"{what}: two threads {statistics.median(two) / statistics.median(one):.2f} times one", file=sys.stderr)


if __name__ == "__main__":
    main()
