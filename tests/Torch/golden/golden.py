"""Writes golden.safetensors (and five small checkpoints): inputs, weights, outputs and gradients as PyTorch computes them on the processor.

    python3 tests/Torch/golden/golden.py

A case's tensors are named <case>/in/<name> (gradients wanted), <case>/arg/<name>, <case>/out, <case>/up (the gradient that
flows into `out`), <case>/grad/<name>; of layers also <case>/state/<path>, <case>/dstate/<path>, <case>/after/<path>.
The file in the repository was made with PyTorch 1.13 of Debian 12.
"""
import json
import os
import pickle
import struct

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(20240607)
torch.set_num_threads(1)
FILE = {}
NAMES = {np.dtype("float32"): "F32", np.dtype("float64"): "F64", np.dtype("int64"): "I64", np.dtype("bool"): "BOOL"}


def keep(name, value):
    FILE[name] = np.array(value.detach().numpy() if isinstance(value, torch.Tensor) else value, order="C")


def write(path):
    header, data = {}, b""
    for name, array in sorted(FILE.items(), key=lambda item: -item[1].itemsize):
        header[name] = {"dtype": NAMES[array.dtype], "shape": array.shape, "data_offsets": [len(data), len(data) + array.nbytes]}
        data += array.tobytes()
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + data)


def rand(*shape):
    return torch.rand(*shape) * 2 - 1


def backward(case, out, inputs):
    keep(f"{case}/out", out)
    if not out.requires_grad:
        return
    up = rand(*out.shape) if out.dim() else torch.tensor(1.0)
    keep(f"{case}/up", up)
    out.backward(up)
    for name, value in inputs.items():
        keep(f"{case}/grad/{name}", value.grad)


def operator(case, function, args=None, **inputs):
    for name, value in inputs.items():
        keep(f"{case}/in/{name}", value)
        value.requires_grad_(True)
    for name, value in (args or {}).items():
        keep(f"{case}/arg/{name}", value)
    backward(case, function(*inputs.values(), *(args or {}).values()), inputs)


def layer(case, module, x, training=True):
    for name, value in module.state_dict().items():
        if value.is_floating_point() and value.dim():
            value.copy_(torch.rand_like(value) + 0.5 if "var" in name else rand(*value.shape))
        keep(f"{case}/state/{name}", value.clone())
    module.train(training)
    keep(f"{case}/in/x", x)
    x.requires_grad_(True)
    backward(case, module(x), {"x": x})
    for name, value in module.named_parameters():
        keep(f"{case}/dstate/{name}", value.grad)
    for name, value in module.named_buffers():
        keep(f"{case}/after/{name}", value)


def positive(*shape):
    return torch.rand(*shape) + 0.1


# Arithmetic
operator("add", lambda a, b: a + b, a=rand(2, 3), b=rand(3))
operator("add_scalar", lambda a: a + 1.5, a=rand(2, 3))
operator("subtract", lambda a, b: a - b, a=rand(2, 3), b=rand(2, 1))
operator("subtract_scalar", lambda a: a - 1.5, a=rand(2, 3))
operator("subtract_from", lambda a: 1.5 - a, a=rand(2, 3))
operator("negate", lambda a: -a, a=rand(2, 3))
operator("multiply", lambda a, b: a * b, a=rand(2, 3), b=rand(3))
operator("multiply_scalar", lambda a: a * 1.5, a=rand(2, 3))
operator("divide", lambda a, b: a / b, a=rand(2, 3), b=positive(3))
operator("divide_scalar", lambda a: a / 1.5, a=rand(2, 3))
operator("pow", lambda a: a.pow(3), a=rand(2, 3))
operator("square", lambda a: a.square(), a=rand(2, 3))
operator("sqrt", lambda a: a.sqrt(), a=positive(2, 3))
operator("exp", lambda a: a.exp(), a=rand(2, 3))
operator("log", lambda a: a.log(), a=positive(2, 3))
operator("abs", lambda a: a.abs(), a=rand(2, 3))
operator("clamp", lambda a: a.clamp(-0.5, 0.4), a=rand(4, 5))
operator("clamp_below", lambda a: a.clamp(min=0.1), a=rand(4, 5))
operator("matmul", lambda a, b: a @ b, a=rand(2, 3, 4), b=rand(4, 5))
operator("where", lambda a, b, c: torch.where(c, a, b), {"c": rand(3, 4) > 0}, a=rand(3, 4), b=rand(3, 4))

