"""Features of images by pre-trained networks in PyTorch, timed as `Coverslip.Bench encoders` times ours and ONNX Runtime's.

    encoders.py FOLDER --model NAME --batch 16 --write            NAME.pth, NAME.onnx and images.bin go to FOLDER
    encoders.py FOLDER --model NAME --batch 16 --precision P      a JSON line (call it with jemalloc)

resnet-18 is the box's (COVERSLIP_ENCODERS names the folder of resnet-18.safetensors); the others have drawn weights, which
cost the same.
"""
import argparse
import json
import os
import sys

import numpy as np
import torch
from torch import nn
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from timing import timed


class Block(nn.Module):
    """timm's block of a vision transformer."""

    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width, 1e-6), nn.LayerNorm(width, 1e-6)
        self.attn = nn.ModuleDict({"qkv": nn.Linear(width, 3 * width), "proj": nn.Linear(width, width)})
        self.mlp = nn.ModuleDict({"fc1": nn.Linear(width, 4 * width), "fc2": nn.Linear(4 * width, width)})

    def forward(self, x):
        b, n, c = x.shape
        q, k, v = self.attn["qkv"](self.norm1(x)).reshape(b, n, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        weights = (q @ k.transpose(-2, -1) * (c // self.heads) ** -0.5).softmax(-1)
        x = x + self.attn["proj"]((weights @ v).transpose(1, 2).reshape(b, n, c))
        return x + self.mlp["fc2"](nn.functional.gelu(self.mlp["fc1"](self.norm2(x))))


class ViT(nn.Module):
    """ViT-S/16 under timm's names."""

    def __init__(self, width=384, depth=12, heads=6, patch=16):
        super().__init__()
        self.patch_embed = nn.ModuleDict({"proj": nn.Conv2d(3, width, patch, patch)})
        self.cls_token = nn.Parameter(torch.randn(1, 1, width) * 0.02)
        self.pos_embed = nn.Parameter(torch.randn(1, 197, width) * 0.02)
        self.blocks = nn.Sequential(*(Block(width, heads) for _ in range(depth)))
        self.norm = nn.LayerNorm(width, 1e-6)

    def forward(self, x):
        x = self.patch_embed["proj"](x).flatten(2).transpose(1, 2)
        x = torch.cat([self.cls_token.expand(len(x), -1, -1), x], 1) + self.pos_embed
        return self.norm(self.blocks(x))[:, 0]


class Scaled(nn.Module):
    """Images in [0, 1] in, features out: as encoders take them."""

    def __init__(self, net, mean, deviation):
        super().__init__()
        self.net = net
        self.register_buffer("mean", torch.tensor(mean).reshape(1, 3, 1, 1))
        self.register_buffer("deviation", torch.tensor(deviation).reshape(1, 3, 1, 1))

    def forward(self, x):
        return self.net((x - self.mean) / self.deviation)


def boxed():
    with open(os.path.join(os.environ["COVERSLIP_ENCODERS"], "resnet-18.safetensors"), "rb") as file:
        head = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        data = file.read()
    return {
        name: torch.from_numpy(np.frombuffer(data[slice(*t["data_offsets"])], "<f4").reshape(t["shape"]).copy())
        for name, t in head.items()
        if name != "__metadata__"
    }


def residual(block, layers, weights=None):
    net = ResNet(block, layers)
    net.fc = nn.Identity()
    if weights is not None:
        net.load_state_dict(weights, strict=False)
    return net


IMAGENET = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
NETWORKS = {
    "resnet-18": lambda: (
        residual(BasicBlock, [2, 2, 2, 3], boxed()), [0.48294756, 0.45452112, 0.40416715], IMAGENET[1]
    ),
    "resnet-50": lambda: (residual(Bottleneck, [3, 4, 6, 3]), *IMAGENET),
    "vit-s-16": lambda: (ViT(), [0.5] * 3, [0.5] * 3),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--model", choices=NETWORKS, required=True)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--steps", type=int, default=7)
    parser.add_argument("--precision", default="float32", choices=["float32", "bfloat16"])
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
    net, mean, deviation = NETWORKS[options.model]()
    scaled = Scaled(net, mean, deviation).eval()
    path = os.path.join(options.folder, options.model)
    images = torch.rand(options.batch, 3, 224, 224)
    if options.write:
        torch.save(net.state_dict(), f"{path}.pth")
        images.numpy().tofile(os.path.join(options.folder, "images.bin"))
        torch.onnx.export(scaled, images, f"{path}.onnx", opset_version=14, input_names=["images"])
        return
    net.load_state_dict(torch.load(f"{path}.pth"))
    images = torch.from_numpy(np.fromfile(os.path.join(options.folder, "images.bin"), np.float32)).reshape(images.shape)
    layout = torch.contiguous_format if options.model.startswith("vit") else torch.channels_last
    scaled, images = scaled.to(memory_format=layout), images.contiguous(memory_format=layout)

    def encode():
        with torch.inference_mode(), torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bfloat16"):
            return scaled(images).float().flatten()

    features, times = timed(options.steps, encode)
    print(json.dumps({
        "who": "pytorch", "model": options.model, "precision": options.precision, "images": options.batch,
        "values": features[:64].tolist(), **times,
    }), flush=True)


if __name__ == "__main__":
    main()
