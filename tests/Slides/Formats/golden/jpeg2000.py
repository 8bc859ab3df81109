"""Writes jpeg2000.svs: an Aperio slide whose tiles are JPEG 2000 in RGB (TIFF compression 33005), without loss, so that
every pixel is the formula's. Needs Pillow with OpenJPEG: /usr/bin/python3 jpeg2000.py"""
import io
import struct

import numpy as np
from PIL import Image

WIDTH, HEIGHT, TILE = 300, 200, 128
DESCRIPTION = b"Aperio Image Library v11.0.37\r\n300x200 [0,0 300x200] (128x128) J2K/RGB Q=100|AppMag = 20|MPP = 0.4970\0"


def pixels(left, top, side):
    y, x = np.mgrid[top : top + side, left : left + side]
    return np.stack([(x + y) % 256, (3 * x) % 256, (5 * y + x // 7) % 256], axis=-1).astype(np.uint8)


def tile(left, top):
    buffer = io.BytesIO()
    image = Image.fromarray(pixels(left, top, TILE))
    image.save(buffer, "JPEG2000", irreversible=False, no_jp2=True, mct=0, num_resolutions=3)
    return buffer.getvalue()


tiles = [tile(x, y) for y in range(0, HEIGHT, TILE) for x in range(0, WIDTH, TILE)]
data, offsets = b"", []
for each in tiles:
    offsets.append(8 + len(data))
    data += each + b"\0" * (len(each) % 2)
start = 8 + len(data)
SHORT, LONG, ASCII = 3, 4, 2
fields = [
    (254, LONG, [0]),
    (256, LONG, [WIDTH]),
    (257, LONG, [HEIGHT]),
    (258, SHORT, [8, 8, 8]),
    (259, SHORT, [33005]),
    (262, SHORT, [2]),
    (270, ASCII, DESCRIPTION),
    (277, SHORT, [3]),
    (284, SHORT, [1]),
    (322, SHORT, [TILE]),
    (323, SHORT, [TILE]),
    (324, LONG, offsets),
    (325, LONG, [len(t) for t in tiles]),
]
directory, beyond = struct.pack("<H", len(fields)), b""
end = start + 2 + 12 * len(fields) + 4
for tag, kind, values in fields:
    raw = values if kind == ASCII else struct.pack(f"<{len(values)}{'H' if kind == SHORT else 'I'}", *values)
    place = raw.ljust(4, b"\0")
    if len(raw) > 4:
        place = struct.pack("<I", end + len(beyond))
        beyond += raw + b"\0" * (len(raw) % 2)
    directory += struct.pack("<HHI", tag, kind, len(values)) + place
with open("jpeg2000.svs", "wb") as file:
    file.write(b"II*\0" + struct.pack("<I", start) + data + directory + b"\0\0\0\0" + beyond)
