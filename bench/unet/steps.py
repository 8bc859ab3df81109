"""Training steps of the self-supervised U-Net in PyTorch, timed as `Coverslip.Bench unet` times ours; a JSON line per size.

    steps.py FOLDER --write                      weights and a batch of every size go to FOLDER/unet-SIDE.pth
    steps.py FOLDER --who default                contiguous, float32 (call it without jemalloc)
    steps.py FOLDER --who tuned --precision P    channels-last, autocast to P (call it with jemalloc)

The network is the plain rendering that tests compare with (tests/Learning/Backbones/golden/unet.py), without its outermost skip
connection; the loss is pixels' cross-entropy and the reconstruction's mean squared error, moved by Adam.
"""
import argparse
import json
import os
import sys

import torch
import torch.nn.functional as F

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, ".."), os.path.join(HERE, "../../tests/Learning/Backbones/golden")]
from timing import timed
from unet import UNet


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--who", choices=["default", "tuned"])
    parser.add_argument("--precision", default="float32", choices=["float32", "bfloat16"])
    parser.add_argument("--sides", default="256,300")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--steps", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", os.cpu_count())))
    layout = torch.channels_last if options.who == "tuned" else torch.contiguous_format
    for side in map(int, options.sides.split(",")):
        path = os.path.join(options.folder, f"unet-{side}.pth")
        net = UNet(outside=5, width=options.width, without=(0,))
        if options.write:
            torch.manual_seed(1)
            batch = {"image": torch.rand(options.batch, 3, side, side),
                     "mask": (torch.rand(options.batch, 1, side, side) < 0.4).float()}
            torch.save({**net.state_dict(), **{f"batch/{k}": v for k, v in batch.items()}}, path)
            continue
        stored = torch.load(path)
        net.load_state_dict({k: v for k, v in stored.items() if not k.startswith("batch/")})
        net = net.to(memory_format=layout).train()
        image = stored["batch/image"].contiguous(memory_format=layout)
        truth = stored["batch/mask"].squeeze(1).long()
        optimizer = torch.optim.Adam(net.parameters(), lr=1e-4)

        def step():
            optimizer.zero_grad(set_to_none=True)
            with torch.autocast("cpu", torch.bfloat16, enabled=options.precision == "bfloat16"):
                output = net(image * 2 - 1).float()
                loss = F.cross_entropy(output[:, 3:], truth) + F.mse_loss(output[:, :3], image)
            loss.backward()
            optimizer.step()
            return loss.item()

        loss, times = timed(options.steps, step)
        print(json.dumps({"who": options.who, "what": f"{options.batch} x {side} x {side}", "precision": options.precision,
                          "loss": loss, **times}), flush=True)


if __name__ == "__main__":
    main()
