"""The peer of statistics.ts: per-unit mean, standard deviation, minimum, maximum, share of zeros and skew of every layer
of the same network over 1,000 examples, with Keras and NumPy. Prints {value: median milliseconds, versions}."""

import json
import struct
import sys
import time
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
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
every = keras.Model(image, [layer.output for layer in model.layers])
pictures = safetensors(DIGITS / "digits.safetensors")["train.x"].astype(np.float32) / 16


def statistics(batch: np.ndarray) -> None:
    for values in every.predict(batch, batch_size=250, verbose=0):
        flat = values.reshape(-1, values.shape[-1]).astype(np.float64)
        mean, sd = flat.mean(0), flat.std(0)
        ((flat - mean) ** 3).mean(0) / np.maximum(sd, 1e-12) ** 3
        flat.min(0), flat.max(0), (flat == 0).mean(0)


runs = int(sys.argv[1])
statistics(pictures[:1000])
times = []
for run in range(runs):
    began = time.perf_counter()
    statistics(pictures[run : run + 1000])
    times.append((time.perf_counter() - began) * 1000)
print(json.dumps({"value": float(np.median(times)), "versions": f"keras {keras.__version__}, tensorflow {tf.__version__}"}))
