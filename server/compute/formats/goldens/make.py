"""Writes small Keras models with what Keras says they answer, for the tests beside this folder.

Run: pip install keras tensorflow-cpu h5py numpy && python server/compute/formats/goldens/make.py
Each model NAME gives NAME.keras and NAME.h5 (the same weights), and an entry in answers.json: one batch of inputs and
Keras' outputs. All weights are drawn from a seed, moving statistics included, so that no two are equal by chance.
"""

import json
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import h5py
import keras
import numpy as np
from keras import layers

here = Path(__file__).parent
rng = np.random.default_rng(5)


def branched():
    image = keras.Input((8, 8, 1), name="image")
    x = layers.Conv2D(4, 3, padding="same", name="conv_a")(image)
    x = layers.BatchNormalization(name="norm_a")(x)
    skip = layers.Activation("relu", name="act_a")(x)
    x = layers.Conv2D(4, 3, padding="same", activation="silu", kernel_regularizer="l2", name="conv_b")(skip)
    x = layers.Add(name="sum")([skip, x])
    y = layers.MaxPooling2D(2, name="pool")(x)
    y = layers.Flatten(name="flat")(y)
    z = layers.GlobalAveragePooling2D(name="mean")(x)
    both = layers.Concatenate(name="both")([y, z])
    both = layers.Dropout(0.3, name="drop")(both)
    return keras.Model(image, [layers.Dense(3, activation="softmax", name="classes")(both), layers.Dense(2, name="aux")(z)], name="branched")


def nested():
    """A model called twice (shared), one nested two deep, and equal layer names in different models."""
    inner = keras.Sequential([keras.Input((6,)), layers.Dense(5, activation="tanh", name="dense"), layers.BatchNormalization(name="norm")], name="inner")
    a_in = keras.Input((6,), name="in_a")
    encoder_out = layers.Dense(4, activation="gelu", name="dense")(inner(a_in))
    encoder = keras.Model(a_in, encoder_out, name="encoder")
    left, right = keras.Input((6,), name="left"), keras.Input((6,), name="right")
    merged = layers.Concatenate(name="merge")([encoder(left), encoder(right)])
    head = keras.Sequential([keras.Input((8,)), layers.Dense(3, name="dense"), layers.Softmax(name="soft")], name="head")
    return keras.Model([left, right], head(merged), name="nested")


def recurrent():
    tokens = keras.Input((7,), name="tokens")
    x = layers.Embedding(11, 5, name="embed")(tokens)
    x = layers.Bidirectional(layers.LSTM(4, return_sequences=True), name="both_ways")(x)
    x = layers.TimeDistributed(layers.Dense(6, activation="relu"), name="each_step")(x)
    x = layers.GRU(5, reset_after=False, return_sequences=True, name="gru")(x)
    x = layers.SimpleRNN(4, name="simple")(x)
    return keras.Model(tokens, layers.Dense(2, activation="sigmoid", name="out")(x), name="recurrent")


def varied():
    return keras.Sequential(
        [
            keras.Input((9, 7, 3)),
            layers.ZeroPadding2D(((0, 1), (2, 1)), name="pad"),
            layers.DepthwiseConv2D(3, depth_multiplier=2, name="depthwise"),
            layers.LeakyReLU(negative_slope=0.15, name="leaky"),
            layers.SeparableConv2D(5, 3, padding="same", strides=2, name="separable"),
            layers.ELU(name="elu"),
            layers.LayerNormalization(name="layer_norm"),
            layers.UpSampling2D(2, name="up"),
            layers.Conv2DTranspose(4, 3, strides=2, padding="same", name="transposed"),
            layers.PReLU(shared_axes=[1, 2], name="prelu"),
            layers.Cropping2D(1, name="crop"),
            layers.AveragePooling2D(3, padding="same", name="average"),
            layers.ReLU(max_value=6.0, name="relu"),
            layers.Conv2D(3, 2, dilation_rate=2, name="dilated"),
            layers.SpatialDropout2D(0.2, name="spatial"),
            layers.Rescaling(0.5, offset=0.1, name="rescale"),
            layers.Reshape((-1, 3), name="rows"),
            layers.Conv1D(4, 2, activation="softplus", name="conv1d"),
            layers.GlobalMaxPooling1D(name="highest"),
            layers.Dense(2, use_bias=False, name="out"),
        ],
        name="varied",
    )


def inputs_for(model):
    out = []
    for tensor in model.inputs:
        shape = (2, *tensor.shape[1:])
        out.append(rng.integers(0, 11, shape) if tensor.name == "tokens" else rng.normal(size=shape))
    return [array.astype(np.float32) for array in out]


def numbers(array):
    return [float(f"{value:.7g}") for value in np.asarray(array).ravel()]


answers = {"versions": {"keras": keras.__version__, "numpy": np.__version__}, "models": {}}
for make in (branched, nested, recurrent, varied):
    model = make()
    model.set_weights([
        (np.abs(rng.normal(size=w.shape)) + 0.3 if "variance" in v.path else 0.5 * rng.normal(size=w.shape)).astype(np.float32)
        for v, w in zip(model.weights, model.get_weights())
    ])
    model.save(here / f"{model.name}.keras")
    model.save(here / f"{model.name}.h5")
    batch = inputs_for(model)
    outputs = model.predict(batch if len(batch) > 1 else batch[0], verbose=0)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    answers["models"][model.name] = {
        "inputs": [{"shape": list(x.shape), "data": numbers(x)} for x in batch],
        "outputs": [{"shape": list(y.shape), "data": numbers(y)} for y in outputs],
        "params": int(model.count_params()),
    }

# What must be refused by name.
two = keras.Input((4,), name="two")
keras.Model(two, layers.Lambda(keras.ops.abs, name="doubling")(two), name="with_lambda").save(here / "lambda.keras")
steps = keras.Input((3, 4), name="steps")
keras.Model(steps, layers.MultiHeadAttention(1, 2, name="attend")(steps, steps), name="attention").save(here / "attention.keras")

# A kernel whose bytes are said to lie in another file of the machine.
model = keras.Sequential([keras.Input((2,)), layers.Dense(3, name="dense")], name="leak")
model.save(here / "external.h5")
with h5py.File(here / "external.h5", "a") as file:
    group = file["model_weights/dense"]
    name = next(n for n in group.attrs["weight_names"] if "kernel" in str(n))
    name = name.decode() if isinstance(name, bytes) else name
    del group[name]
    group.create_dataset(name, shape=(2, 3), dtype="f4", external=[("/etc/hosts", 0, 24)])

(here / "answers.json").write_text(json.dumps(answers, separators=(",", ":")) + "\n")
