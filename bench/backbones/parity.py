"""Compares what `Coverslip.Bench backbones-parity` wrote with PyTorch in float64, a row of a table per network; exit code 1
where anything is off by more than its limit.

    parity.py FOLDER --head                     the table's head
    parity.py FOLDER --model NETWORK --write    weights and images go to FOLDER/NETWORK.pth
    parity.py FOLDER --model NETWORK            compares with FOLDER/NETWORK.safetensors
"""
import argparse
import json
import os
import struct
import sys

import numpy as np
import torch
import torch.nn.functional as F

import networks

# What is off is the norm of the difference over the norm, of a whole tensor. Evaluation, folded evaluation, and last, for it
# moves the running statistics, training.
LIMITS = {"eval": 1e-4, "folded-float32": 1e-4, "folded-bfloat16": None, "train": 1e-4}
HEAD = ["evaluation", "folded", "folded bfloat16, scores (PyTorch's autocast)", "training (PyTorch's float32)"]
# With these weights the images differ little and small errors grow; bfloat16 is judged by PyTorch's own, autocast. In training
# PyTorch's float32 is shown beside ours, and changes no limit.
TIMES_AUTOCAST = 2
# A stage of ours that ends with the activation behind PyTorch's module of that name, and one that goes by its last part.
AFTER = {"features": F.relu, "bn1": F.relu6}
MODULES = {"conv0": "conv0.bn"}


def read(path):
    with open(path, "rb") as file:
        header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
        data = file.read()
    header.pop("__metadata__", None)
    return {name: torch.from_numpy(np.frombuffer(data[slice(*entry["data_offsets"])], "<f4").reshape(entry["shape"]).copy())
            for name, entry in header.items()}


def run(net, image, stages):
    seen, hooks, modules = {}, [], dict(net.named_modules())
    for stage in stages:
        module, after = modules.get(MODULES.get(stage, stage)), AFTER.get(stage, lambda x: x)
        if module is not None:
            hooks.append(module.register_forward_hook(
                lambda module, inputs, output, stage=stage, after=after: seen.setdefault(stage, after(output.clone()))))
    with torch.no_grad():
        seen["scores"] = net(image)
    for hook in hooks:
        hook.remove()
    return seen


def distances(values, wanted):
    return {name: ((values[name].double() - value).norm() / value.norm()).item()
            for name, value in wanted.items() if name in values}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--head", action="store_true")
    parser.add_argument("--model")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--side", type=int, default=128)
    options = parser.parse_args()
    if options.head:
        print("| Network | stages compared | " + " | ".join(HEAD) + " |\n" + "|---" * 6 + "|")
        return
    path = os.path.join(options.folder, options.model)
    if options.write:
        networks.write(options.model, options.batch, options.side, f"{path}.pth")
        return
    ours = read(f"{path}.safetensors")
    net, image = networks.build(options.model).double(), networks.batch(options.batch, options.side)["image"].double()
    cells, count, failed = [], 0, False
    for mode, limit in LIMITS.items():
        net.train(mode == "train")
        values = {name.split("/", 1)[1]: value for name, value in ours.items() if name.startswith(f"{mode}/")}
        wanted = run(net, image, values)
        off = distances(values, wanted)
        if limit is None or mode == "train":
            single = networks.build(options.model).train(mode == "train")
            with torch.autocast("cpu", torch.bfloat16, enabled=limit is None):
                peer = distances(run(single, image.float(), values), wanted)
            limits = {name: limit or TIMES_AUTOCAST * peer[name] for name in off}
            shown = "scores" if limit is None else max(off, key=off.get)
            cells.append(f"{off[shown]:.1e} ({peer[shown]:.1e})")
        else:
            limits = dict.fromkeys(off, limit)
            cells.append(f"{max(off.values()):.1e}")
        count = max(count, len(off))
        for name in off:
            if not off[name] <= limits[name]:
                print(f"{options.model}, {mode}: {name} is off by {off[name]:.2g}, not {limits[name]:.2g}", file=sys.stderr)
                failed = True
    print(f"| {options.model} | {count} | " + " | ".join(cells) + " |", flush=True)
    sys.exit(failed)


if __name__ == "__main__":
    main()
