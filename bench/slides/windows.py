"""A row of bench/windows.sh: NAME SECONDS PROCESSOR-SECONDS, of the folder NAME and the figures NAME.json."""
import json
import sys

name, seconds, processor = sys.argv[1], float(sys.argv[2]), float(sys.argv[3])
with open(f"{name}/summary.json") as file:
    summary = json.load(file)
with open(f"{name}.json") as file:
    figures = json.load(file)
windows = sum(slide["tissue_patches"] for slide in summary["slides"])
large = summary.get("windows_by_large")


def told(figure):
    low, high = figure.get("low"), figure.get("high")
    interval = f" ({low:.3f} – {high:.3f})" if low is not None else ""
    return f"{figure['value']:.3f}{interval}"


sent = "all" if large is None else f"{large} ({100 * large / windows:.1f} %)"
eight = told(figures["sensitivity"]["8"])
print(f"| {name} | {seconds:.0f} | {processor:.0f} | {windows} | {sent} | {told(figures['froc'])} | {told(figures['chance'])} | {eight} |", flush=True)
