"""Writes bags.safetensors: networks over bags, rendered plainly in PyTorch, with scores, attention, losses and gradients.

    /usr/bin/python3 tests/Methods/Bags/golden/bags.py

Attention after Ilse et al. 2018 (eq. 8 and 9), CLAM after Lu et al. 2021 and its models/model_clam.py, TransMIL after Shao et
al. 2021, its models/TransMIL.py and the package nystrom-attention 0.0.11. Weights are those of the formula that the backbones'
tests draw (tests/Learning/Backbones/golden/drawn.py). Tensors of a case:
    <case>/scores, <case>/attention   of a bag of 23 instances of 20 numbers
    <case>/loss                       cross-entropy; of CLAM 0.7 of it and 0.3 of the instances' loss
    <case>/gradient/<parameter>       of that loss
Computed in double precision. The file in the repository was made with PyTorch 1.13 of Debian 12.
"""
import math
import os
import sys

import torch
import torch.nn.functional as F
from torch import nn

sys.path.append(os.path.join(os.path.dirname(__file__), "..", "..", "..", "Learning", "Backbones", "golden"))
from drawn import fill  # noqa: E402
from kept import FILE, images, keep, write  # noqa: E402

COUNT, NUMBERS, CLASSES, HIDDEN, LABEL, SAMPLED = 23, 20, 3, 16, 1, 4


