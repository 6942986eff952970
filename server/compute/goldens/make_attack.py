"""Writes the gradient of the loss by the input as TensorFlow's GradientTape gives it, to compare attacks with.

Run: python server/compute/goldens/make_attack.py   (after make_activations.py; needs tensorflow and keras)
Reads convolutional.keras and the input in convolutional.safetensors; writes attack.safetensors beside them: `gradient` of
-log p(label) by the input, `labels`.
"""

import json
import os
import struct
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf

HERE = Path(__file__).parent
LABELS = [0, 1, 2]


def read(path, name):
    data = path.read_bytes()
    size = struct.unpack("<Q", data[:8])[0]
    entry = json.loads(data[8 : 8 + size])[name]
    start, end = entry["data_offsets"]
    return np.frombuffer(data[8 + size + start : 8 + size + end], np.float32).reshape(entry["shape"])


def main():
    model = keras.models.load_model(HERE / "convolutional.keras")
    x = tf.constant(read(HERE / "convolutional.safetensors", "input"))
    with tf.GradientTape() as tape:
        tape.watch(x)
        chosen = tf.gather(model(x, training=False), LABELS, axis=1, batch_dims=1)
        loss = -tf.reduce_sum(tf.math.log(chosen))
    gradient = np.ascontiguousarray(tape.gradient(loss, x), np.float32)
    labels = np.asarray(LABELS, np.int32)
    header = {
        "__metadata__": {"tensorflow": tf.__version__},
        "gradient": {"dtype": "F32", "shape": list(gradient.shape), "data_offsets": [0, gradient.nbytes]},
        "labels": {"dtype": "I32", "shape": [3], "data_offsets": [gradient.nbytes, gradient.nbytes + 12]},
    }
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path = HERE / "attack.safetensors"
    path.write_bytes(struct.pack("<Q", len(text)) + text + gradient.tobytes() + labels.tobytes())


if __name__ == "__main__":
    main()
