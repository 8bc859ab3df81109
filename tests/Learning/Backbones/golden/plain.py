"""Xception, MobileNet and NASNet-A, which torchvision lacks, written plainly in PyTorch after their papers.

Modules are named as in timm (NASNet-A Mobile: as in Cadene's pretrained-models), so that a state dictionary has their
keys. Windows of NASNet are placed as TensorFlow's SAME padding says, by its formula.
"""
import math

import torch
import torch.nn.functional as F
from torch import nn


def separable(input, output, names, **options):
    """A filter of its own for every channel, then a 1x1 convolution."""
    module = nn.Module()
    module.add_module(names[0], nn.Conv2d(input, input, groups=input, bias=False, **options))
    module.add_module(names[1], nn.Conv2d(input, output, 1, bias=False))
    module.forward = lambda x: getattr(module, names[1])(getattr(module, names[0])(x))
    return module


def xception_separable(input, output):
    return separable(input, output, ("conv1", "pointwise"), kernel_size=3, padding=1)


class XceptionBlock(nn.Module):
    def __init__(self, widths, first_relu):
        super().__init__()
        parts = []
        for input, output in zip(widths, widths[1:]):
            parts += [nn.ReLU(), xception_separable(input, output), nn.BatchNorm2d(output)]
        self.rep = nn.Sequential(*(parts if first_relu else parts[1:]))
        self.halves = widths[0] != widths[-1]
        if self.halves:
            self.skip = nn.Conv2d(widths[0], widths[-1], 1, stride=2, bias=False)
            self.skipbn = nn.BatchNorm2d(widths[-1])

    def forward(self, x):
        y = self.rep(x)
        if not self.halves:
            return y + x
        return F.max_pool2d(y, 3, 2, 1) + self.skipbn(self.skip(x))


class Xception(nn.Module):
    """Chollet 2017, figure 5: entry flow, middle flow of eight blocks, exit flow."""

    def __init__(self, classes=1000):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 32, 3, 2, bias=False), nn.BatchNorm2d(32)
        self.conv2, self.bn2 = nn.Conv2d(32, 64, 3, bias=False), nn.BatchNorm2d(64)
        widths = [[64, 128, 128], [128, 256, 256], [256, 728, 728]] + [[728] * 4] * 8 + [[728, 728, 1024]]
        self.count = len(widths)
        for i, row in enumerate(widths):
            self.add_module(f"block{i + 1}", XceptionBlock(row, first_relu=i > 0))
        self.conv3, self.bn3 = xception_separable(1024, 1536), nn.BatchNorm2d(1536)
        self.conv4, self.bn4 = xception_separable(1536, 2048), nn.BatchNorm2d(2048)
        self.act3, self.act4 = nn.ReLU(), nn.ReLU()
        self.fc = nn.Linear(2048, classes)

    def forward(self, x):
        x = F.relu(self.bn1(self.conv1(x)))
        x = F.relu(self.bn2(self.conv2(x)))
        for i in range(self.count):
            x = getattr(self, f"block{i + 1}")(x)
        x = self.act3(self.bn3(self.conv3(x)))
        x = self.act4(self.bn4(self.conv4(x)))
        return self.fc(x.mean((2, 3)))


class MobileNetBlock(nn.Module):
    def __init__(self, input, output, stride):
        super().__init__()
        self.conv_dw, self.bn1 = nn.Conv2d(input, input, 3, stride, 1, groups=input, bias=False), nn.BatchNorm2d(input)
        self.conv_pw, self.bn2 = nn.Conv2d(input, output, 1, bias=False), nn.BatchNorm2d(output)

    def forward(self, x):
        return F.relu6(self.bn2(self.conv_pw(F.relu6(self.bn1(self.conv_dw(x))))))


