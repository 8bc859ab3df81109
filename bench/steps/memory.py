"""Largest resident memory of SagaNet's training step in PyTorch, activations kept; a row for the table of memory.sh."""
import argparse
import contextlib
import os
import time

import torch

from cases import Case
from steps import step


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--side", type=int, default=768)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--precision", default="float32", choices=["float32", "bfloat16"])
    options = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
    cast = contextlib.nullcontext
    if options.precision == "bfloat16":
        cast = lambda: torch.autocast("cpu", dtype=torch.bfloat16)
    case = Case("saganet", options.side, options.batch)
    case.place("cpu")
    start = time.perf_counter()
    for _ in range(options.steps):
        step(case, cast)
    seconds = (time.perf_counter() - start) / options.steps
    peak = next(int(line.split()[1]) // 1024 for line in open("/proc/self/status") if line.startswith("VmHWM"))
    print(f"| PyTorch | {options.side} | {options.batch} | {options.precision} | kept | {peak} | {seconds:.1f} |")


if __name__ == "__main__":
    main()
