"""The 3x3 convolutions of a U-Net of width 64 at 256x256, batch 4, one by one with both gradients: PyTorch contiguous, PyTorch
channels-last, and coverslip::conv3x3 of the native library. Milliseconds, best of three.

    convolutions.py LIBRARY
"""
import os
import sys
import time

import torch
import torch.nn.functional as F

SHAPES = [(64, 64, 256), (64, 128, 128), (128, 128, 128), (256, 128, 128), (256, 256, 64), (512, 256, 64), (512, 512, 32),
          (1024, 512, 32), (1024, 1024, 16)]


def best(work, runs=3):
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(1000 * (time.perf_counter() - start))
    return min(times)


def timed(convolution, tensors, layout):
    """Milliseconds of forward, gradient of the input, gradient of the weights."""
    x, weight, gradient = (t.contiguous(memory_format=layout) for t in tensors)
    x, weight = x.requires_grad_(), weight.requires_grad_()
    y = convolution(x, weight)
    return [best(lambda: convolution(x, weight)),
            best(lambda: torch.autograd.grad(y, (x,), gradient, retain_graph=True)),
            best(lambda: torch.autograd.grad(y, (weight,), gradient, retain_graph=True))]


def main():
    torch.ops.load_library(sys.argv[1])
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
    theirs = lambda x, weight: F.conv2d(x, weight, None, padding=1)
    ours = lambda x, weight: torch.ops.coverslip.conv3x3(x, weight, None)
    print("| Channels | Side | PyTorch | channels-last | ours | times PyTorch |\n|---|---|---|---|---|---|")
    for inputs, outputs, side in SHAPES:
        tensors = (torch.randn(4, inputs, side, side), torch.randn(outputs, inputs, 3, 3), torch.randn(4, outputs, side, side))
        default = sum(timed(theirs, tensors, torch.contiguous_format))
        last = sum(timed(theirs, tensors, torch.channels_last))
        parts = timed(ours, tensors, torch.channels_last)
        print(f"| {inputs} → {outputs} | {side} | {default:.1f} | {last:.1f} "
              f"| {sum(parts):.1f} ({', '.join(f'{p:.1f}' for p in parts)}) | {default / sum(parts):.2f} |", flush=True)


if __name__ == "__main__":
    main()
