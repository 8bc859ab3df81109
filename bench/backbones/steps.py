"""Training steps and evaluation of published networks in PyTorch, timed as `Coverslip.Bench backbones` times ours; a JSON
line per measurement.

    steps.py FOLDER --write                      weights and a batch of every network go to FOLDER/NETWORK.pth
    steps.py FOLDER --who default                contiguous, float32 (call it without jemalloc)
    steps.py FOLDER --who tuned --precision P    channels-last, autocast to P (call it with jemalloc)
"""
import argparse
import json
import os
import sys

import torch
import torch.nn.functional as F

import networks

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from timing import timed

SAMPLES = 256  # scores that are compared, evenly spaced


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--models", required=True)
    parser.add_argument("--who", choices=["default", "tuned"])
    parser.add_argument("--precision", default="float32", choices=["float32", "bfloat16"])
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--side", type=int, default=224)
    parser.add_argument("--steps", type=int, default=7)
    options = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
    layout = torch.channels_last if options.who == "tuned" else torch.contiguous_format
    for name in options.models.split(","):
        path = os.path.join(options.folder, f"{name}.pth")
        if options.write:
            networks.write(name, options.batch, options.side, path)
            continue
        cast = lambda: torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bfloat16")
        data = networks.batch(options.batch, options.side)
        image, target = data["image"].contiguous(memory_format=layout), data["target"]
        net = networks.build(name).to(memory_format=layout)
        optimizer = torch.optim.SGD(net.parameters(), lr=1e-3, momentum=0.9)

        def predict():
            with torch.inference_mode(), cast():
                return net(image).float().flatten()

        def step():
            optimizer.zero_grad(set_to_none=True)
            with cast():
                loss = F.cross_entropy(net(image).float(), target)
            loss.backward()
            optimizer.step()
            return loss.item()

        line = {"who": options.who, "model": name, "precision": options.precision, "images": options.batch}
        net.eval()
        scores, times = timed(options.steps, predict)
        sample = scores[torch.arange(SAMPLES) * len(scores) // SAMPLES].tolist()
        print(json.dumps({**line, "what": "evaluation", "values": sample, **times}), flush=True)
        if options.precision == "bfloat16":
            net = networks.build(name, clamp=True).to(memory_format=layout)
            optimizer = torch.optim.SGD(net.parameters(), lr=1e-3, momentum=0.9)
        net.train()
        loss, times = timed(options.steps, step)
        print(json.dumps({**line, "what": "training", "values": [loss], **times}), flush=True)


if __name__ == "__main__":
    main()
