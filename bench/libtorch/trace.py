"""Training steps as TorchScript, for libtorch 2.10 to take (TorchSharp has neither autocast nor channels-last of its own):
images, channels-last weights, the casts of autocast to bfloat16 and the loss are all in the file.

    trace.py FOLDER --models resnet-50,googlenet --batch 8 --side 224     FOLDER/NETWORK.pt, and FOLDER/NETWORK.json
    trace.py FOLDER --unet 256 --batch 4 --width 64                       the same of what bench/unet/steps.py --write left
"""
import argparse
import json
import os
import sys

import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../backbones"), os.path.join(HERE, "../../tests/Learning/Backbones/golden")]
import networks
from unet import UNet


class Step(torch.nn.Module):
    def __init__(self, net, image, target, precision):
        super().__init__()
        self.net, self.precision = net, precision
        self.register_buffer("image", image.contiguous(memory_format=torch.channels_last))
        self.register_buffer("target", target)

    def forward(self, nothing):
        # Without the cache every step casts the weights anew, as autocast does.
        with torch.autocast("cpu", torch.bfloat16, enabled=self.precision == "bfloat16", cache_enabled=False):
            return self.loss(self.image, self.target)


class Classes(Step):
    def loss(self, image, target):
        return F.cross_entropy(self.net(image).float(), target)


class Pixels(Step):
    def loss(self, image, target):
        output = self.net(image * 2 - 1).float()
        return F.cross_entropy(output[:, 3:], target) + F.mse_loss(output[:, :3], image)


def save(folder, name, step, line):
    traced = torch.jit.trace(step.to(memory_format=torch.channels_last).train(), torch.zeros(1), check_trace=False)
    traced.save(os.path.join(folder, f"{name}.pt"))
    with open(os.path.join(folder, f"{name}.json"), "w") as file:
        json.dump({"who": "libtorch 2.10", "precision": step.precision, **line}, file)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--models", default="")
    parser.add_argument("--unet", type=int)
    parser.add_argument("--precision", default="bfloat16", choices=["float32", "bfloat16"])
    parser.add_argument("--batch", type=int, default=8)
    parser.add_argument("--side", type=int, default=224)
    parser.add_argument("--width", type=int, default=64)
    options = parser.parse_args()
    for name in filter(None, options.models.split(",")):
        data, net = networks.batch(options.batch, options.side), networks.build(name, clamp=True)
        save(options.folder, name, Classes(net, data["image"], data["target"], options.precision),
             {"what": "training", "model": name, "images": options.batch})
    if options.unet:
        name = f"unet-{options.unet}"
        stored = torch.load(os.path.join(options.folder, f"{name}.pth"))
        net = UNet(outside=5, width=options.width, without=(0,))
        net.load_state_dict({k: v for k, v in stored.items() if not k.startswith("batch/")})
        save(options.folder, name,
             Pixels(net, stored["batch/image"], stored["batch/mask"].squeeze(1).long(), options.precision),
             {"what": f"{options.batch} x {options.unet} x {options.unet}"})


if __name__ == "__main__":
    main()
