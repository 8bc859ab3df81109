"""Weights of a formula, a hash of key and index, for backbones.py and bench/backbones; GoldenBackbone.cs repeats it."""
import numpy as np
import torch


def draw(key, count):
    """count numbers in [-1, 1): FNV-1a of the key plus the index times a constant, through MurmurHash3's last step."""
    seed = 2166136261
    for byte in key.encode():
        seed = (seed ^ byte) * 16777619 % 2**32
    h = np.uint32(seed) + np.arange(count, dtype=np.uint32) * np.uint32(0x9E3779B9)
    h ^= h >> np.uint32(16)
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return (h >> np.uint32(8)).astype(np.float64) / 2**23 - 1


def fill(net):
    """Variances and factors near one, weights as He et al. 2015, all else within 0.3 of zero."""
    with torch.no_grad():
        for key, value in net.state_dict().items():
            if not value.is_floating_point():
                continue
            drawn = draw(key, value.numel())
            if value.dim() > 1:
                drawn = drawn * np.sqrt(6 / (value.numel() / len(value)))
            elif key.endswith(("running_var", "weight")):
                drawn = 1 + 0.4 * drawn
            else:
                drawn = 0.3 * drawn
            value.copy_(torch.from_numpy(drawn.astype(np.float32)).reshape(value.shape))
