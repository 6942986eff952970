"""Writes what Keras computes at every layer of small networks, to be compared with ours.

Run: python server/compute/goldens/make_activations.py   (needs tensorflow and keras; versions are recorded)
Writes, beside this file, for each network: NAME.keras (the network) and NAME.safetensors (`input`, and every layer's
output under its name). Weights and inputs are seeded and away from zero, so that no layer is trivially right.
"""

import json
import os
import struct
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import keras
import numpy as np
import tensorflow as tf
from keras import layers

HERE = Path(__file__).parent
ROWS = 3


def convolutional():
    """The usual layers of a picture classifier, batch normalisation with moving statistics of its own."""
    return keras.Sequential(
        [
            keras.Input((9, 7, 2), name="image"),
            layers.Conv2D(4, 3, padding="same", activation="relu", name="conv_same"),
            layers.BatchNormalization(name="norm"),
            layers.DepthwiseConv2D(3, padding="valid", name="depthwise"),
            layers.LeakyReLU(negative_slope=0.2, name="leaky"),
            layers.SeparableConv2D(5, 3, strides=2, padding="same", name="separable"),
            layers.MaxPooling2D(2, padding="same", name="pool"),
            layers.Dropout(0.5, name="dropout"),
            layers.Flatten(name="flatten"),
            layers.Dense(6, activation="elu", name="dense"),
            layers.Dense(3, name="logits"),
            layers.Softmax(name="softmax"),
        ],
        name="convolutional",
    )


def branched():
    """A residual block and a concatenation: layers with several inputs."""
    x = keras.Input((8, 8, 3), name="image")
    stem = layers.Conv2D(4, 3, padding="same", activation="relu", name="stem")(x)
    a = layers.Conv2D(4, 3, padding="same", activation="tanh", name="a")(stem)
    skip = layers.Add(name="skip")([stem, a])
    b = layers.Conv2D(2, 1, activation="sigmoid", name="b")(skip)
    both = layers.Concatenate(name="both")([skip, b])
    up = layers.UpSampling2D(2, name="up")(layers.AveragePooling2D(2, name="average")(both))
    pooled = layers.GlobalAveragePooling2D(name="global")(up)
    out = layers.Dense(4, activation="softmax", name="head")(pooled)
    return keras.Model(x, out, name="branched")


def recurrent():
    """Sequences: units over time."""
    x = keras.Input((6, 3), name="steps")
    h = layers.Conv1D(4, 2, padding="same", activation="swish", name="conv")(x)
    h = layers.LSTM(5, return_sequences=True, name="lstm")(h)
    h = layers.LayerNormalization(name="norm")(h)
    h = layers.GRU(4, reset_after=False, name="gru")(h)
    return keras.Model(x, layers.Dense(2, activation="softmax", name="out")(h), name="recurrent")


def write_safetensors(path, tensors, metadata):
    header, offset = {"__metadata__": metadata}, 0
    for name, value in tensors.items():
        header[name] = {"dtype": "F32", "shape": list(value.shape), "data_offsets": [offset, offset + value.nbytes]}
        offset += value.nbytes
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as out:
        out.write(struct.pack("<Q", len(text)) + text)
        for value in tensors.values():
            out.write(np.ascontiguousarray(value, "<f4").tobytes())


def main():
    versions = {"keras": keras.__version__, "tensorflow": tf.__version__, "numpy": np.__version__}
    for seed, make in enumerate([convolutional, branched, recurrent], start=1):
        keras.utils.set_random_seed(seed)
        model = make()
        draw = np.random.default_rng(seed)
        for weight in model.weights:
            value = draw.normal(0, 0.4, weight.shape)
            # A variance is positive.
            weight.assign(np.abs(value) + 0.5 if "variance" in weight.path else value)
        x = draw.normal(0, 1, (ROWS, *model.input_shape[1:])).astype("float32")
        tapped = keras.Model(model.inputs, [layer.output for layer in model.layers])
        outputs = tapped(x if isinstance(model, keras.Sequential) else [x], training=False)
        tensors = {"input": x}
        for layer, output in zip(model.layers, outputs):
            if not isinstance(layer, layers.InputLayer):
                tensors[layer.name] = np.asarray(output, "float32")
        model.save(HERE / f"{model.name}.keras")
        write_safetensors(HERE / f"{model.name}.safetensors", tensors, versions)
        print(model.name, {name: value.shape for name, value in tensors.items()})


if __name__ == "__main__":
    main()