# Reductions
operator("sum", lambda a: a.sum(), a=rand(3, 4))
operator("sum_dim", lambda a: a.sum((0, 2), keepdim=True), a=rand(2, 3, 4))
operator("mean", lambda a: a.mean(), a=rand(3, 4))
operator("mean_dim", lambda a: a.mean((1, 2)), a=rand(2, 3, 4))
operator("variance", lambda a: a.var((1,)), a=rand(3, 5))
operator("variance_biased", lambda a: a.var((0, 1), unbiased=False, keepdim=True), a=rand(3, 5))
operator("max", lambda a: a.max(), a=rand(3, 4))
operator("max_dim", lambda a: a.amax((1,)), a=rand(3, 4))
operator("min", lambda a: a.min(), a=rand(3, 4))
operator("norm", lambda a: a.norm(), a=rand(3, 4))
operator("norm_dim", lambda a: a.norm(dim=(1,), keepdim=True), a=rand(3, 4))
operator("argmax", lambda a: a.argmax(1), {"a": rand(4, 5)})
operator("bincount", lambda a: a.bincount(minlength=6), {"a": torch.tensor([0, 3, 3, 1, 4, 3])})

# Shapes
operator("reshape", lambda a: a.reshape(4, -1), a=rand(2, 6))
operator("permute", lambda a: a.permute(2, 0, 1), a=rand(2, 3, 4))
operator("transpose", lambda a: a.transpose(0, 2), a=rand(2, 3, 4))
operator("flatten", lambda a: a.flatten(1), a=rand(2, 3, 4))
operator("squeeze", lambda a: a.squeeze(1), a=rand(2, 1, 4))
operator("unsqueeze", lambda a: a.unsqueeze(1), a=rand(2, 4))
operator("expand", lambda a: a.expand(2, 3, 4), a=rand(3, 1))
operator("narrow", lambda a: a.narrow(1, 1, 2), a=rand(2, 4))
operator("select", lambda a: a.select(1, 2), a=rand(2, 4))
operator("chunk", lambda a: a.chunk(2, 1)[1], a=rand(2, 4))
index = torch.tensor([2, 0, 2])
operator("index_select", lambda a, i: a.index_select(1, i), {"i": index}, a=rand(2, 4))
operator("gather", lambda a, i: a.gather(1, i), {"i": torch.tensor([[0, 3], [1, 1]])}, a=rand(2, 4))
operator("scatter_add", lambda a, i: torch.zeros(2, 4).scatter_add_(1, i, a), {"i": torch.tensor([[0, 3, 3], [1, 1, 2]])}, a=rand(2, 3))
operator("flip", lambda a: a.flip(0, 1), a=rand(2, 3))
operator("rotate90", lambda a: a.rot90(1, (1, 2)), a=rand(2, 3, 4))
operator("roll", lambda a: a.roll((1, -2), (0, 1)), a=rand(3, 5))
operator("pad", lambda a: F.pad(a, (1, 2, 0, 1), value=0.5), a=rand(2, 3))
operator("one_hot", lambda a: F.one_hot(a, 5), {"a": torch.tensor([0, 4, 2])})
operator("cat", lambda a, b: torch.cat((a, b), 1), a=rand(2, 3), b=rand(2, 2))
operator("stack", lambda a, b: torch.stack((a, b), 1), a=rand(2, 3), b=rand(2, 3))

