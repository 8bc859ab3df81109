"""Training steps and evaluation in PyTorch, timed as `Coverslip.Bench steps` times ours; a JSON line per measurement.

    steps.py FOLDER --write            weights and batches of every case go to FOLDER/CASE.pth, nothing is timed
    steps.py FOLDER [--cases saganet,resnet,unet] [--precision bfloat16] [--device cuda]
"""
import argparse
import json
import os
import sys

import torch

from cases import Case

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from timing import timed


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

    def measured(what, case, work):
        first, times = timed(options.steps, lambda: work(case, cast))
        print(json.dumps({"who": "pytorch", "what": f"{case.name} {what}", "precision": options.precision,
                          "images": len(case.batch["image"]), "threads": torch.get_num_threads(),
                          "loss": first if what == "training" else None, **times}), flush=True)

    for name in options.cases.split(","):
        case = Case(name, options.side, options.batch)
        if options.write:
            case.save(os.path.join(options.folder, f"{name}.pth"))
            continue
        case.place(options.device)
        case.model.train()
        measured("training", case, step)
        if case.predict:
            case.model.eval()
            measured("evaluation", case, evaluate)


if __name__ == "__main__":
    main()
