"""Writes the UCI handwritten digits as scikit-learn ships them to digits.safetensors, split once and for all.

Source: E. Alpaydin, C. Kaynak (1998), Optical Recognition of Handwritten Digits, UCI Machine Learning Repository,
https://doi.org/10.24432/C50P49 (CC BY 4.0); the 1,797 images of its test part, in scikit-learn's load_digits().

Run: pip install scikit-learn numpy && python examples/digits/export_data.py
Tensors: {train,test}.x (n, 8, 8, 1) U8 with values 0 to 16; {train,test}.y (n) I32. A fifth of every class is test.
"""

import json
import struct
from pathlib import Path

import numpy as np
import sklearn
from sklearn.datasets import load_digits

SEED = 7
digits = load_digits()
images = digits.images.astype(np.uint8)[..., None]
labels = digits.target.astype(np.int32)
rng = np.random.default_rng(SEED)
test = np.zeros(len(labels), dtype=bool)
for digit in range(10):
    rows = np.flatnonzero(labels == digit)
    test[rng.permutation(rows)[: round(len(rows) / 5)]] = True

tensors = {
    "train.y": ("I32", labels[~test]),
    "test.y": ("I32", labels[test]),
    "train.x": ("U8", images[~test]),
    "test.x": ("U8", images[test]),
}
header, body = {"__metadata__": {"seed": str(SEED), "sklearn": sklearn.__version__}}, b""
for name, (dtype, array) in tensors.items():
    raw = np.ascontiguousarray(array).tobytes()
    header[name] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [len(body), len(body) + len(raw)]}
    body += raw
text = json.dumps(header).encode()
text += b" " * (-len(text) % 8)
Path(__file__).with_name("digits.safetensors").write_bytes(struct.pack("<Q", len(text)) + text + body)
print({name: array.shape for name, (_, array) in tensors.items()})
