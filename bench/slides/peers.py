"""Patches per second of openslide-python, at the places and in the order of a file.
peers.py SLIDE PLACES [PROCESSES]; prints one JSON line. Each process opens the slide itself and reads its shares."""
import json
import multiprocessing
import os
import sys
import time

import openslide

SIDE = 256


def read(job):
    path, places = job
    slide = openslide.OpenSlide(path)
    started, processor = time.perf_counter(), time.process_time()
    for place in places:
        slide.read_region(place, 0, (SIDE, SIDE))
    return time.perf_counter() - started, time.process_time() - processor


def main():
    path, listed = sys.argv[1:3]
    processes = int(sys.argv[3]) if len(sys.argv) > 3 else 1
    with open(listed, encoding="ascii") as lines:
        places = [tuple(map(int, line.split())) for line in lines]
    read((path, places[:200]))
    # Shares of 32 dealt in turn: one half of a slide may cost more than the other.
    shares = [places[i : i + 32] for i in range(0, len(places), 32)]
    jobs = [(path, [place for share in shares[i::processes] for place in share]) for i in range(processes)]
    if processes == 1:
        times = [read(jobs[0])]
    else:
        with multiprocessing.Pool(processes) as pool:
            times = pool.map(read, jobs, chunksize=1)
    what = os.path.splitext(os.path.basename(listed))[0]
    found = {"who": "openslide", "what": what, "threads": processes}
    found["rate"] = len(places) / max(seconds for seconds, _ in times)
    found["per_cpu"] = len(places) / sum(seconds for _, seconds in times)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
