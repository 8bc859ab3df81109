"""Reads the JSON lines of a round after the other and prints features per second, and ours over the faster peer's. Ends with
exit code 1 where ours are not PyTorch's."""
import collections
import json
import math
import statistics
import sys

TOLERANCE = {"float32": 1e-3, "bfloat16": 5e-2}


def norm(values):
    return math.sqrt(sum(v * v for v in values))


def main():
    rates, values = collections.defaultdict(list), {}
    for line in filter(lambda l: l.startswith("{"), sys.stdin):
        row = json.loads(line)
        key = row["model"], row["precision"], row["who"]
        rates[key].append(1000 * row["images"] / statistics.median(row["milliseconds"]))
        values[key] = row["values"]
    print("| Network | Precision | Coverslip / PyTorch / ONNX Runtime, images/s | times the faster | rounds from – to |")
    print("|---|---|---|---|---|")
    failed = False
    for model, precision in dict.fromkeys(k[:2] for k in rates):
        of = {who: rates.get((model, precision, who)) for who in ("coverslip", "pytorch", "onnxruntime")}
        peers = [of[who] for who in ("pytorch", "onnxruntime") if of[who]]
        pairs = [ours / max(theirs) for ours, *theirs in zip(of["coverslip"], *peers)]
        middle = " / ".join(f"{statistics.median(r):.1f}" if r else "–" for r in of.values())
        print(f"| {model} | {precision} | {middle} | **{statistics.median(pairs):.2f}** | {min(pairs):.2f} – {max(pairs):.2f} |")
        wanted, ours = values[model, "float32", "pytorch"], values[model, precision, "coverslip"]
        off = norm([a - b for a, b in zip(ours, wanted)]) / norm(wanted)
        if not off <= TOLERANCE[precision]:
            print(f"{model}, {precision}: off by {off:.2g}: not the same work", file=sys.stderr)
            failed = True
    sys.exit(failed)


if __name__ == "__main__":
    main()
