"""Writes findings.json: what PyTorch makes of ResNet-50 with a sigmoid for each finding, and of its class activation maps.

    /usr/bin/python3 tests/Methods/Curriculum/golden/findings.py

The network is torchvision's up to its last map, weights are of the formula in ../../Backbones/golden/drawn.py. In double
precision from single precision weights. Made with PyTorch 1.13 and torchvision 0.14 of Debian 12.
"""
import json
import os
import sys

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torchvision import models

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "Backbones", "golden"))
from drawn import draw, fill  # noqa: E402

SHAPE = (2, 3, 96, 128)


class Network(nn.Module):
    def __init__(self, findings):
        super().__init__()
        self.backbone = models.resnet50()
        self.backbone.fc = nn.Identity()
        self.head = nn.Linear(2048, findings)

    def map(self, x):
        b = self.backbone
        x = b.maxpool(b.relu(b.bn1(b.conv1(x))))
        return b.layer4(b.layer3(b.layer2(b.layer1(x))))


def standardised(x, how):
    x = x - x.mean((1, 2, 3), keepdim=True)
    return x / x.pow(2).mean((1, 2, 3), keepdim=True).sqrt() if how == "mean-deviation" else x


net = Network(3)
fill(net)
with torch.no_grad():
    net.head.weight *= 1e-3  # drawn weights make large maps; scores of some hundred would saturate every sigmoid
net.double()
images = torch.from_numpy((0.5 + 0.4 * draw("input", int(np.prod(SHAPE)))).astype(np.float32)).double().reshape(SHAPE)
truth = torch.tensor([[1.0, 0, 1], [0, 0, 1]]).double()
positive = torch.tensor([3.0, 1.0, 0.5]).double()

golden = {}
for how in ("mean", "mean-deviation"):
    net.eval()
    with torch.no_grad():
        features = net.map(standardised(images, how))
        scores = net.head(features.mean((2, 3)))
        maps = torch.einsum("kc,bchw->bkhw", net.head.weight, features)
    assert torch.allclose(maps.mean((2, 3)) + net.head.bias, scores)
    golden[how] = {
        "probabilities": scores.sigmoid().flatten().tolist(),
        "maps": maps.flatten().tolist(),
        "map_shape": list(maps.shape),
        "loss": F.binary_cross_entropy_with_logits(scores, truth).item(),
        "weighted": F.binary_cross_entropy_with_logits(scores, truth, pos_weight=positive).item(),
    }


def step(training):
    net.train(training)
    net.zero_grad()
    scores = net.head(net.map(standardised(images, "mean")).mean((2, 3)))
    loss = F.binary_cross_entropy_with_logits(scores, truth, pos_weight=positive)
    loss.backward()
    return {
        "loss": loss.item(),
        "head_gradient": net.head.weight.grad.flatten()[::97].tolist(),
        "stem_gradient": net.backbone.conv1.weight.grad.flatten()[::97].tolist(),
    }


golden["fixed"] = step(False)  # before the other, which moves running statistics
golden["train"] = step(True)
# Bilinear enlargement of a small map, as overlays and peaks use it.
small = torch.from_numpy(draw("small", 12)).reshape(1, 1, 3, 4)
golden["enlarged"] = F.interpolate(small, (9, 16), mode="bilinear", align_corners=False).flatten().tolist()

with open(os.path.join(HERE, "findings.json"), "w") as file:
    json.dump(golden, file)
    file.write("\n")
print({k: (v["loss"] if isinstance(v, dict) else len(v)) for k, v in golden.items()})
