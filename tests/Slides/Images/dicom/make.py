#!/usr/bin/env python3
"""Makes the DICOM files of this folder and, beside each that can be read, the gray values to be shown as a PNG.

Written by hand after DICOM PS3.5 and PS3.10; compressed by gdcmconv (Debian: libgdcm-tools) and dcmcjpeg (dcmtk).
Shown values are computed here, in numpy, after PS3.3 C.7.6.3.1.2, C.11.1 and C.11.2. Run in this folder: python3 make.py
"""
import struct
import subprocess

import numpy as np
from PIL import Image

HEIGHT, WIDTH = 16, 24
EXPLICIT, IMPLICIT, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
LONG = ("OB", "OW", "SQ", "UN", "OF")


def element(tag, vr, value, order="<", explicit=True):
    if isinstance(value, str):
        value = value.encode()
        value += (b"\0" if vr == "UI" else b" ") * (len(value) % 2)
    elif vr in ("US", "SS"):
        value = struct.pack(order + str(len(value)) + {"US": "H", "SS": "h"}[vr], *value)
    head = struct.pack(order + "HH", *tag)
    if not explicit:
        return head + struct.pack(order + "I", len(value)) + value
    if vr in LONG:
        return head + vr.encode() + b"\0\0" + struct.pack(order + "I", len(value)) + value
    return head + vr.encode() + struct.pack(order + "H", len(value)) + value


def sequence(tag, elements):
    item = b"".join(elements)
    return element(tag, "SQ", struct.pack("<HHI", 0xFFFE, 0xE000, len(item)) + item)


def write(name, stored, syntax=EXPLICIT, bits=8, photometric="MONOCHROME2", pixels=True, **extra):
    order, explicit = (">" if syntax == BIG else "<"), syntax != IMPLICIT
    signed = stored.dtype.kind == "i"
    allocated = stored.dtype.itemsize * 8
    frames = extra.pop("frames", None)
    color = stored.ndim == 3 and frames is None
    sop = extra.pop("sop", "1.2.840.10008.5.1.4.1.1.7")
    values = {
        (0x0008, 0x0016): ("UI", sop),
        (0x0008, 0x0018): ("UI", "1.2.3.4"),
        (0x0010, 0x0010): ("PN", "Phantom"),
        (0x0028, 0x0002): ("US", [3 if color else 1]),
        (0x0028, 0x0004): ("CS", photometric),
        (0x0028, 0x0010): ("US", [HEIGHT]),
        (0x0028, 0x0011): ("US", [WIDTH]),
        (0x0028, 0x0100): ("US", [allocated]),
        (0x0028, 0x0101): ("US", [bits]),
        (0x0028, 0x0102): ("US", [extra.pop("high", bits - 1)]),
        (0x0028, 0x0103): ("US", [int(signed)]),
    }
    if color:
        values[(0x0028, 0x0006)] = ("US", [0])
    if frames:
        values[(0x0028, 0x0008)] = ("IS", str(frames))
    for key, tag, vr in (
        ("padding", (0x0028, 0x0120), "SS" if signed else "US"),
        ("centre", (0x0028, 0x1050), "DS"),
        ("width", (0x0028, 0x1051), "DS"),
        ("intercept", (0x0028, 0x1052), "DS"),
        ("slope", (0x0028, 0x1053), "DS"),
        ("function", (0x0028, 0x1056), "CS"),
    ):
        if key in extra:
            values[tag] = (vr, extra.pop(key))
    body = {tag: element(tag, vr, value, order, explicit) for tag, (vr, value) in values.items()}
    if "lut" in extra:
        first, table = extra.pop("lut")
        body[(0x0028, 0x3010)] = sequence(
            (0x0028, 0x3010),
            [
                element((0x0028, 0x3002), "US", [len(table), first, 12]),
                element((0x0028, 0x3006), "US", table),
            ],
        )
    if extra.pop("modality_lut", False):
        body[(0x0028, 0x3000)] = sequence(
            (0x0028, 0x3000),
            [element((0x0028, 0x3002), "US", [2, 0, 8]), element((0x0028, 0x3006), "US", [0, 255])],
        )
    assert not extra, extra
    if pixels:
        raw = stored.astype(stored.dtype.newbyteorder(order)).tobytes()
        body[(0x7FE0, 0x0010)] = element(
            (0x7FE0, 0x0010), "OW" if allocated == 16 else "OB", raw + b"\0" * (len(raw) % 2), order, explicit
        )
    meta = element((0x0002, 0x0001), "OB", b"\0\1") + b"".join(
        element(tag, "UI", text)
        for tag, text in (
            ((0x0002, 0x0002), sop),
            ((0x0002, 0x0003), "1.2.3.4"),
            ((0x0002, 0x0010), syntax),
            ((0x0002, 0x0012), "1.2.3.5"),
        )
    )
    head = element((0x0002, 0x0000), "UL", struct.pack("<I", len(meta)))
    with open(name + ".dcm", "wb") as file:
        file.write(b"\0" * 128 + b"DICM" + head + meta + b"".join(body[tag] for tag in sorted(body)))


