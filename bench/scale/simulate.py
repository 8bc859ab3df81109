"""Workers that take slides one after the other from one folder: a discrete-event simulation.

A slide needs seconds of a processor and bytes of the storage at the same time; what is short slows all workers alike. It is
compared with measured runs first (bench/scale.sh), then asked about sizes that nobody has measured here. Seconds of slides
are drawn from the measured ones, so that the last slide of a folder costs what it costs: 40 draws give the interval.
"""
import argparse
import heapq
import json
import random
import statistics


def simulate(work, workers, cores, need, storage, start):
    """Seconds until all slides are done.

    work: processor seconds of each slide, in the order in which they are taken; workers: how many at a time; cores: processors
    they share; need: bytes a slide asks for per second of its work; storage: bytes a second that all get together;
    start: seconds before a worker's first slide.
    """
    # All active workers go on at one rate, which changes when one begins or ends: time is counted in work done by each.
    todo = list(reversed(work))
    waiting = [start] * min(workers, len(work))
    active, done, now = [], 0.0, 0.0
    while waiting or active:
        rate = 1.0
        if active:
            rate = min(1.0, cores / len(active), storage / (len(active) * need) if need else 1.0)
        begins = waiting[0] if waiting else float("inf")
        ends = now + (active[0] - done) / rate if active else float("inf")
        step = min(begins, ends)
        done += (step - now) * rate
        now = step
        if begins <= ends:
            heapq.heappop(waiting)
        else:
            heapq.heappop(active)
        if todo:
            heapq.heappush(active, done + todo.pop())
    return now


def drawn(seconds, slides, runs=40, **place):
    """Median, least and greatest time for so many slides like the measured ones."""
    chance, times = random.Random(1), []
    # Above ten thousand slides the mean of the draws is what counts: they are simulated in shares.
    share = max(1, slides // (1000 * place["workers"]))
    runs = runs if slides <= 2000 else 10
    for _ in range(runs):
        work = [chance.choice(seconds) * share for _ in range(slides // share)]
        times.append(simulate(work, **place))
    times.sort()
    return statistics.median(times), times[0], times[-1]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("measured", help="JSON of bench/scale.sh: seconds, bytes, requests, start, cores, runs")
    parser.add_argument("--storage", type=float, default=1.25e9, help="bytes a second of the storage [10 Gbit/s]")
    parser.add_argument("--cores", type=int, default=16, help="processors of a node, each a worker of one thread")
    parser.add_argument("--larger", type=float, default=1, help="how many times the measured slide's work and bytes a real one is")
    parser.add_argument("--price", type=float, default=0.04, help="of a processor's hour")
    parser.add_argument("--uncertain", type=float, default=None, help="relative error of the model [the largest measured one]")
    given = parser.parse_args()
    with open(given.measured, encoding="utf-8") as file:
        facts = json.load(file)
    seconds, cores = facts["seconds"], facts["cores"]
    need = statistics.mean(facts["bytes"]) / statistics.mean(seconds)

    print("| workers | measured s | simulated s | off |\n|---|---|---|---|")
    off = []
    for run in facts["runs"]:
        told = simulate(seconds, run["workers"], cores, need, float("inf"), facts["start"])
        off.append(abs(told / run["seconds"] - 1))
        print(f"| {run['workers']} | {run['seconds']:.1f} | {told:.1f} | {told / run['seconds'] - 1:+.0%} |")
    uncertain = max(off) if given.uncertain is None else given.uncertain
    print(f"\nThe model is off by up to {max(off):.0%} here; beyond, {uncertain:.0%} is added at both sides.\n")

    print(f"Slides of {given.larger:g} times the measured work, nodes of {given.cores} processors, "
          f"storage of {given.storage / 1e9:g} GB/s, {given.price:g} an hour of a processor.\n")
    print("| nodes | slides | hours | storage asked for | what is short | cost of all |\n|---|---|---|---|---|---|")
    for nodes in (1, 10, 100, 1000):
        for slides in (1000, 1_000_000):
            if slides // nodes < 10:
                continue
            workers = nodes * given.cores
            hours, low, high = (
                t / 3600 for t in drawn([s * given.larger for s in seconds], slides, workers=workers, cores=workers,
                                        need=need, storage=given.storage, start=facts["start"])
            )
            asked = workers * need
            short = "storage" if asked > given.storage else "processors"
            print(f"| {nodes:,} | {slides:,} | {hours:,.2f} ({low / (1 + uncertain):,.2f} – {high * (1 + uncertain):,.2f}) "
                  f"| {asked / 1e9:.2f} GB/s | {short} | {hours * workers * given.price:,.0f} |")


if __name__ == "__main__":
    main()
