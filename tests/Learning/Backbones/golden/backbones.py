"""Writes backbones.safetensors: outputs and inner activations of published networks with weights of a formula.

    /usr/bin/python3 tests/Learning/Backbones/golden/backbones.py

Networks are torchvision's; those it lacks are in plain.py. A weight's value is a hash of its key and its index
(`draw`), the same in the test. Tensors of a case:
    <case>/<mode>/<stage>     eval and train; three inner activations, `scores`, and `auxiliary` where there are such
    <case>/train/statistics   running mean and variance of the last batch norm after one forward pass
    <case>/gradient           of the first convolution's weights on a smaller input in training mode, of the sum of all
                              scores times `draw`
    <case>/keys               SHA-256 of all keys and shapes
Of every tensor its mean, its root mean square, its greatest absolute value, and 128 elements evenly spaced in row-major
order. Dropout is off. Computed in double precision from single precision weights and stored in single. The file in the
repository was made with PyTorch 1.13 and torchvision 0.14 of Debian 12.
"""
import os

import torch
from torch import nn
from torchvision import models

import plain
from drawn import draw, fill
from kept import FILE, images, keep, keep_keys, write

def gradient(name, net):
    small = (2, 3, 96, 112) if name == "inception-v3" else (2, 3, 64, 80)
    if name == "inception-v3":
        net.AuxLogits = None  # it needs a larger input
        net.aux_logits = False
    output = net.train()(images(small))
    scores = output if isinstance(output, tuple) else (output,)
    sum((s * torch.from_numpy(draw("loss", s.numel())).reshape(s.shape)).sum() for s in scores).backward()
    keep(f"{name}/gradient", next(p for p in net.parameters() if p.dim() == 4).grad)


def case(name, net, stages, shape=(4, 3, 96, 112)):
    keep_keys(name, net)
    fill(net)
    net.double()
    for module in net.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
    for mode in ("eval", "train"):
        net.train(mode == "train")
        hooks = [net.get_submodule(stage).register_forward_hook(
            lambda module, inputs, output, stage=stage: keep(f"{name}/{mode}/{stage}", output)) for stage in stages]
        with torch.no_grad():
            output = net(images(shape))
        for hook in hooks:
            hook.remove()
        # Whatever the names of its fields, torchvision's tuple of GoogLeNet holds the first auxiliary classifier first.
        scores, *auxiliary = output if isinstance(output, tuple) else (output,)
        keep(f"{name}/{mode}/scores", scores)
        if auxiliary:
            keep(f"{name}/{mode}/auxiliary", torch.cat(auxiliary))
    norm = [m for m in net.modules() if isinstance(m, nn.BatchNorm2d)][-1]
    keep(f"{name}/train/statistics", torch.cat([norm.running_mean, norm.running_var]))
    print(name, sum(p.numel() for p in net.parameters()), flush=True)
    gradient(name, net)


DENSE = ["features.pool0", "features.transition2", "features.denseblock3"]
NASNET = ["cell_stem_1", "reduction_cell_0", "cell_13"]
case("densenet-121", models.densenet121(), DENSE)
case("densenet-169", models.densenet169(), DENSE)
case("densenet-201", models.densenet201(), DENSE)
case("inception-v3", models.inception_v3(init_weights=False), ["maxpool2", "Mixed_5d", "Mixed_7a"], (3, 3, 299, 315))
RESNET = ["maxpool", "layer2", "layer3"]
case("resnet-18", models.ResNet(models.resnet.BasicBlock, [2, 2, 2, 3]), RESNET)
case("resnet-18-torchvision", models.resnet18(), RESNET)
case("resnet-34", models.resnet34(), RESNET)
case("resnet-50", models.resnet50(), RESNET)
case("resnet-101", models.resnet101(), RESNET)
case("resnet-152", models.resnet152(), RESNET)
case("xception", plain.Xception(), ["block2", "block8", "act3"])
case("mobilenet-v1", plain.MobileNet(), ["blocks.1.1", "blocks.3.0", "blocks.4.0"])
case("mobilenet-v1-0.75", plain.MobileNet(0.75), ["blocks.1.1", "blocks.3.0", "blocks.4.0"])
case("mobilenet-v2", models.mobilenet_v2(), ["features.3", "features.8", "features.17"])
case("mobilenet-v2-0.75", models.mobilenet_v2(width_mult=0.75), ["features.3", "features.8", "features.17"])
case("nasnet-large", plain.nasnet_large(), NASNET)
case("nasnet-mobile", plain.nasnet_mobile(), NASNET)
case("googlenet", models.googlenet(aux_logits=True, init_weights=False), ["maxpool2", "inception4a", "inception4e"])

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "backbones.safetensors")
write(path)
print(f"{path}: {len(FILE)} tensors, {os.path.getsize(path)} bytes")