# Networks
operator("max_pool", lambda a: F.max_pool2d(a, 2), a=rand(1, 2, 6, 6))
operator("max_pool_ceil", lambda a: F.max_pool2d(a, 3, 2, 1, ceil_mode=True), a=rand(1, 2, 6, 7))
operator("avg_pool", lambda a: F.avg_pool2d(a, 2), a=rand(1, 2, 6, 6))
operator("avg_pool_inner", lambda a: F.avg_pool2d(a, 3, 2, 1, ceil_mode=True, count_include_pad=False), a=rand(1, 2, 6, 7))
operator("adaptive_avg_pool", lambda a: F.adaptive_avg_pool2d(a, (2, 3)), a=rand(1, 2, 5, 7))
operator("upsample_nearest", lambda a: F.interpolate(a, (6, 5)), a=rand(1, 2, 3, 2))
operator("upsample_bilinear", lambda a: F.interpolate(a, (6, 5), mode="bilinear", align_corners=False), a=rand(1, 2, 3, 2))
operator("relu", F.relu, a=rand(3, 4))
operator("elu", lambda a: F.elu(a, 1.3), a=rand(3, 4))
operator("leaky_relu", lambda a: F.leaky_relu(a, 0.2), a=rand(3, 4))
operator("sigmoid", torch.sigmoid, a=rand(3, 4))
operator("tanh", torch.tanh, a=rand(3, 4))
operator("softmax", lambda a: a.softmax(1), a=rand(3, 4))
operator("log_softmax", lambda a: a.log_softmax(1), a=rand(3, 4))

# Layers
layer("conv", nn.Conv2d(3, 4, 3), rand(2, 3, 6, 7))
layer("conv_stride", nn.Conv2d(3, 4, 3, stride=2, padding=1), rand(2, 3, 6, 7))
layer("conv_dilation", nn.Conv2d(3, 4, 3, padding=2, dilation=2), rand(2, 3, 6, 7))
layer("conv_groups", nn.Conv2d(4, 6, 3, groups=2, bias=False), rand(2, 4, 5, 5))
layer("conv_1x1", nn.Conv2d(3, 5, 1), rand(2, 3, 4, 4))
layer("linear", nn.Linear(5, 4), rand(3, 5))
layer("linear_no_bias", nn.Linear(5, 4, bias=False), rand(2, 3, 5))
layer("batch_norm", nn.BatchNorm2d(3), rand(4, 3, 5, 5))
layer("batch_norm_momentum", nn.BatchNorm2d(3, eps=1e-3, momentum=0.3), rand(4, 3, 5, 5))
layer("batch_norm_eval", nn.BatchNorm2d(3), rand(4, 3, 5, 5), training=False)
layer("dropout_eval", nn.Dropout(0.4), rand(4, 5), training=False)

# Losses
target = torch.tensor([0, 2, 1, 2])
operator("cross_entropy", lambda s, t: F.cross_entropy(s, t), {"t": target}, s=rand(4, 3))
operator("cross_entropy_weights", lambda s, t, w: F.cross_entropy(s, t, w, ignore_index=1), {"t": target, "w": positive(3)}, s=rand(4, 3))
operator("cross_entropy_maps", lambda s, t: F.cross_entropy(s, t), {"t": torch.randint(0, 3, (2, 4, 4))}, s=rand(2, 3, 4, 4))
operator("nll", lambda s, t: F.nll_loss(s, t), {"t": target}, s=rand(4, 3))
operator("nll_weights", lambda s, t, w: F.nll_loss(s, t, w), {"t": target, "w": positive(3)}, s=rand(4, 3))
operator("bce", lambda s, t: F.binary_cross_entropy_with_logits(s, t), {"t": torch.rand(4, 3)}, s=rand(4, 3))
operator("bce_weights", lambda s, t, w: F.binary_cross_entropy_with_logits(s, t, w), {"t": torch.rand(4, 3), "w": positive(3)}, s=rand(4, 3))
operator("mse", F.mse_loss, a=rand(4, 3), b=rand(4, 3))
operator("l1", F.l1_loss, a=rand(4, 3), b=rand(4, 3))
operator("smooth_l1", lambda a, b: F.smooth_l1_loss(a, b, beta=0.5), a=rand(4, 3), b=rand(4, 3))

