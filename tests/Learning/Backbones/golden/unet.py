"""Writes unet.safetensors: outputs, inner activations and gradients of U-Nets with weights of a formula.

    /usr/bin/python3 tests/Learning/Backbones/golden/unet.py

The network is written plainly after Ronneberger et al. 2015, figure 1, with zeros around its 3x3 convolutions, PyTorch's
own transposed convolution, and a row or column of zeros where a level has an odd side. Tensors of a case, kept as kept.py
says: <case>/<mode>/<level>, <case>/<mode>/scores (eval and train where there is batch norm), <case>/train/statistics of the
last batch norm after that, <case>/gradient/<key> in training mode of the sum of all scores times `draw`, <case>/keys. Double
precision; made with PyTorch 1.13.
"""
import os

import torch
import torch.nn.functional as F
from torch import nn

from drawn import draw, fill
from kept import FILE, images, keep, keep_keys, write


class Level(nn.Module):
    def __init__(self, inside, outside, normalize):
        super().__init__()
        self.conv1 = nn.Conv2d(inside, outside, 3, padding=1, bias=not normalize)
        self.conv2 = nn.Conv2d(outside, outside, 3, padding=1, bias=not normalize)
        self.norm1, self.norm2 = (nn.BatchNorm2d(outside) if normalize else None for _ in range(2))

    def forward(self, x):
        for conv, norm in ((self.conv1, self.norm1), (self.conv2, self.norm2)):
            x = conv(x)
            x = F.relu(x if norm is None else norm(x))
        return x


class Up(Level):
    def __init__(self, width, skip, normalize):
        super().__init__(2 * width if skip else width, width, normalize)
        self.up, self.skip = nn.ConvTranspose2d(2 * width, width, 2, 2), skip

    def forward(self, below, skip):
        x = self.up(below)
        x = F.pad(x, (0, skip.shape[3] - x.shape[3], 0, skip.shape[2] - x.shape[2]))
        return super().forward(torch.cat([skip, x], 1) if self.skip else x)


class UNet(nn.Module):
    def __init__(self, inside=3, outside=2, width=64, depth=4, without=(), normalize=False):
        super().__init__()
        widths = [width * 2**level for level in range(depth + 1)]
        self.encoder = nn.ModuleList(Level(a, b, normalize) for a, b in zip([inside] + widths, widths))
        self.decoder = nn.ModuleList(Up(widths[level], level not in without, normalize) for level in range(depth))
        self.last = nn.Conv2d(width, outside, 1)

    def forward(self, x):
        skips = []
        for level, part in enumerate(self.encoder):
            x = part(F.max_pool2d(x, 2) if level else x)
            skips.append(x)
        skips.pop()
        for part in reversed(self.decoder):
            x = part(x, skips.pop())
        return self.last(x)


def case(name, net, shape, seen, gradients):
    keep_keys(name, net)
    if shape is None:
        return
    fill(net)
    net.double()
    hooks = [net.get_submodule(part).register_forward_hook(
        lambda module, inputs, output, part=part: keep(f"{name}/{'train' if net.training else 'eval'}/{part}", output))
        for part in seen]
    norms = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)]
    for mode in ("eval", "train") if norms else ("eval",):
        net.train(mode == "train")
        with torch.no_grad():
            keep(f"{name}/{mode}/scores", net(images(shape)))
    if norms:
        norm = net.decoder[0].norm2
        keep(f"{name}/train/statistics", torch.cat([norm.running_mean, norm.running_var]))
    for hook in hooks:
        hook.remove()
    scores = net.train()(images(shape))
    (scores * torch.from_numpy(draw("loss", scores.numel())).reshape(scores.shape)).sum().backward()
    for key in gradients:
        keep(f"{name}/gradient/{key}", net.get_parameter(key).grad)
    print(name, sum(p.numel() for p in net.parameters()), flush=True)


if __name__ == "__main__":
    GRADIENTS = ["encoder.0.conv1.weight", "encoder.2.conv2.weight", "decoder.1.up.weight", "decoder.1.up.bias", "last.weight"]
    case("published", UNet(), None, [], [])
    case("plain", UNet(width=16, outside=5), (2, 3, 64, 48), ["encoder.1", "encoder.4", "decoder.2"], GRADIENTS)
    case("norm", UNet(inside=16, width=16, depth=3, without=(0,), normalize=True), (2, 16, 37, 53),
         ["encoder.1", "encoder.3", "decoder.1"], GRADIENTS[:-1] + ["decoder.0.norm2.weight", "decoder.0.conv1.weight"])
    case("odd", UNet(width=4), (1, 3, 300, 300), ["encoder.3", "decoder.3", "decoder.1"], GRADIENTS)

    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "unet.safetensors")
    write(path)
    print(f"{path}: {len(FILE)} tensors, {os.path.getsize(path)} bytes")
