"""Writes weights_branched.keras, weights_branched.h5 and weights.json: layers whose weights are easily taken for each other.

Run: pip install keras tensorflow-cpu h5py numpy && python server/compute/formats/goldens/make_weights.py
Weights of like shapes beside each other (gamma and beta, mean and variance, the two ways of a Bidirectional, two calls of
a shared layer, frozen parts of inner models), all drawn from a seed; one batch of inputs, and Keras' outputs.
"""

import json
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
from keras import layers as L

here = Path(__file__).parent
rng = np.random.default_rng(11)
draw = lambda *shape: (0.6 * rng.normal(size=shape)).astype(np.float32)


def inner():
    x = keras.Input((4,))
    frozen = L.Dense(4, name="frozen")
    y = L.BatchNormalization(scale=False, name="no_scale")(frozen(x))
    y = L.Dense(4, activation="tanh", name="free")(y)
    y = L.BatchNormalization(center=False, name="no_center")(y)
    y = L.BatchNormalization(trainable=False, name="frozen_norm")(y)
    model = keras.Model(x, L.Dense(4, name="last")(y), name="inner")
    frozen.trainable = False
    return model


def whole():
    row = keras.Input((4,), name="row")
    steps = keras.Input((6, 4), name="steps")
    picture = keras.Input((6, 5, 4), name="picture")
    part = inner()
    frozen = inner()
    frozen.trainable = False
    frozen_part = keras.Sequential([keras.Input((4,)), frozen, L.LayerNormalization(name="norm")], name="outer")
    known = L.Normalization(mean=[0.1, -0.2, 0.3, 0.4], variance=[0.5, 1.0, 1.5, 2.0], name="known")
    learnt = L.Normalization(name="learnt")
    learnt.adapt(draw(20, 4))
    shared = L.Dense(4, activation=L.ELU(alpha=0.3), name="shared")
    a = shared(part(known(row)))
    b = shared(frozen_part(learnt(row)))
    c = part(L.RMSNormalization(name="rms")(b))
    y = L.Bidirectional(L.GRU(3, return_sequences=True), name="gru")(steps)
    y = L.SeparableConv1D(4, 2, name="separable")(y)
    y = L.Conv1D(4, 2, padding="causal", groups=2, name="causal")(y)
    y = L.DepthwiseConv1D(2, depth_multiplier=2, name="deep")(y)
    y = L.Conv1DTranspose(3, 3, strides=2, name="transposed")(y)
    y = L.PReLU(shared_axes=[1], name="prelu")(y)
    y = L.Bidirectional(L.LSTM(2), backward_layer=L.LSTM(2, go_backwards=True, name="other_way"), name="lstm")(y)
    z = L.Conv2D(4, 2, groups=2, name="groups")(picture)
    z = L.GroupNormalization(2, name="group_norm")(z)
    z = L.TimeDistributed(L.Conv1D(3, 2, activation="relu", name="each"), name="times")(z)
    z = L.GlobalAveragePooling2D(name="mean")(z)
    merged = L.Concatenate(name="all")([a, b, c, y, z])
    return keras.Model([row, steps, picture], L.Dense(3, activation="softmax", name="out")(merged), name="whole")


model = whole()
for weight in model.weights:
    if weight.path.split("/")[-1] in ("mean", "variance", "count"):
        continue
    value = draw(*weight.shape)
    weight.assign(np.abs(value) + 0.3 if "variance" in weight.path else value)
model.save(here / "weights_branched.keras")
model.save(here / "weights_branched.h5")
batch = [draw(2, *tensor.shape[1:]) for tensor in model.inputs]
numbers = lambda array: [float(f"{value:.7g}") for value in np.asarray(array).ravel()]
(here / "weights.json").write_text(
    json.dumps(
        {
            "inputs": [{"shape": list(x.shape), "data": numbers(x)} for x in batch],
            "output": numbers(model.predict(batch, verbose=0)),
        }
    )
    + "\n"
)