class Attention(nn.Module):
    """z = sum of a_k h_k, a = softmax(w tanh(V h)), with a gate w (tanh(V h) * sigmoid(U h))."""

    def __init__(self, gated):
        super().__init__()
        self.embedding = nn.Sequential(nn.Linear(NUMBERS, HIDDEN), nn.ReLU())
        self.attention_V = nn.Sequential(nn.Linear(HIDDEN, HIDDEN // 2), nn.Tanh())
        if gated:
            self.attention_U = nn.Sequential(nn.Linear(HIDDEN, HIDDEN // 2), nn.Sigmoid())
        self.gated = gated
        self.attention_w = nn.Linear(HIDDEN // 2, 1)
        self.classifier = nn.Sequential(nn.Linear(HIDDEN, CLASSES))

    def forward(self, x):
        h = self.embedding(x)
        seen = self.attention_V(h)
        if self.gated:
            seen = seen * self.attention_U(h)
        a = torch.exp(self.attention_w(seen)[:, 0])
        a = a / a.sum()
        z = sum(a[k] * h[k] for k in range(len(h)))
        return self.classifier(z)[None], a[None], h


class Clam(nn.Module):
    def __init__(self, branches):
        super().__init__()
        gated = nn.Module()
        gated.attention_a = nn.Sequential(nn.Linear(HIDDEN, HIDDEN // 2), nn.Tanh())
        gated.attention_b = nn.Sequential(nn.Linear(HIDDEN, HIDDEN // 2), nn.Sigmoid())
        gated.attention_c = nn.Linear(HIDDEN // 2, branches)
        self.attention_net = nn.Sequential(nn.Linear(NUMBERS, HIDDEN), nn.ReLU(), nn.Dropout(0), gated)
        if branches == 1:
            self.classifiers = nn.Linear(HIDDEN, CLASSES)
        else:
            self.classifiers = nn.ModuleList([nn.Linear(HIDDEN, 1) for _ in range(CLASSES)])
        self.instance_classifiers = nn.ModuleList([nn.Linear(HIDDEN, 2) for _ in range(CLASSES)])
        self.branches = branches

    def forward(self, x):
        h = self.attention_net[1](self.attention_net[0](x))
        gated = self.attention_net[3]
        a = F.softmax(gated.attention_c(gated.attention_a(h) * gated.attention_b(h)).T, dim=1)
        m = a @ h
        if self.branches == 1:
            return self.classifiers(m), a, h
        return torch.stack([self.classifiers[c](m[c])[0] for c in range(CLASSES)])[None], a, h

    def instance_loss(self, a, h):
        """Subtyping: classes exclude each other."""
        total = 0
        for c in range(CLASSES):
            branch = a[c if self.branches > 1 else 0]
            top = h[torch.topk(branch, SAMPLED)[1]]
            if c == LABEL:
                low = h[torch.topk(-branch, SAMPLED)[1]]
                given, target = torch.cat([top, low]), [1] * SAMPLED + [0] * SAMPLED
            else:
                given, target = top, [0] * SAMPLED
            total = total + smooth_top1(self.instance_classifiers[c](given), target)
        return total / CLASSES


def smooth_top1(scores, target):
    """Berrada et al. 2018: tau log sum_j exp((alpha [j != y] + s_j - s_y) / tau), tau = alpha = 1."""
    losses = []
    for row, y in zip(scores, target):
        losses.append(torch.log(sum(torch.exp((j != y) + row[j] - row[y]) for j in range(2))))
    return torch.stack(losses).mean()


class Nystrom(nn.Module):
    def __init__(self, dim):
        super().__init__()
        self.heads, self.landmarks = 8, dim // 2
        self.to_qkv = nn.Linear(dim, 3 * dim, bias=False)
        self.to_out = nn.Sequential(nn.Linear(dim, dim))
        self.res_conv = nn.Conv2d(8, 8, (33, 1), padding=(16, 0), groups=8, bias=False)

    def forward(self, x):
        n, dim = x.shape
        pad = (self.landmarks - n % self.landmarks) % self.landmarks
        x = F.pad(x, (0, 0, pad, 0))
        total, side = len(x), dim // self.heads
        length = total // self.landmarks
        q, k, v = self.to_qkv(x).chunk(3, dim=-1)
        outputs, first = [], 0
        parts = [[t[:, h * side : (h + 1) * side] for t in (q, k, v)] for h in range(self.heads)]
        parts = [(a * side**-0.5, b, c) for a, b, c in parts]
        few = [
            (a.reshape(self.landmarks, length, side).sum(1) / length, b.reshape(self.landmarks, length, side).sum(1) / length)
            for a, b, _ in parts
        ]
        among = torch.stack([torch.softmax(a @ b.T, dim=-1) for a, b in few])
        inverse = pinv(among)
        residual = self.res_conv(torch.stack([c for _, _, c in parts])[None])[0]
        for h, (a, b, c) in enumerate(parts):
            to_few = torch.softmax(a @ few[h][1].T, dim=-1)
            from_few = torch.softmax(few[h][0] @ b.T, dim=-1)
            outputs.append(to_few @ inverse[h] @ (from_few @ c) + residual[h])
            first = first + (to_few @ inverse[h] @ from_few)[pad] / self.heads
        return self.to_out(torch.cat(outputs, dim=-1))[-n:], first[-n:]


def pinv(x):
    z = x.transpose(1, 2) / (x.abs().sum(-1).max() * x.abs().sum(-2).max())
    one = torch.eye(x.shape[-1])[None]
    for _ in range(6):
        xz = x @ z
        z = 0.25 * z @ (13 * one - xz @ (15 * one - xz @ (7 * one - xz)))
    return z


class TransMil(nn.Module):
    def __init__(self):
        super().__init__()
        self._fc1 = nn.Sequential(nn.Linear(NUMBERS, HIDDEN), nn.ReLU())
        self.cls_token = nn.Parameter(torch.zeros(1, 1, HIDDEN))
        for name in ("layer1", "layer2"):
            layer = nn.Module()
            layer.norm, layer.attn = nn.LayerNorm(HIDDEN), Nystrom(HIDDEN)
            self.add_module(name, layer)
        self.pos_layer = nn.Module()
        for name, side in (("proj", 7), ("proj1", 5), ("proj2", 3)):
            self.pos_layer.add_module(name, nn.Conv2d(HIDDEN, HIDDEN, side, 1, side // 2, groups=HIDDEN))
        self.norm = nn.LayerNorm(HIDDEN)
        self._fc2 = nn.Linear(HIDDEN, CLASSES)

    def forward(self, x):
        h = self._fc1(x)
        side = math.ceil(math.sqrt(len(h)))
        h = torch.cat([self.cls_token[0], h, h[: side * side - len(h)]])
        h = h + self.layer1.attn(self.layer1.norm(h))[0]
        cells = h[1:].T.reshape(1, HIDDEN, side, side)
        p = self.pos_layer
        placed = p.proj(cells) + cells + p.proj1(cells) + p.proj2(cells)
        h = torch.cat([h[:1], placed[0].flatten(1).T])
        more, first = self.layer2.attn(self.layer2.norm(h))
        h = h + more
        weights = first[1 : len(x) + 1].clamp(min=0)
        return self._fc2(self.norm(h)[:1]), (weights / weights.sum())[None], None


def main():
    torch.set_default_dtype(torch.float64)
    x = images((COUNT, NUMBERS))
    cases = {
        "attention": Attention(False),
        "gated-attention": Attention(True),
        "clam-sb": Clam(1),
        "clam-mb": Clam(CLASSES),
        "transmil": TransMil(),
    }
    for name, net in cases.items():
        fill(net)
        scores, attention, h = net(x)
        loss = F.cross_entropy(scores, torch.tensor([LABEL]))
        if isinstance(net, Clam):
            loss = 0.7 * loss + 0.3 * net.instance_loss(attention, h)
        loss.backward()
        keep(f"{name}/scores", scores)
        keep(f"{name}/attention", attention)
        keep(f"{name}/loss", loss[None])
        for key, value in net.named_parameters():
            if value.grad is not None:
                keep(f"{name}/gradient/{key}", value.grad)
    write(os.path.join(os.path.dirname(__file__), "bags.safetensors"))
    print(len(FILE))


main()
