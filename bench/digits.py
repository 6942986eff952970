"""The demo's digits and its CNN in Keras, for the peers of the benchmarks."""

import json
import struct
from pathlib import Path

import keras
import numpy as np
from keras import layers

DIGITS = Path(__file__).parent.parent / "examples" / "digits"


def safetensors(path: Path) -> dict[str, np.ndarray]:
    raw = path.read_bytes()
    size = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8 : 8 + size])
    kinds = {"F32": np.float32, "I32": np.int32, "U8": np.uint8}
    out = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        start, end = entry["data_offsets"]
        part = raw[8 + size + start : 8 + size + end]
        out[name] = np.frombuffer(part, kinds[entry["dtype"]]).reshape(entry["shape"])
    return out


def pictures(split: str) -> np.ndarray:
    """(n, 8, 8, 1) in [0, 1]."""
    return safetensors(DIGITS / "digits.safetensors")[f"{split}.x"].astype(np.float32) / 16


def digits_cnn() -> keras.Model:
    """digits-cnn@20."""
    image = keras.Input((8, 8, 1), name="image")
    x = layers.Conv2D(16, 3, padding="same", activation="relu", name="conv2d_1")(image)
    x = layers.MaxPooling2D(2, name="pool_1")(x)
    x = layers.Conv2D(32, 3, padding="same", activation="relu", name="conv2d_2")(x)
    x = layers.MaxPooling2D(2, name="pool_2")(x)
    x = layers.Flatten(name="flatten")(x)
    x = layers.Dense(32, activation="relu", name="dense_1")(x)
    x = layers.Dense(10, name="logits")(x)
    x = layers.Activation("softmax", name="softmax")(x)
    model = keras.Model(image, x)
    weights = safetensors(DIGITS / "models" / "digits-cnn" / "checkpoints" / "20.safetensors")
    for layer in model.layers:
        if layer.weights:
            layer.set_weights([weights[f"{layer.name}/{w.name}"] for w in layer.weights])
    return model


def every_layer(model: keras.Model) -> keras.Model:
    return keras.Model(model.inputs, [layer.output for layer in model.layers])
