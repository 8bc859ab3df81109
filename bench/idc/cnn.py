"""The plain eight-layer CNN that SagaNet is held against on IDC, in PyTorch: 32-64-128-256 channels in pairs, batch norm,
AdamW in one cycle, flips and rotations and colour jitter, four flips averaged when predicting. The folds are those of a
split file of Coverslip's, so that both are judged on the same patients; predictions go to a CSV that
`coverslip evaluate classification` reads.

    python3 bench/idc/cnn.py COHORT.csv SPLIT.json OUT.csv [--epochs 20] [--threads 2] [--fold K] [--precision bfloat16]
"""
import argparse
import csv
import json
import os
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from PIL import Image


def network():
    layers, inside = [], 3
    for width in (32, 64, 128, 256):
        for _ in range(2):
            layers += [nn.Conv2d(inside, width, 3, padding=1, bias=False), nn.BatchNorm2d(width), nn.ReLU(inplace=True)]
            inside = width
        layers.append(nn.MaxPool2d(2) if width < 256 else nn.AdaptiveAvgPool2d(1))
    return nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.3), nn.Linear(256, 2)).to(memory_format=torch.channels_last)


def augment(x, generator):
    """Flips, quarter turns, brightness, contrast and saturation, drawn for each image."""
    n = x.shape[0]
    draw = lambda low, high: torch.empty(n, 1, 1, 1).uniform_(low, high, generator=generator)
    flips = torch.randint(0, 8, (n,), generator=generator)
    for k in range(8):
        chosen = flips == k
        if chosen.any():
            part = torch.rot90(x[chosen], k % 4, (2, 3))
            x[chosen] = part.flip(3) if k >= 4 else part
    x = x * draw(0.85, 1.15)
    mean = x.mean((1, 2, 3), keepdim=True)
    x = (x - mean) * draw(0.85, 1.15) + mean
    grey = x.mean(1, keepdim=True)
    return ((x - grey) * draw(0.85, 1.15) + grey).clamp(0, 1)


def train(model, images, labels, epochs, seed, precision):
    generator = torch.Generator().manual_seed(seed)
    steps = epochs * (len(images) // 64)
    optimizer = torch.optim.AdamW(model.parameters(), 1e-3, weight_decay=0.05)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 3e-3, steps)
    model.train()
    for _ in range(epochs):
        order = torch.randperm(len(images), generator=generator)
        for i in range(len(images) // 64):
            chosen = order[64 * i:64 * (i + 1)]
            x = augment(images[chosen].float() / 255, generator).to(memory_format=torch.channels_last)
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bfloat16"):
                scores = model((x - 0.5) / 0.25)
            loss = F.cross_entropy(scores.float(), labels[chosen])
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
            schedule.step()


@torch.no_grad()
def predict(model, images):
    model.eval()
    rows = []
    for part in images.split(256):
        x = ((part.float() / 255 - 0.5) / 0.25).to(memory_format=torch.channels_last)
        rows.append(sum(model(v).softmax(1) for v in (x, x.flip(2), x.flip(3), x.flip(2, 3))) / 4)
    return torch.cat(rows).numpy()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("cohort")
    parser.add_argument("split")
    parser.add_argument("out")
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--fold", type=int)
    parser.add_argument("--precision", default="float32", choices=["float32", "bfloat16"], help="of training")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    rows = list(csv.DictReader(open(arguments.cohort)))
    folder = os.path.dirname(arguments.cohort)
    classes = sorted({r["label"] for r in rows})
    pixels = np.stack([np.asarray(Image.open(os.path.join(folder, r["image"])).convert("RGB").resize((50, 50))) for r in rows])
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2)
    labels = torch.tensor([classes.index(r["label"]) for r in rows])
    parts = json.load(open(arguments.split))["parts"]
    out = []
    for number, part in enumerate(parts, 1):
        if arguments.fold and number != arguments.fold:
            continue
        patients = set(part["train"])
        learn = [i for i, r in enumerate(rows) if r["patient"] in patients]
        test = [i for i, r in enumerate(rows) if r["patient"] in set(part["test"])]
        torch.manual_seed(number)
        model, start, used = network(), time.time(), time.process_time()
        train(model, images[learn], labels[learn], arguments.epochs, number, arguments.precision)
        print(f"fold {number}: {len(learn)} images, {time.time() - start:.1f} s of training, {time.process_time() - used:.1f} s of processor time", flush=True)
        for i, p in zip(test, predict(model, images[test])):
            out.append([rows[i]["image"], rows[i]["patient"], rows[i]["label"], classes[int(p.argmax())], *map(float, p)])
    with open(arguments.out, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["image", "patient", "label", "predicted"] + [f"p_{c}" for c in classes])
        writer.writerows(out)


if __name__ == "__main__":
    main()
