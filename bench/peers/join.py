"""Reads the JSON lines of all benches and prints one table, losses first: the peer's time over ours, as minimum, median and
maximum of the pairs. The n-th line of a peer and our n-th line of the same work are a pair."""
import collections
import json
import statistics
import sys


def costs(row):
    """Clock and processor, the less the better; of slides they are rates, and there is one of each."""
    if "rate" in row:
        return 1 / row["rate"], 1 / row["per_cpu"]
    return statistics.median(row["milliseconds"]), statistics.median(row["processor"])


def ratios(ours, theirs):
    pairs = sorted(b / a for a, b in zip(ours, theirs))
    return pairs[0], statistics.median(pairs), pairs[-1]


def main():
    found = collections.defaultdict(lambda: collections.defaultdict(list))
    for line in filter(lambda l: l.startswith("{"), sys.stdin):
        row = json.loads(line)
        words = (row.get("what", "features"), row.get("model"), row.get("precision"), row.get("threads"))
        found[tuple(f"{w} thread(s)" if isinstance(w, int) else w for w in words if w)][row["who"]].append(costs(row))
    rows = []
    for work, sides in found.items():
        ours = sides.pop("coverslip", [])
        for who, theirs in sides.items() if ours else ():
            clock, used = (ratios([c[i] for c in ours], [c[i] for c in theirs]) for i in (0, 1))
            rows.append((used, clock, ", ".join(work), who, min(len(theirs), len(ours))))
    if not rows:
        sys.exit("no pair was measured")
    print("| Work | against | pairs | processor: peer's over ours | by the clock |\n|---|---|---|---|---|")
    words = lambda three: "{:.2f}, **{:.2f}**, {:.2f}".format(*three)
    for used, clock, work, who, count in sorted(rows, key=lambda r: r[0][1]):
        print(f"| {work} | {who} | {count} | {words(used)} | {words(clock)} |")


if __name__ == "__main__":
    main()
