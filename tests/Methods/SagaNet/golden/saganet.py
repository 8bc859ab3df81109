"""Writes saganet.safetensors: a small SagaNet (Liu & Sun 2021) rendered plainly in PyTorch, with outputs, losses and gradients.

    python3 tests/Methods/SagaNet/golden/saganet.py

Tensors of a case: <case>/features, <case>/probabilities, <case>/losses (total, class, reconstruction), <case>/reconstruction
(every fourth pixel of each side), and of cases in training mode <case>/grad (of all parameters, one after the other in the
order of their paths) and <case>/after (the running statistics likewise). The input of all cases is input/image (bytes),
input/mask, input/target; their weights come from input/pool by the rule in `fill`, which the test repeats.
Computed in double precision and stored in single. The file in the repository was made with PyTorch 1.13 of Debian 12.
"""
import json
import os
import struct

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from torchvision import models

torch.manual_seed(20210604)
torch.set_default_dtype(torch.float64)
torch.set_num_threads(1)
HEIGHT, WIDTH, BATCH, CLASSES = 64, 32, 3, 2
STEM, GROWTH, BLOCKS, KINDS, SIZE, CLASS_SIZE = 4, 2, (1, 1, 2, 2), 2, 3, 4
FILE = {}


def keep(name, value):
    array = np.array(value.detach().numpy(), order="C")
    FILE[name] = array.astype(np.float32) if array.dtype == np.float64 else array


def write(path):
    names = {np.dtype("float32"): "F32", np.dtype("int64"): "I64", np.dtype("uint8"): "U8"}
    header, data = {}, b""
    for name, array in sorted(FILE.items(), key=lambda item: -item[1].itemsize):
        header[name] = {"dtype": names[array.dtype], "shape": array.shape, "data_offsets": [len(data), len(data) + array.nbytes]}
        data += array.tobytes()
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


