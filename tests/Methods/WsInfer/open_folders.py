"""Opens model folders as WSInfer does and compares their probabilities with those of Coverslip.

Each FOLDER has pixels.bin (bytes [N, side, side, 3]) and expected.json ([N][classes]) beside the model's two files.
"""
import json
import sys

import torch

for folder in sys.argv[1:]:
    config = json.load(open(folder + "/config.json"))
    side, classes = config["patch_size_pixels"], config["num_classes"]
    assert len(set(config["class_names"])) == classes >= 2, config
    assert [t["name"] for t in config["transform"]] == ["Resize", "ToTensor"], config
    pixels = torch.frombuffer(bytearray(open(folder + "/pixels.bin", "rb").read()), dtype=torch.uint8)
    images = pixels.reshape(-1, side, side, 3).permute(0, 3, 1, 2).contiguous().float() / 255  # what ToTensor does
    expected = torch.tensor(json.load(open(folder + "/expected.json")), dtype=torch.float32)
    model = torch.jit.load(folder + "/torchscript_model.pt").eval()
    for batch in (1, 3, len(images)):
        with torch.no_grad():
            logits = model(images[:batch])
        assert logits.shape == (batch, classes), logits.shape
        torch.testing.assert_close(torch.softmax(logits, dim=1), expected[:batch], rtol=0, atol=1e-4)
