"""Writes transformers.safetensors: small vision transformers with weights of a formula, as backbones.py.

    /usr/bin/python3 tests/Learning/Backbones/golden/transformers.py

The network is written plainly in PyTorch after timm's vision_transformer.py (VisionTransformer, LayerScale, SwiGLUPacked,
resample_abs_pos_embed) and DINOv2's (interpolate_pos_encoding); modules are named as timm's. Tensors of a case:
    <case>/<height>x<width>/tokens   all tokens behind the last normalization
    <case>/<height>x<width>/block0   the same behind the first block
    <case>/keys                      SHA-256 of all keys and shapes
The file in the repository was made with PyTorch 1.13 of Debian 12.
"""
import math
import os

import torch
import torch.nn.functional as F
from torch import nn

from drawn import fill
from kept import FILE, images, keep, keep_keys, write

WIDTH, HEADS, DEPTH, PATCH, GRID = 48, 3, 2, 8, 4


class Scale(nn.Module):
    def __init__(self):
        super().__init__()
        self.gamma = nn.Parameter(torch.zeros(WIDTH))

    def forward(self, x):
        return x * self.gamma


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.qkv, self.proj = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)

    def forward(self, x):
        outputs = []
        for image in x:
            rows = []
            q, k, v = self.qkv(image).split(WIDTH, dim=-1)
            side = WIDTH // HEADS
            for head in range(HEADS):
                part = slice(head * side, (head + 1) * side)
                weights = torch.softmax(q[:, part] @ k[:, part].T / math.sqrt(side), dim=-1)
                rows.append(weights @ v[:, part])
            outputs.append(torch.cat(rows, dim=-1))
        return self.proj(torch.stack(outputs))


class Mlp(nn.Module):
    def __init__(self, hidden, gated):
        super().__init__()
        self.gated = gated
        self.fc1, self.fc2 = nn.Linear(WIDTH, hidden), nn.Linear(hidden // 2 if gated else hidden, WIDTH)

    def forward(self, x):
        x = self.fc1(x)
        if not self.gated:
            return self.fc2(0.5 * x * (1 + torch.erf(x / math.sqrt(2))))
        half = x.shape[-1] // 2
        gate, value = x[..., :half], x[..., half:]
        return self.fc2(gate * torch.sigmoid(gate) * value)


class Block(nn.Module):
    def __init__(self, hidden, gated, scaled, epsilon):
        super().__init__()
        self.norm1, self.norm2 = nn.LayerNorm(WIDTH, epsilon), nn.LayerNorm(WIDTH, epsilon)
        self.attn, self.mlp = Attention(), Mlp(hidden, gated)
        self.ls1, self.ls2 = (Scale(), Scale()) if scaled else (nn.Identity(), nn.Identity())

    def forward(self, x):
        x = x + self.ls1(self.attn(self.norm1(x)))
        return x + self.ls2(self.mlp(self.norm2(x)))


class Transformer(nn.Module):
    def __init__(self, registers, placed, gated=False, scaled=False, dinov2=False, epsilon=1e-6):
        super().__init__()
        self.placed, self.dinov2 = placed, dinov2
        self.cls_token = nn.Parameter(torch.zeros(1, 1, WIDTH))
        self.reg_token = nn.Parameter(torch.zeros(1, registers, WIDTH)) if registers else None
        self.pos_embed = nn.Parameter(torch.zeros(1, placed + GRID**2, WIDTH))
        self.patch_embed = nn.Module()
        self.patch_embed.proj = nn.Conv2d(3, WIDTH, PATCH, PATCH)
        hidden = 80 if gated else 4 * WIDTH
        self.blocks = nn.ModuleList([Block(hidden, gated, scaled, epsilon) for _ in range(DEPTH)])
        self.norm = nn.LayerNorm(WIDTH, epsilon)

    def positions(self, rows, columns):
        """Of the patches alone."""
        stored = self.pos_embed[:, self.placed:]
        if rows == GRID and columns == GRID:
            return stored
        stored = stored.reshape(1, GRID, GRID, WIDTH).permute(0, 3, 1, 2)
        if self.dinov2:
            factors = ((rows + 0.1) / GRID, (columns + 0.1) / GRID)
            stored = F.interpolate(stored, scale_factor=factors, mode="bicubic")
            assert stored.shape[-2:] == (rows, columns)
        else:
            stored = F.interpolate(stored, size=(rows, columns), mode="bicubic", antialias=True)
        return stored.permute(0, 2, 3, 1).reshape(1, -1, WIDTH)

    def forward(self, x):
        rows, columns = x.shape[2] // PATCH, x.shape[3] // PATCH
        patches = self.patch_embed.proj(x).flatten(2).transpose(1, 2)
        classes = self.cls_token.expand(len(x), -1, -1)
        registers = [] if self.reg_token is None else [self.reg_token.expand(len(x), -1, -1)]
        around, place = self.positions(rows, columns), self.pos_embed[:, :self.placed]
        if self.placed == 0:  # timm's no_embed_class
            x = torch.cat([classes, *registers, patches + around], 1)
        elif self.placed == 1:  # DINOv2's: registers come after positions were added
            x = torch.cat([classes, patches], 1) + torch.cat([place, around], 1)
            x = torch.cat([x[:, :1], *registers, x[:, 1:]], 1)
        else:  # timm's, registers placed, too
            x = torch.cat([classes, *registers, patches], 1) + torch.cat([place, around], 1)
        for i, block in enumerate(self.blocks):
            x = block(x)
            if i == 0:
                first = self.norm(x)
        return first, self.norm(x)


def case(name, net, sizes):
    keep_keys(name, net)
    fill(net)
    net.double().eval()
    for height, width in sizes:
        with torch.no_grad():
            first, tokens = net(images((2, 3, height, width)))
        keep(f"{name}/{height}x{width}/block0", first)
        keep(f"{name}/{height}x{width}/tokens", tokens)


SIZES = [(32, 32), (48, 40), (16, 24)]
case("plain", Transformer(0, 1), SIZES)
case("huggingface", Transformer(0, 1, epsilon=1e-12), SIZES[:1])
case("dinov2", Transformer(0, 1, scaled=True, dinov2=True), SIZES)
case("dinov2-gated", Transformer(0, 1, gated=True, scaled=True, dinov2=True), SIZES[:1])
case("registers", Transformer(4, 1, scaled=True), SIZES[1:])
case("registers-unplaced", Transformer(3, 0, gated=True, scaled=True), SIZES)
case("registers-placed", Transformer(4, 5, gated=True, scaled=True), SIZES)

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "transformers.safetensors")
write(path)
print(f"{path}: {len(FILE)} tensors, {os.path.getsize(path)} bytes")
