"""Kanezaki 2018 ("Unsupervised image segmentation by backpropagation", ICASSP), rendered plainly in float32 PyTorch.

The peer of `bench/masks/run.sh`: 100 channels, two 3x3 layers and a 1x1 layer, each convolution -> ReLU -> batch norm
(the last without ReLU), SLIC with 10,000 segments, the majority of every superpixel in a Python loop, SGD at 0.1 with
momentum 0.9, until at most --labels labels are some pixel's best. --tuned lays tensors out channels-last and counts the
votes in one histogram; run it under jemalloc. Prints one JSON line.
"""
import argparse
import json
import time

import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F
from skimage import io
from skimage.segmentation import slic


class Network(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.first = nn.Conv2d(3, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        self.last = nn.Conv2d(channels, channels, 1)
        self.norms = nn.ModuleList(nn.BatchNorm2d(channels) for _ in range(3))

    def forward(self, x):
        x = self.norms[0](F.relu(self.first(x)))
        x = self.norms[1](F.relu(self.second(x)))
        return self.norms[2](self.last(x))


def vote_in_a_loop(groups, labels):
    target = labels.copy()
    for group in groups:
        values, counts = np.unique(labels[group], return_counts=True)
        target[group] = values[np.argmax(counts)]
    return target


def vote_in_one_histogram(superpixels, count, labels, channels):
    histogram = np.bincount(superpixels * channels + labels, minlength=count * channels).reshape(count, channels)
    return histogram.argmax(1)[superpixels]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("image")
    parser.add_argument("--labels", type=int, default=7)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--segments", type=int, default=None, help="10,000 at 768x768, in proportion to the area")
    parser.add_argument("--tuned", action="store_true")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--out", help="write the label map here (.npy)")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    channels = 100

    image = io.imread(options.image)[:, :, :3]
    height, width = image.shape[:2]
    start = time.perf_counter()
    segments = options.segments or round(10_000 * height * width / 768**2)
    superpixels = slic(image, n_segments=segments, compactness=100, start_label=0).reshape(-1)
    count = int(superpixels.max()) + 1
    order = np.argsort(superpixels, kind="stable")
    groups = np.split(order, np.cumsum(np.bincount(superpixels, minlength=count))[:-1])

    data = torch.from_numpy(image.transpose(2, 0, 1).astype(np.float32) / 255)[None].to(options.device)
    network = Network(channels).train().to(options.device)
    if options.tuned:
        data = data.to(memory_format=torch.channels_last)
        network = network.to(memory_format=torch.channels_last)
    sgd = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    stepping = time.perf_counter()
    for step in range(1, options.steps + 1):
        sgd.zero_grad()
        scores = network(data)[0].permute(1, 2, 0).reshape(-1, channels)
        labels = scores.argmax(1).cpu().numpy()
        left = len(np.unique(labels))
        if options.tuned:
            target = vote_in_one_histogram(superpixels, count, labels, channels)
            if left <= options.labels:
                break
        else:
            target = vote_in_a_loop([g for g in groups if len(g)], labels)
        F.cross_entropy(scores, torch.from_numpy(target).to(options.device)).backward()
        sgd.step()
        if left <= options.labels:
            break
    end = time.perf_counter()
    if options.out:
        np.save(options.out, target.reshape(height, width).astype(np.uint8))
    print(json.dumps({
        "side": f"{width}x{height}", "what": "tuned" if options.tuned else "as published", "seed": options.seed,
        "labels": left, "steps": step, "seconds": round(end - start, 3),
        "seconds_per_step": round((end - stepping) / step, 4)}))


if __name__ == "__main__":
    main()