# Optimisers: six steps on a linear layer's squared error.
X, T, W, B = rand(8, 3), rand(8, 4), rand(4, 3), rand(4)
for name, value in {"x": X, "t": T, "weight": W, "bias": B}.items():
    keep(f"problem/{name}", value)


def gradients(weight, bias):
    weight, bias = weight.detach().requires_grad_(True), bias.detach().requires_grad_(True)
    F.mse_loss(F.linear(X, weight, bias), T).backward()
    return weight.grad, bias.grad


def optimizer(case, make):
    module = nn.Linear(3, 4)
    module.weight.data, module.bias.data = W.clone(), B.clone()
    method = make(module.parameters())
    for _ in range(6):
        module.weight.grad, module.bias.grad = gradients(module.weight, module.bias)
        method.step()
    keep(f"{case}/weight", module.weight)
    keep(f"{case}/bias", module.bias)


optimizer("sgd", lambda p: torch.optim.SGD(p, 0.1))
optimizer("sgd_momentum", lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, weight_decay=0.01))
optimizer("sgd_nesterov", lambda p: torch.optim.SGD(p, 0.1, momentum=0.9, nesterov=True))
optimizer("adam", lambda p: torch.optim.Adam(p, 0.05))
optimizer("adam_decay", lambda p: torch.optim.Adam(p, 0.05, betas=(0.8, 0.95), eps=1e-4, weight_decay=0.1))
optimizer("adamw", lambda p: torch.optim.AdamW(p, 0.05, weight_decay=0.1))
optimizer("rmsprop", lambda p: torch.optim.RMSprop(p, 0.01))
optimizer("rmsprop_momentum", lambda p: torch.optim.RMSprop(p, 0.01, alpha=0.9, eps=1e-3, momentum=0.8, weight_decay=0.1))

# TensorFlow's form, from its documentation's formula; PyTorch has none.
values = [W.clone(), B.clone()]
squares = [np.ones_like(v.numpy(), dtype=np.float64) for v in values]
velocities = [np.zeros_like(s) for s in squares]
for _ in range(6):
    for i, gradient in enumerate(gradients(*values)):
        g = gradient.numpy().astype(np.float64)
        squares[i] = 0.9 * squares[i] + 0.1 * g * g
        velocities[i] = 0.8 * velocities[i] + 0.05 * g / np.sqrt(squares[i] + 0.1)
    values = [torch.tensor((v.numpy() - d).astype(np.float32)) for v, d in zip(values, velocities)]
keep("rmsprop_tensorflow/weight", values[0])
keep("rmsprop_tensorflow/bias", values[1])

# Schedules: the rate of each of 12 epochs.


def schedule(case, make):
    method = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.1)
    plan, rates = make(method), []
    for _ in range(12):
        rates.append(method.param_groups[0]["lr"])
        method.step()
        plan.step()
    keep(f"{case}/out", np.array(rates))


schedule("exponential", lambda m: torch.optim.lr_scheduler.ExponentialLR(m, 0.7))
schedule("step", lambda m: torch.optim.lr_scheduler.StepLR(m, 5, 0.3))
# PyTorch ends its warming a step early; over 4,001 steps that is within the test's tolerance.
method = torch.optim.SGD([torch.zeros(1, requires_grad=True)], 0.1)
cycle = torch.optim.lr_scheduler.OneCycleLR(method, 0.1, total_steps=4001, pct_start=0.25, final_div_factor=4000)
rates = []
for _ in range(4001):
    rates.append(method.param_groups[0]["lr"])
    method.step()
    if len(rates) < 4001:
        cycle.step()
keep("one_cycle/out", np.array(rates[::400]))

