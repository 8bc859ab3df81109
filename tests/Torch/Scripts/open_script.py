"""Opens FOLDER/net.pt with Python's torch.jit.load and compares it with FOLDER/net.safetensors, both written by Coverslip."""
import json
import struct
import sys

import torch

TYPES = {"F32": torch.float32, "I64": torch.int64}


def read(path):
    """A reader of the format of its own, so that Coverslip's writer is not judged by its own reader."""
    data = open(path, "rb").read()
    (length,) = struct.unpack("<Q", data[:8])
    assert length % 8 == 0, length
    tensors = {}
    for name, entry in json.loads(data[8:8 + length]).items():
        begin, end = entry["data_offsets"]
        raw = bytearray(data[8 + length + begin:8 + length + end])
        tensors[name] = torch.frombuffer(raw, dtype=TYPES[entry["dtype"]]).reshape(entry["shape"])
    return tensors


folder = sys.argv[1]
expected = read(folder + "/net.safetensors")
script = torch.jit.load(folder + "/net.pt")
state = script.state_dict()
names = {name for name in expected if not name.startswith("#")}
assert set(state) == names, (set(state), names)
assert {name for name, _ in script.named_parameters()} == {n for n in names if "running" not in n and "tracked" not in n}
for name, value in state.items():
    assert torch.equal(value, expected[name]), name
first, second = script(expected["#x"])
torch.testing.assert_close(first, expected["#y0"], rtol=1e-5, atol=1e-6)
torch.testing.assert_close(second, expected["#y1"], rtol=1e-5, atol=1e-6)
