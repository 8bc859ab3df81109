"""SagaNet in plain PyTorch, operator by operator what src/Methods/SagaNet computes with its default options (batch norm,
gates, decoder, length-aware hinge loss, masked reconstruction), with the same parameter names: `steps.sh` loads one set of
weights into both and compares the first loss.
"""
import math

import torch
import torch.nn as nn
import torch.nn.functional as F

STEM, GROWTH, BLOCKS, KINDS, FEATURE, CLASS, CLASSES = 64, 32, (1, 1, 2, 2), 8, 8, 16, 2


class GatedConvolution(nn.Module):
    def __init__(self, inside, outside, kernel, gated=True, stride=1):
        super().__init__()
        self.gated, filters = gated, 2 * outside if gated else outside
        self.conv = nn.Conv2d(inside, filters, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(filters)

    def forward(self, x):
        x = self.norm(self.conv(x))
        if not self.gated:
            return F.elu(x)
        feature, gate = x.chunk(2, 1)
        return torch.sigmoid(gate) * F.elu(feature)


class DenseBlock(nn.ModuleList):
    def __init__(self, inside, count):
        super().__init__(GatedConvolution(inside + i * GROWTH, GROWTH, 3) for i in range(count))

    def forward(self, x):
        for block in self:
            x = torch.cat([x, block(x)], 1)
        return x


class ClassFeatures(nn.Module):
    def __init__(self, inside, height, width):
        super().__init__()
        self.u = GatedConvolution(inside, KINDS * FEATURE, 1)
        terms = KINDS * FEATURE * height * width
        self.weight = nn.Parameter(torch.randn(CLASSES * CLASS, terms) * 0.5 / math.sqrt(CLASS * terms * 0.15))

    def forward(self, x):
        return F.linear(self.u(x).flatten(1), self.weight).reshape(-1, CLASSES, CLASS)


class Decoder(nn.ModuleDict):
    def __init__(self, inside, skips):
        super().__init__()
        for i in reversed(range(len(skips))):
            outside = max(skips[i] // 2, GROWTH)
            self[str(i)] = GatedConvolution(inside + skips[i], outside, 1, gated=False)
            inside = outside
        self["image"] = nn.Conv2d(inside, 3, 1)

    def forward(self, x, skips, size):
        for i in reversed(range(len(skips))):
            x = F.interpolate(x, size=skips[i].shape[2:])
            x = self[str(i)](torch.cat([x, skips[i]], 1))
        return F.interpolate(self["image"](x), size=size)


class SagaNet(nn.Module):
    def __init__(self, side):
        super().__init__()
        self.stem = GatedConvolution(3, STEM, 3, stride=2)
        self.blocks, self.transitions, channels, side = nn.ModuleList(), nn.ModuleList(), STEM, (side + 1) // 2
        skips = []
        for count in BLOCKS:
            self.blocks.append(DenseBlock(channels, count))
            channels += count * GROWTH
            skips.append(channels)
            self.transitions.append(GatedConvolution(channels, channels, 1, gated=False))
            side //= 2
        self.classes = ClassFeatures(channels, side, side)
        self.decoder = Decoder(channels, skips)

    def forward(self, image, reconstruct=True):
        x, skips = self.stem(image), []
        for block, transition in zip(self.blocks, self.transitions):
            x = block(x)
            skips.append(x)
            x = F.avg_pool2d(transition(x), 2)
        features = self.classes(x)
        return features, self.decoder(x, skips, image.shape[2:]) if reconstruct else None


def probabilities(features):
    squares = features.float().square().sum(2) + 1e-12
    return squares / squares.sum(1, keepdim=True)


def loss_of(model, image, mask, target):
    features, output = model(image * mask)
    lengths = (features.float().square().sum(2) + 1e-12).sqrt()
    present = F.one_hot(target, CLASSES).float()
    hinge = present * F.relu(0.9 - lengths).square() + 0.5 * (1 - present) * F.relu(lengths - 0.1).square()
    squares = (output.float() - image).square() * mask
    return hinge.sum(1).mean() + squares.sum() / (mask.sum().clamp(1) * 3)
