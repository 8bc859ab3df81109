"""The published networks in PyTorch by the names of recipes: torchvision's, and the plain renderings that tests compare with
of those it lacks; with weights of a formula, no dropout and no auxiliary classifiers."""
import os
import sys

import torch
from torch import nn
from torchvision import models

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../tests/Learning/Backbones/golden"))
import plain
from drawn import draw, fill

NETWORKS = {
    "densenet-121": models.densenet121, "densenet-169": models.densenet169, "densenet-201": models.densenet201,
    "inception-v3": lambda: models.inception_v3(aux_logits=False, init_weights=False),
    "resnet-50": models.resnet50, "xception": plain.Xception, "mobilenet-v1": plain.MobileNet,
    "mobilenet-v2": models.mobilenet_v2, "nasnet-large": plain.nasnet_large, "nasnet-mobile": plain.nasnet_mobile,
    "googlenet": lambda: models.googlenet(aux_logits=False, init_weights=False),
}


class Clamp(nn.Module):
    """ReLU6 whose gradient PyTorch 1.13 has in bfloat16, too."""

    def forward(self, x):
        return x.clamp(0, 6)


def build(name, clamp=False):
    net = NETWORKS[name]()
    fill(net)
    for module in net.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    if clamp:
        plain.F.relu6 = lambda x: x.clamp(0, 6)
        for path, module in list(net.named_modules()):
            if isinstance(module, nn.ReLU6):
                parent, _, leaf = path.rpartition(".")
                setattr(net.get_submodule(parent), leaf, Clamp())
    return net


def batch(count, side):
    """Images of about unit deviation and a class for each."""
    image = torch.from_numpy(1.7 * draw("input", count * 3 * side * side)).float().reshape(count, 3, side, side)
    return {"image": image, "target": torch.arange(count) * 37 % 1000}


def write(name, count, side, path):
    torch.save({**build(name).state_dict(), **{f"batch/{k}": v for k, v in batch(count, side).items()}}, path)