class MobileNet(nn.Module):
    """Howard et al. 2017, table 1; `width` is the paper's alpha. Its widths 1, 0.75, 0.5, 0.25 need no rounding."""

    def __init__(self, width=1.0, classes=1000):
        super().__init__()
        channels = int(32 * width)
        self.conv_stem, self.bn1 = nn.Conv2d(3, channels, 3, 2, 1, bias=False), nn.BatchNorm2d(channels)
        self.blocks = nn.ModuleList()
        for row, count in [(64, 1), (128, 2), (256, 2), (512, 6), (1024, 2)]:
            self.blocks.append(nn.ModuleList())
            for output, stride in [(row, 1 if row == 64 else 2)] + [(row, 1)] * (count - 1):
                self.blocks[-1].append(MobileNetBlock(channels, int(output * width), stride))
                channels = int(output * width)
        self.classifier = nn.Linear(channels, classes)

    def forward(self, x):
        x = F.relu6(self.bn1(self.conv_stem(x)))
        for row in self.blocks:
            for block in row:
                x = block(x)
        return self.classifier(x.mean((2, 3)))


def same(x, kernel, stride, value=0.0):
    """TensorFlow's SAME: ceil(n / stride) windows; what they reach beyond the map is shared, the odd cell is last."""
    pads = []
    for n in (x.shape[3], x.shape[2]):
        beyond = max((math.ceil(n / stride) - 1) * stride + kernel - n, 0)
        pads += [beyond // 2, beyond - beyond // 2]
    return F.pad(x, pads, value=value)


def mean_same(x, stride):
    """The mean over 3x3 cells counts those inside the map only, so sums are divided by how many there are."""
    ones = torch.ones_like(x[:1, :1])
    total, count = (F.avg_pool2d(same(t, 3, stride), 3, stride) for t in (x, ones))
    return total / count


def max_same(x):
    return F.max_pool2d(same(x, 3, 2, -math.inf), 3, 2)


class Branch(nn.Module):
    """ReLU, separable convolution, batch norm, twice; the first has the stride."""

    def __init__(self, input, output, kernel, stride):
        super().__init__()
        names = ("depthwise_conv2d", "pointwise_conv2d")
        self.kernel, self.stride = kernel, stride
        self.separable_1 = separable(input, output, names, kernel_size=kernel, stride=stride)
        self.bn_sep_1 = nn.BatchNorm2d(output, eps=1e-3)
        self.separable_2 = separable(output, output, names, kernel_size=kernel)
        self.bn_sep_2 = nn.BatchNorm2d(output, eps=1e-3)

    def forward(self, x):
        x = self.bn_sep_1(self.separable_1(same(F.relu(x), self.kernel, self.stride)))
        return self.bn_sep_2(self.separable_2(same(F.relu(x), self.kernel, 1)))


class Squeeze(nn.Module):
    def __init__(self, input, output):
        super().__init__()
        self.conv, self.bn = nn.Conv2d(input, output, 1, bias=False), nn.BatchNorm2d(output, eps=1e-3)

    def forward(self, x):
        return self.bn(self.conv(F.relu(x)))


class Cell(nn.Module):
    """What normal and reduction cells share: h squeezed to the cell's filters, p brought to h's size and filters."""

    def __init__(self, p, h, filters, halve_p, keep_p):
        super().__init__()
        self.halve_p, self.keep_p = halve_p, keep_p
        self.conv_1x1 = Squeeze(h, filters)
        if halve_p:
            for path in ("path_1", "path_2"):
                self.add_module(path, nn.Module())
                getattr(self, path).conv = nn.Conv2d(p, filters // 2, 1, bias=False)
            self.final_path_bn = nn.BatchNorm2d(filters, eps=1e-3)
        elif not keep_p:
            self.conv_prev_1x1 = Squeeze(p, filters)

    def inputs(self, h, p):
        h = self.conv_1x1(h)
        if self.halve_p:
            p = F.relu(p)
            moved = F.pad(p, (0, 1, 0, 1))[:, :, 1:, 1:]
            halves = [self.path_1.conv(p[:, :, ::2, ::2]), self.path_2.conv(moved[:, :, ::2, ::2])]
            p = self.final_path_bn(torch.cat(halves, 1))
        elif not self.keep_p:
            p = self.conv_prev_1x1(p)
        return h, p


class NormalCell(Cell):
    def __init__(self, p, h, filters, halve_p=False):
        super().__init__(p, h, filters, halve_p, False)
        for name, kernel in [("0_left", 5), ("0_right", 3), ("1_left", 5), ("1_right", 3), ("4_left", 3)]:
            self.add_module(f"comb_iter_{name}", Branch(filters, filters, kernel, 1))

    def forward(self, h, p):
        h, p = self.inputs(h, p)
        return torch.cat([
            p,
            self.comb_iter_0_left(h) + self.comb_iter_0_right(p),
            self.comb_iter_1_left(p) + self.comb_iter_1_right(p),
            mean_same(h, 1) + p,
            mean_same(p, 1) + mean_same(p, 1),
            self.comb_iter_4_left(h) + h,
        ], 1)


class ReductionCell(Cell):
    def __init__(self, p, h, filters, halve_p=False, keep_p=False):
        super().__init__(p, h, filters, halve_p, keep_p)
        right = p if keep_p else filters
        self.comb_iter_0_left = Branch(filters, filters, 5, 2)
        self.comb_iter_0_right = Branch(right, filters, 7, 2)
        self.comb_iter_1_right = Branch(right, filters, 7, 2)
        self.comb_iter_2_right = Branch(right, filters, 5, 2)
        self.comb_iter_4_left = Branch(filters, filters, 3, 1)

    def forward(self, h, p):
        h, p = self.inputs(h, p)
        zero = self.comb_iter_0_left(h) + self.comb_iter_0_right(p)
        one = max_same(h) + self.comb_iter_1_right(p)
        two = mean_same(h, 2) + self.comb_iter_2_right(p)
        three = mean_same(zero, 1) + one
        four = self.comb_iter_4_left(zero) + max_same(h)
        return torch.cat([one, two, three, four], 1)


class NasNet(nn.Module):
    """Zoph et al. 2018, NASNet-A. Large's first cell after a reduction looks past the cell before that reduction."""

    def __init__(self, channels, stem, cells, look_past, classes=1000):
        super().__init__()
        self.cells, self.look_past = cells, look_past
        f = channels // 24
        self.conv0 = nn.Module()
        self.conv0.conv, self.conv0.bn = nn.Conv2d(3, stem, 3, 2, bias=False), nn.BatchNorm2d(stem, eps=1e-3)
        self.cell_stem_0 = ReductionCell(stem, stem, f // 4, keep_p=True)
        self.cell_stem_1 = ReductionCell(stem, f, f // 2, halve_p=True)
        p, h = f, 2 * f
        for part, filters in enumerate([f, 2 * f, 4 * f]):
            if part:
                self.add_module(f"reduction_cell_{part - 1}", ReductionCell(p, h, filters))
                p, h = (p if look_past else h), 4 * filters
            for i in range(cells):
                self.add_module(f"cell_{6 * part + i}", NormalCell(p, h, filters, halve_p=i == 0))
                p, h = h, 6 * filters
        self.act = nn.ReLU()
        self.last_linear = nn.Linear(channels, classes)

    def forward(self, x):
        h = self.conv0.bn(self.conv0.conv(x))
        p, h = h, self.cell_stem_0(h, h)
        p, h = h, self.cell_stem_1(h, p)
        for part in range(3):
            if part:
                reduced = getattr(self, f"reduction_cell_{part - 1}")(h, p)
                p, h = (p if self.look_past else h), reduced
            for i in range(self.cells):
                p, h = h, getattr(self, f"cell_{6 * part + i}")(h, p)
        return self.last_linear(self.act(h).mean((2, 3)))


def nasnet_large():
    return NasNet(4032, stem=96, cells=6, look_past=True)


def nasnet_mobile():
    return NasNet(1056, stem=32, cells=4, look_past=False)