def expect(name, share, wide, inverted=False, black=None):
    white = 65535 if wide else 255
    share = np.clip(share, 0, 1)
    gray = np.floor((1 - share if inverted else share) * white + 0.5).astype(np.uint16 if wide else np.uint8)
    if black is not None:
        gray[black] = 0
    Image.fromarray(gray).save(name + ".png")


def compress(source, name, *options):
    subprocess.run(["gdcmconv", *options, source + ".dcm", name + ".dcm"], check=True)


def compress_by_dcmtk(source, name, *options):
    subprocess.run(["dcmcjpeg", *options, source + ".dcm", name + ".dcm"], check=True)


def linear(x, centre, width):
    return (x - (centre - 0.5)) / (width - 1) + 0.5


y, x = np.mgrid[0:HEIGHT, 0:WIDTH]
eight = (y * 13 + x * 2).astype(np.uint8)  # 3 … 240, rising
twelve = (100 + y * 200 + x * 30).astype(np.uint16)  # 100 … 3790
sixteen = (1000 + y * 3000 + x * 500).astype(np.uint16)  # 1000 … 57500
signed = (-1200 + y * 180 + x * 20).astype(np.int16)

full = (twelve - 100.0) / (twelve.max() - 100.0)
write("gray8", eight)
expect("gray8", eight / 255, False)
write("inverted8", eight, photometric="MONOCHROME1")
expect("inverted8", eight / 255, False, inverted=True)
write("gray12", twelve, bits=12)
expect("gray12", full, True)
write("inverted12", twelve, bits=12, photometric="MONOCHROME1")
expect("inverted12", full, True, inverted=True)
write("overlay12", twelve | 0xF000, bits=12)  # what stands in the unused bits is no picture
expect("overlay12", full, True)
write("gray16", sixteen, bits=16)
expect("gray16", (sixteen - 1000.0) / (sixteen.max() - 1000.0), True)
write("windows", sixteen, bits=16, centre="20000\\30000", width="16000\\500")
expect("windows", linear(sixteen.astype(float), 20000, 16000), True)
write("rescaled", signed, bits=16, slope="2", intercept="-100.5", centre="40", width="3000")
expect("rescaled", linear(signed * 2 - 100.5, 40, 3000), True)
write("exact", twelve, bits=12, centre="2000", width="1500", function="LINEAR_EXACT", photometric="MONOCHROME1")
expect("exact", (twelve - 2000.0) / 1500 + 0.5, True, inverted=True)
write("sigmoid", twelve, bits=12, centre="2000", width="1500", function="SIGMOID")
expect("sigmoid", 1 / (1 + np.exp(-4 * (twelve - 2000.0) / 1500)), True)
table = [min(4095, i * i // 400) for i in range(1200)]
write("lut", twelve, bits=12, lut=(600, table))
expect("lut", np.array(table)[np.clip(twelve.astype(int) - 600, 0, 1199)] / 4095, True)
padded = twelve.copy()
padded[:3] = 0
write("padded", padded, bits=12, padding=[0], photometric="MONOCHROME1")
kept = padded[3:]
expect("padded", (padded - float(kept.min())) / float(kept.max() - kept.min()), True, True, padded == 0)
write("flat", np.full((HEIGHT, WIDTH), 700, np.uint16), bits=12)
expect("flat", np.zeros((HEIGHT, WIDTH)), True)
write("implicit", twelve, IMPLICIT, bits=12)
expect("implicit", full, True)
write("bigendian", twelve, BIG, bits=12)
expect("bigendian", full, True)

for name, options in (
    ("lossless12", ["--jpeg"]),
    ("j2k12", ["--j2k"]),
    ("jpegls12", ["--jpegls"]),
    ("rle12", ["--rle"]),
):
    compress("gray12", name, *options)
    expect(name, full, True)
compress("gray16", "lossless16", "--jpeg")
expect("lossless16", (sixteen - 1000.0) / (sixteen.max() - 1000.0), True)
compress("gray16", "j2k16", "--j2k")
expect("j2k16", (sixteen - 1000.0) / (sixteen.max() - 1000.0), True)
compress("inverted8", "lossless8", "--jpeg")
expect("lossless8", eight / 255, False, inverted=True)
compress("gray8", "baseline8", "--jpeg", "--lossy", "-q", "100")
expect("baseline8", eight / 255, False)  # the test allows what quality 100 loses

for predictor in (2, 3, 4, 5, 6, 7):  # gdcmconv writes predictor 1 only
    name = f"predictor{predictor}"
    compress_by_dcmtk("gray12", name, "+el", "+sv", str(predictor))
    expect(name, full, True)
compress_by_dcmtk("gray12", "extended12", "+ee", "+q", "100")
expect("extended12", full, True)  # the test allows what quality 100 loses

write("bad-color", np.repeat(eight[..., None], 3, 2), photometric="RGB")
write("bad-frames", np.stack([eight, eight]), frames=2)
write("bad-report", eight, sop="1.2.840.10008.5.1.4.1.1.88.11", pixels=False)
write("bad-window", twelve, bits=12, centre="2000", width="0")
write("bad-number", twelve, bits=12, centre="two", width="1500")
write("bad-function", twelve, bits=12, centre="2000", width="1500", function="CUBIC")
write("bad-bits", twelve, bits=12, high=15)
write("bad-modality", eight, modality_lut=True)