# Kernels, zeros and pooling whose two sides differ; batch normalisation with a ReLU after it.


class NormRelu(nn.BatchNorm2d):
    def forward(self, x):
        return F.relu(super().forward(x))


layer("conv_sides", nn.Conv2d(3, 4, (1, 5), padding=(0, 2)), rand(2, 3, 6, 7))
layer("batch_norm_relu", NormRelu(3), rand(4, 3, 5, 5))
layer("batch_norm_relu_eval", NormRelu(3), rand(4, 3, 5, 5), training=False)
operator("relu6", lambda a: F.relu6(8 * a), a=rand(3, 4))
operator("max_pool_sides", lambda a: F.max_pool2d(a, 3, 2, (1, 0), ceil_mode=True), a=rand(2, 3, 7, 6))
operator("avg_pool_sides", lambda a: F.avg_pool2d(a, 3, 2, (1, 0), ceil_mode=True, count_include_pad=False), a=rand(2, 3, 7, 6))

write(os.path.join(os.path.dirname(os.path.abspath(__file__)), "golden.safetensors"))

# Checkpoints as people have them: a state dictionary (with PyTorch's own hidden metadata), and one among other things.
torch.manual_seed(3)
net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2))
folder = os.path.dirname(os.path.abspath(__file__))
for name, value in net.state_dict().items():
    value.copy_(torch.arange(value.numel()).reshape(value.shape))
torch.save(net.state_dict(), os.path.join(folder, "state.pth"))
torch.save({"state_dict": net.state_dict(), "epoch": 7, "name": "x"}, os.path.join(folder, "nested.pth"))
torch.save(net.state_dict(), os.path.join(folder, "old.pth"), _use_new_zipfile_serialization=False)
whole = torch.arange(6, dtype=torch.float32).reshape(2, 3)
torch.save({
    "whole": whole, "column": whole[:, 1], "turned": whole.t(), "parameter": nn.Parameter(torch.ones(2)), "bool": torch.tensor([True, False]),
    "bf16": torch.tensor(1.5, dtype=torch.bfloat16), "rate": np.float64(0.1), "arguments": slice(1, 2), "names": {"a", "b"}, 5: "five", "big": 2**70,
}, os.path.join(folder, "views.pth"))

# A state dictionary as Python 2 and PyTorch before 0.4 wrote it: text of bytes, pairs handed to OrderedDict at once, tensors
# rebuilt the first way. Opcodes as in pickletools.


def old_text(text):
    return b"U" + bytes([len(text)]) + text.encode()


def old_numbers(numbers):
    return b"(" + b"".join(b"K" + bytes([n]) for n in numbers) + b"t"


def old_tensor(key, value):
    storage = b"(" + old_text("storage") + b"ctorch\nFloatStorage\n" + old_text(key) + old_text("cpu") + b"K" + bytes([value.numel()]) + b"NtQ"
    return b"ctorch._utils\n_rebuild_tensor\n(" + storage + b"K\0" + old_numbers(value.shape) + old_numbers(value.stride()) + b"tR"


state = {name: value for name, value in net.state_dict().items() if value.is_floating_point()}
pairs = b"".join(b"](" + old_text(name) + old_tensor(str(i), value) + b"e" for i, (name, value) in enumerate(state.items()))
older = os.path.join(folder, "older.pth")
with open(older, "wb") as file:
    for part in [0x1950A86A20F9469CFC6C, 1001, {"protocol_version": 1001, "little_endian": True, "type_sizes": {"int": 4}}]:
        pickle.dump(part, file, protocol=2)
    file.write(b"\x80\x02ccollections\nOrderedDict\n](" + pairs + b"e\x85R.")
    pickle.dump([str(i) for i in range(len(state))], file, protocol=2)
    for value in state.values():
        file.write(struct.pack("<q", value.numel()) + value.numpy().tobytes())
assert all(torch.equal(value, state[name]) for name, value in torch.load(older).items())