class Filter(nn.Module):
    """Convolution, batch norm, and sigmoid(gate) * ELU(feature), or ELU alone."""

    def __init__(self, input, output, kernel, gated, normalize, stride=1):
        super().__init__()
        filters = 2 * output if gated else output
        self.gated = gated
        self.conv = nn.Conv2d(input, filters, kernel, stride, kernel // 2, bias=not normalize)
        self.norm = nn.BatchNorm2d(filters) if normalize else nn.Identity()

    def forward(self, x):
        x = self.norm(self.conv(x))
        if not self.gated:
            return F.elu(x)
        feature, gate = x.chunk(2, dim=1)
        return torch.sigmoid(gate) * F.elu(feature)


class ClassFeatures(nn.Module):
    """f_c = sum over j of W_cj u_j, written as the sum it is."""

    def __init__(self, input, height, width, gated, normalize, shared):
        super().__init__()
        self.u = Filter(input, KINDS * SIZE, 1, gated, normalize)
        self.shared = shared
        places = 1 if shared else height * width
        self.weight = nn.Parameter(torch.randn(CLASSES * CLASS_SIZE, KINDS * SIZE * places) * 0.3)

    def forward(self, x):
        u = self.u(x)
        if self.shared:
            u = u.mean((2, 3), keepdim=True)
        kinds = u.reshape(len(u), KINDS, SIZE, -1)
        matrices = self.weight.reshape(CLASSES, CLASS_SIZE, KINDS, SIZE, -1)
        features = torch.zeros(len(u), CLASSES, CLASS_SIZE)
        for kind in range(KINDS):
            for place in range(kinds.shape[-1]):
                features = features + torch.einsum("cos,bs->bco", matrices[:, :, kind, :, place], kinds[:, kind, :, place])
        return features


class SagaNet(nn.Module):
    def __init__(self, channels=3, gated=True, reconstruct=True, cross_entropy=False, normalize=True, shared=False, pretrained=False):
        super().__init__()
        self.pretrained = pretrained
        self.blocks, self.transitions, skips = nn.ModuleList(), nn.ModuleList(), []
        if pretrained:
            # Two layers of the residual network of the blocks [2, 2, 2, 3], and gated blocks on their map.
            self.stem = models.ResNet(models.resnet.BasicBlock, [2, 2, 2, 3])
            del self.stem.layer3, self.stem.layer4, self.stem.fc
            width, step, counts, skips = 128, 8, (1, 1), [64, 64]
        else:
            self.stem = Filter(channels, STEM, 3, gated, normalize, stride=2)
            width, step, counts = STEM, 2, BLOCKS
        for count in counts:
            self.blocks.append(nn.ModuleList(Filter(width + i * GROWTH, GROWTH, 3, gated, normalize) for i in range(count)))
            width += count * GROWTH
            skips.append(width)
            self.transitions.append(Filter(width, width, 1, False, normalize))
        deepest = step * 2 ** len(counts)
        self.classes = ClassFeatures(width, HEIGHT // deepest, WIDTH // deepest, gated, normalize, shared)
        if cross_entropy:
            self.scores = nn.Linear(CLASSES * CLASS_SIZE, CLASSES)
        self.cross_entropy = cross_entropy
        self.reconstruct = reconstruct
        if reconstruct:
            self.decoder = nn.ModuleDict()
            for i in reversed(range(len(skips))):
                output = max(skips[i] // 2, GROWTH)
                self.decoder[str(i)] = Filter(width + skips[i], output, 1, False, normalize)
                width = output
            self.decoder["image"] = nn.Conv2d(width, 3, 1)

    def forward(self, x):
        size = x.shape[2:]
        skips = []
        if self.pretrained:
            x = F.relu(self.stem.bn1(self.stem.conv1(x)))
            skips.append(x)
            x = self.stem.layer1(self.stem.maxpool(x))
            skips.append(x)
            x = self.stem.layer2(x)
        else:
            x = self.stem(x)
        for block, transition in zip(self.blocks, self.transitions):
            for part in block:
                x = torch.cat([x, part(x)], 1)
            skips.append(x)
            x = F.avg_pool2d(transition(x), 2)
        features = self.classes(x)
        scores = self.scores(features.flatten(1)) if self.cross_entropy else None
        if not self.reconstruct:
            return features, scores, None
        for i in reversed(range(len(skips))):
            x = F.interpolate(x, size=skips[i].shape[2:], mode="nearest")
            x = self.decoder[str(i)](torch.cat([x, skips[i]], 1))
        return features, scores, self.decoder["image"](F.interpolate(x, size=size, mode="nearest"))


def losses(output, image, mask, target, weights):
    features, scores, reconstruction = output
    if scores is not None:
        each = F.cross_entropy(scores, target, reduction="none")
        probabilities = scores.softmax(1)
    else:
        length = features.norm(dim=2)
        t = F.one_hot(target, CLASSES).to(length.dtype)
        each = (t * (0.9 - length).clamp(min=0) ** 2 + 0.5 * (1 - t) * (length - 0.1).clamp(min=0) ** 2).sum(1)
        probabilities = length ** 2 / (length ** 2).sum(1, keepdim=True)
    each = (each if weights is None else each * weights).mean()
    rebuilt = torch.zeros(()) if reconstruction is None else 0.7 * torch.stack([(r - i)[m.expand_as(i) > 0].square().mean() for r, i, m in zip(reconstruction, image, mask)]).mean()
    return each + rebuilt, each, rebuilt, probabilities


def fill(net):
    """Parameters and running statistics take numbers from the pool one after the other, in the order of their paths."""
    taken = 0
    with torch.no_grad():
        for path, value in sorted(net.state_dict().items()):
            if not value.is_floating_point():
                continue
            drawn = POOL[(taken + torch.arange(value.numel())) % len(POOL)].reshape(value.shape)
            taken += value.numel()
            if path.endswith(("running_var", "norm.weight")):
                value.copy_(1 + 0.4 * drawn)
            elif value.dim() > 1:
                value.copy_(1.7 * drawn / (value.numel() / len(value)) ** 0.5)
            else:
                value.copy_(0.3 * drawn)


def flat(named):
    return torch.cat([value.flatten() for _, value in sorted(named)])


def case(name, training=True, input="masked", weights=None, **options):
    net = SagaNet(channels=4 if input == "mask-channel" else 3, **options)
    fill(net)
    net.train(training)
    x = {"raw": IMAGE, "masked": IMAGE * MASK, "mask-channel": torch.cat([IMAGE * MASK, MASK], 1)}[input]
    if options.get("pretrained"):
        # Scaled as the network was trained, masked pixels 0 after it.
        mean, deviation = (torch.tensor(c).reshape(1, 3, 1, 1) for c in (MEAN, DEVIATION))
        x = (IMAGE - mean) / deviation * MASK
    output = net(x)
    total, each, rebuilt, probabilities = losses(output, IMAGE, MASK, TARGET, weights)
    keep(f"{name}/features", output[0])
    keep(f"{name}/probabilities", probabilities)
    keep(f"{name}/losses", torch.stack([total, each, rebuilt]))
    if output[2] is not None:
        keep(f"{name}/reconstruction", output[2][:, :, ::4, ::4])
    if not training:
        return
    total.backward()
    # Of a pre-trained stem the outermost convolution alone, which all others act on.
    kept = [path for path, _ in net.named_parameters() if not path.startswith("stem.layer")]
    keep(f"{name}/grad", flat((path, value.grad) for path, value in net.named_parameters() if path in kept))
    after = [(path, value) for path, value in net.named_buffers() if value.is_floating_point()]
    if after:
        keep(f"{name}/after", flat(after))


BYTES = torch.randint(0, 256, (BATCH, 3, HEIGHT, WIDTH), dtype=torch.uint8)
IMAGE = BYTES.to(torch.float64) / 255
MASK = (torch.rand(BATCH, 1, HEIGHT // 8, WIDTH // 8) > 0.4).to(torch.float64).repeat_interleave(8, 2).repeat_interleave(8, 3)
TARGET = torch.tensor([0, 1, 1])
POOL = (torch.rand(4099) * 2 - 1).float().double()
keep("input/pool", POOL)
keep("input/image", BYTES)
keep("input/mask", MASK.to(torch.uint8))
keep("input/target", TARGET)

MEAN, DEVIATION = (123.15163 / 255, 115.902885 / 255, 103.06262 / 255), (0.229, 0.224, 0.225)
case("full")
case("full_eval", training=False)
case("weighted", weights=torch.tensor([1.5, 0.75, 0.75]))
case("raw", input="raw")
case("mask_channel", input="mask-channel")
case("plain", gated=False)
case("no_reconstruction", reconstruct=False)
case("cross_entropy", cross_entropy=True)
case("baseline", input="raw", gated=False, reconstruct=False, cross_entropy=True)
case("shared", shared=True)
case("not_normalized", normalize=False)
case("pretrained", pretrained=True)

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "saganet.safetensors")
write(path)
print(f"{path}: {len(FILE)} tensors, {os.path.getsize(path)} bytes")
