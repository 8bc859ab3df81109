"""Writes maploss.json: what PyTorch makes of the losses of maps, and their gradients, in double precision.

    /usr/bin/python3 tests/Methods/MultiStage/golden/maploss.py

Distances are searched cell by cell. Made with PyTorch 1.13 of Debian 12.
"""
import json
import math
import os

import torch
from scipy import ndimage
from torch.nn import functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
# t tumor, n normal, . without a label: two spots and a gap; nothing but normal.
MAPS = [["nnnnn.", "ntnnn.", "nnnntt", "n.nntt"], ["nnnnnn", "n..nnn", "nnnnnn", "nnnnnn"]]
labels = torch.tensor([[["n.t".index(c) for c in row] for row in m] for m in MAPS])
labels = torch.where(labels == 1, torch.tensor(-1), labels // 2)
count, height, width = labels.shape
torch.manual_seed(3)
scores = torch.randn(count, 2, height, width).double()


def distances(of):
    tumor = [(y, x) for y in range(height) for x in range(width) if of[y, x] == 1]
    rest = [(y, x) for y in range(height) for x in range(width) if of[y, x] != 1]
    if not tumor or not rest:
        return torch.zeros(height, width).double()

    def nearest(y, x, cells):
        return min(math.dist((y, x), c) for c in cells)

    return torch.tensor(
        [
            [0.5 - nearest(y, x, rest) if (y, x) in tumor else nearest(y, x, tumor) - 0.5 for x in range(width)]
            for y in range(height)
        ]
    ).double()


phi = torch.stack([distances(m) for m in labels])


def sizes():
    """Cells of the lesion that a cell of tumor belongs to, and the mean over lesions."""
    own, all = torch.ones(count, height, width).double(), []
    for i, m in enumerate(labels):
        found, n = ndimage.label((m == 1).numpy(), structure=[[1, 1, 1]] * 3)
        for lesion in range(1, n + 1):
            own[i][torch.from_numpy(found == lesion)] = int((found == lesion).sum())
            all.append(int((found == lesion).sum()))
    return own, sum(all) / len(all)


own, mean = sizes()


def loss(of, kind, gamma=2.0, boundary=0.01, tumor=1.0, balance=0.0):
    if kind == "focal" or balance > 0:
        p = of.softmax(1)
        known = labels >= 0
        true = p.gather(1, labels.clamp(min=0).unsqueeze(1)).squeeze(1)[known]
        weights = torch.where(labels == 1, tumor * (mean / own) ** balance, 1.0)[known]
        entropy = (weights * (1 - true) ** (gamma if kind == "focal" else 0) * -true.log()).sum() / weights.sum()
    else:
        entropy = F.cross_entropy(of, labels, torch.tensor([1.0, tumor]).double(), ignore_index=-1)
    if kind == "focal":
        return entropy
    if kind == "cross-entropy":
        return entropy
    return entropy + boundary * (of.softmax(1)[:, 1] * phi)[labels >= 0].mean()


cases = []
for how in [
    dict(kind="cross-entropy"),
    dict(kind="cross-entropy", tumor=3.0),
    dict(kind="focal"),
    dict(kind="focal", gamma=0.5, tumor=3.0),
    dict(kind="boundary"),
    dict(kind="boundary", boundary=0.5, tumor=3.0),
    dict(kind="cross-entropy", balance=1.0),
    dict(kind="focal", balance=0.5, tumor=3.0),
]:
    at = scores.clone().requires_grad_()
    value = loss(at, **how)
    value.backward()
    cases.append(
        dict(gamma=2.0, boundary=0.01, tumor=1.0, balance=0.0) | how | dict(loss=value.item(), gradient=at.grad.flatten().tolist())
    )
with open(os.path.join(HERE, "maploss.json"), "w") as file:
    json.dump(
        dict(
            shape=[count, height, width],
            labels=labels.flatten().tolist(),
            scores=scores.flatten().tolist(),
            distances=phi.flatten().tolist(),
            cases=cases,
        ),
        file,
    )
    file.write("\n")
