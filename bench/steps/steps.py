"""Training steps and evaluation in PyTorch, timed as `Coverslip.Bench steps` times ours; a JSON line per measurement.

    steps.py FOLDER --write            weights and batches of every case go to FOLDER/CASE.pth, nothing is timed
    steps.py FOLDER [--cases saganet,resnet,unet] [--precision bfloat16] [--device cuda]
"""
import argparse
import itertools
import json
import os
import time

import torch

from cases import Case

WARMUP, WARMUP_STEPS = 4, 3  # seconds, and steps at least; as in Steps.cs


def step(case, cast):
    case.optimizer.zero_grad(set_to_none=True)
    with cast():
        loss = case.loss(case.model, **case.batch)
    loss.backward()
    case.optimizer.step()
    return loss.item()


def evaluate(case, cast):
    with torch.inference_mode(), cast():
        return case.predict(case.model, **case.batch).sum().item()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--cases", default="saganet,resnet,unet")
    parser.add_argument("--side", type=int, default=256, help="of SagaNet's input")
    parser.add_argument("--batch", type=int, default=2, help="of SagaNet")
    parser.add_argument("--steps", type=int, default=7)
    parser.add_argument("--precision", default="float32", choices=["float32", "bfloat16"])
    parser.add_argument("--device", default="cpu")
    options = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
    kind = torch.device(options.device).type
    cast = lambda: torch.autocast(kind, dtype=torch.bfloat16, enabled=options.precision == "bfloat16")

    def timed(what, case, work):
        first, whole, times = None, time.perf_counter(), []
        for i in itertools.count():
            warm = i >= WARMUP_STEPS and time.perf_counter() - whole >= WARMUP
            start = time.perf_counter()
            value = work(case, cast)
            first = value if first is None else first
            if warm or times:
                times.append(round(1000 * (time.perf_counter() - start), 2))
            if len(times) == options.steps:
                break
        print(json.dumps({"who": "pytorch", "what": f"{case.name} {what}", "precision": options.precision,
                          "images": len(case.batch["image"]), "threads": torch.get_num_threads(),
                          "loss": first if what == "training" else None, "milliseconds": times}), flush=True)

    for name in options.cases.split(","):
        case = Case(name, options.side, options.batch)
        if options.write:
            case.save(os.path.join(options.folder, f"{name}.pth"))
            continue
        case.place(options.device)
        case.model.train()
        timed("training", case, step)
        if case.predict:
            case.model.eval()
            timed("evaluation", case, evaluate)


if __name__ == "__main__":
    main()
