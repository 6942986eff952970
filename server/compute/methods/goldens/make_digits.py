"""Writes digits-cka.json: linear CKA of all layers of digits-cnn@20 on the test split, by Keras and NumPy in float64.

Run: pip install keras tensorflow numpy && python server/compute/methods/goldens/make_digits.py
The versions are recorded in the file.
"""

import json
import sys
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

here = Path(__file__).parent
sys.path.insert(0, str(here / "../../../../bench"))
from digits import digits_cnn, every_layer, pictures  # noqa: E402

model = digits_cnn()
outputs = every_layer(model).predict(pictures("test"), batch_size=256, verbose=0)
layers = [values.reshape(len(values), -1).astype(np.float64) for values in outputs]
layers = [values - values.mean(0) for values in layers]


def cka(x, y):
    """By the products of features, not by Gram matrices."""
    return np.sum((y.T @ x) ** 2) / (np.linalg.norm(x.T @ x) * np.linalg.norm(y.T @ y))


out = {
    "versions": {"keras": keras.__version__, "tensorflow": tf.__version__, "numpy": np.__version__},
    "layers": [layer.name for layer in model.layers],
    "values": [[float(cka(x, y)) for y in layers] for x in layers],
}
(here / "digits-cka.json").write_text(json.dumps(out, separators=(",", ":")) + "\n")
