"""The networks that are stepped, in PyTorch: the twin of bench/Coverslip.Bench/StepCase.cs. A case is a network, its
optimiser, its loss of the batch, and for SagaNet what evaluation computes. ReLU works in place, as in torchvision."""
import torch
import torch.nn as nn
import torch.nn.functional as F

import saganet


class Unit(nn.Module):
    def __init__(self, inside, outside, kernel, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(inside, outside, kernel, stride, kernel // 2, bias=False)
        self.norm = nn.BatchNorm2d(outside)

    def forward(self, x, relu=True):
        x = self.norm(self.conv(x))
        return F.relu(x, inplace=True) if relu else x


class Bottleneck(nn.Module):
    def __init__(self, inside, inner, stride):
        super().__init__()
        self.a, self.b, self.c = Unit(inside, inner, 1), Unit(inner, inner, 3, stride), Unit(inner, 4 * inner, 1)
        self.short = Unit(inside, 4 * inner, 1, stride) if stride > 1 else None

    def forward(self, x):
        out = self.c(self.b(self.a(x)), relu=False)
        out += x if self.short is None else self.short(x, relu=False)
        return F.relu(out, inplace=True)


class UNetBlock(nn.Module):
    def __init__(self):
        super().__init__()
        self.first, self.second, self.last = Unit(64, 128, 3), Unit(128, 128, 3), Unit(256, 128, 3)

    def forward(self, x):
        skip = self.second(self.first(x))
        enlarged = F.interpolate(F.max_pool2d(skip, 2), size=skip.shape[2:])
        return self.last(torch.cat([enlarged, skip], 1))


def mean_square(model, image):
    return model(image).float().square().mean()


class Case:
    def __init__(self, name, side=256, batch=2):
        torch.manual_seed(1)
        self.name, self.predict = name, None
        if name == "saganet":
            self.model = saganet.SagaNet(side)
            self.batch = {"image": torch.rand(batch, 3, side, side), "target": torch.arange(batch) % 2,
                          "mask": (torch.rand(batch, 1, side, side) < 0.7).float()}
            self.loss, adam = saganet.loss_of, True
            self.predict = lambda model, image, mask, target: saganet.probabilities(model(image * mask, reconstruct=False)[0])
        elif name == "resnet":
            self.model = nn.Sequential(*(Bottleneck(256, 64, 1) for _ in range(3)), Bottleneck(256, 128, 2))
            self.batch, self.loss, adam = {"image": torch.rand(8, 256, 56, 56)}, mean_square, False
        else:
            self.model = UNetBlock()
            self.batch, self.loss, adam = {"image": torch.rand(4, 64, 128, 128)}, mean_square, True
        self.rates = (torch.optim.Adam, {"lr": 1e-4}) if adam else (torch.optim.SGD, {"lr": 1e-3, "momentum": 0.9})

    def save(self, path):
        torch.save({**self.model.state_dict(), **{f"batch/{k}": v for k, v in self.batch.items()}}, path)

    def place(self, device):
        self.model = self.model.to(device, memory_format=torch.channels_last)
        self.batch = {k: v.to(device) for k, v in self.batch.items()}
        self.batch = {k: v.contiguous(memory_format=torch.channels_last) if v.dim() == 4 else v for k, v in self.batch.items()}
        optimizer, options = self.rates
        self.optimizer = optimizer(self.model.parameters(), **options)
