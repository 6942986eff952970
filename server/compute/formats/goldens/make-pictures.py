"""Small pictures in every way that BMP and GIF are written, with their pixels as TensorFlow and Pillow decode them.

    python server/compute/formats/goldens/make-pictures.py

writes pictures.json beside this file: for each picture its bytes (base64) and its pixels, (height, width, channels).
TensorFlow decodes what it can; Pillow the bitmaps of few bits, which TensorFlow does not read.
"""

import base64
import io
import json
import pathlib
import struct

import numpy as np
import tensorflow as tf
from PIL import Image

rng = np.random.default_rng(8)
pictures = []


def add(name, data, pixels):
    pixels = np.asarray(pixels)
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    pictures.append(
        {
            "name": name,
            "file": base64.b64encode(data).decode(),
            "shape": list(pixels.shape),
            "pixels": base64.b64encode(pixels.astype("uint8").tobytes()).decode(),
        }
    )


def saved(image, kind, **options):
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def with_tensorflow(name, data):
    add(name, data, tf.io.decode_image(data, channels=3, expand_animations=False).numpy())


def with_pillow(name, data):
    add(name, data, Image.open(io.BytesIO(data)).convert("RGB"))


colours = rng.integers(0, 256, (7, 13, 3), "uint8")
few = colours[:, :, :1] // 86 * np.array([[[1, 50, 90]]], "uint8")
with_tensorflow("24 bits.bmp", saved(Image.fromarray(colours), "BMP"))
with_tensorflow("plain.gif", saved(Image.fromarray(colours).quantize(64), "GIF"))
with_tensorflow("two colours.gif", saved(Image.fromarray(few).quantize(2), "GIF"))
large = rng.integers(0, 256, (70, 90), "uint8")
with_tensorflow("full table.gif", saved(Image.fromarray(large), "GIF"))
with_tensorflow("runs.gif", saved(Image.fromarray(large // 128 * 255), "GIF"))
moving = [Image.fromarray(rng.integers(0, 256, (6, 5, 3), "uint8")).quantize(16) for _ in range(3)]
with_tensorflow("moving.gif", saved(moving[0], "GIF", save_all=True, append_images=moving[1:]))
with_tensorflow("interlaced.gif", saved(Image.fromarray(colours).quantize(64), "GIF", interlace=1))
clear = Image.fromarray(colours).quantize(8)
with_tensorflow("transparent.gif", saved(clear, "GIF", transparency=3))

palette = Image.fromarray(colours).quantize(200)
add("8 bits.bmp", saved(palette, "BMP"), palette.convert("RGB"))
add("grey.bmp", saved(Image.fromarray(large[:5, :7]), "BMP"), large[:5, :7])
bits = Image.fromarray(large[:9, :11] // 128 * 255).convert("1")
add("1 bit.bmp", saved(bits, "BMP"), bits.convert("L"))


def bitmap(pixels, depth, rows, compression=0, masks=b"", top_down=False):
    """A BMP by hand: `rows` are the packed lines from the top."""
    height, width = pixels.shape[:2]
    body = b"".join(row + b"\0" * (-len(row) % 4) for row in (rows if top_down else rows[::-1]))
    info = struct.pack(
        "<IiiHHIIiiII", 40, width, -height if top_down else height, 1, depth, compression, len(body), 0, 0, 0, 0
    )
    start = 14 + 40 + len(masks)
    return b"BM" + struct.pack("<IHHI", start + len(body), 0, 0, start) + info + masks + body


small = colours[:4, :5]
add(
    "top down.bmp",
    bitmap(small, 24, [row[:, ::-1].tobytes() for row in small], top_down=True),
    small,
)
padded = np.concatenate([small[:, :, ::-1], np.full((4, 5, 1), 7, "uint8")], 2)
add("32 bits.bmp", bitmap(small, 32, [row.tobytes() for row in padded]), small)
five = small // 8
words = five[:, :, 0].astype("uint16") << 10 | five[:, :, 1].astype("uint16") << 5 | five[:, :, 2]
with_pillow("16 bits.bmp", bitmap(small, 16, [row.astype("<u2").tobytes() for row in words]))
six = small[:, :, 1] // 4
words = five[:, :, 0].astype("uint16") << 11 | six.astype("uint16") << 5 | five[:, :, 2]
masks = struct.pack("<III", 0xF800, 0x7E0, 0x1F)
with_pillow("565.bmp", bitmap(small, 16, [row.astype("<u2").tobytes() for row in words], 3, masks))

out = pathlib.Path(__file__).with_name("pictures.json")
out.write_text(json.dumps({"pictures": pictures}, indent=1) + "\n")
