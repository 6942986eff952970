"""Attributions by Keras's own GradientTape and by the shap package, for attributions.test.ts.

    python make_attributions.py   (needs tensorflow, keras and shap; versions are recorded)
Writes, beside this file, attributions_NAME.keras (a network) and attributions_NAME.safetensors: `x` (examples), `baseline`,
and TARGET.METHOD or TARGET.LAYER.METHOD; `class` and `steps` are in its metadata. The loss is that of class 1.
"""

import json
import os
import struct
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import keras
import numpy as np
import shap
import tensorflow as tf
from keras import layers

HERE = Path(__file__).parent
ROWS = 3
STEPS = 64


def convolutional():
    """A picture classifier as the demo's: convolutions, pooling, a hidden layer, logits and a softmax apart."""
    return keras.Sequential(
        [
            keras.Input((8, 8, 1), name="image"),
            layers.Conv2D(5, 3, padding="same", activation="relu", name="conv_1"),
            layers.MaxPooling2D(2, name="pool"),
            layers.Conv2D(6, 3, padding="same", name="conv_2"),
            layers.ReLU(name="rectified"),
            layers.Flatten(name="flatten"),
            layers.Dense(8, activation="relu", name="hidden"),
            layers.Dense(4, name="logits"),
            layers.Softmax(name="softmax"),
        ],
        name="attributions_convolutional",
    )


def branched():
    """A residual block, a concatenation, and a softmax inside the last layer."""
    x = keras.Input((8, 8, 3), name="image")
    stem = layers.Conv2D(4, 3, padding="same", activation="relu", name="stem")(x)
    a = layers.Conv2D(4, 3, padding="same", activation="relu", name="a")(stem)
    skip = layers.Add(name="skip")([stem, a])
    b = layers.Conv2D(3, 1, activation="relu", name="b")(skip)
    both = layers.Concatenate(name="both")([skip, b])
    pooled = layers.GlobalAveragePooling2D(name="global")(both)
    return keras.Model(x, layers.Dense(4, activation="softmax", name="head")(pooled), name="attributions_branched")


def tabular():
    """Few features, for values from every subset."""
    x = keras.Input((9,), name="row")
    h = layers.Dense(7, activation="tanh", name="h1")(x)
    h = layers.Dense(6, activation="relu", name="h2")(h)
    return keras.Model(x, layers.Dense(3, activation="softmax", name="out")(h), name="attributions_tabular")


def scores_of(model):
    """The model to its scores before the softmax."""
    last = model.layers[-1]
    if isinstance(last, layers.Softmax):
        return keras.Model(model.inputs, model.layers[-2].output)
    clone = layers.Dense(last.units, name="scores")
    out = clone(last.input)
    clone.set_weights(last.get_weights())
    return keras.Model(model.inputs, out)


@tf.custom_gradient
def guided_relu(x):
    def back(dy):
        return tf.where(x > 0, dy, 0.0) * tf.cast(dy > 0, dy.dtype)

    return tf.nn.relu(x), back


def guided_copy(model):
    """The same network with every rectifier guided (Springenberg et al. 2014)."""

    def swap(layer):
        config = layer.get_config()
        if config.get("activation") == "relu":
            config["activation"] = "linear"
            plain = layer.__class__.from_config(config)

            class Guided(layers.Layer):
                def __init__(self):
                    super().__init__(name=layer.name)
                    self.plain = plain

                def call(self, inputs):
                    return guided_relu(self.plain(inputs))

            return Guided()
        if isinstance(layer, layers.ReLU):
            return layers.Lambda(guided_relu, name=layer.name)
        return layer.__class__.from_config(config)

    copy = keras.models.clone_model(model, clone_function=swap)
    for ours, theirs in zip(copy.layers, model.layers):
        if theirs.get_weights():
            getattr(ours, "plain", ours).set_weights(theirs.get_weights())
    return copy


def gradient(function, x):
    x = tf.constant(x)
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = tf.reduce_sum(function(x))
    return tape.gradient(value, x).numpy()


def integrated(function, x, baseline):
    """Midpoint rule (Sundararajan, Taly, Yan 2017)."""
    total = np.zeros(x.shape, "float64")
    for step in range(STEPS):
        total += gradient(function, (baseline + (step + 0.5) / STEPS * (x - baseline)).astype("float32"))
    return (total / STEPS * (x - baseline)).astype("float32")


def below(model, layer):
    return keras.Model(model.inputs, model.get_layer(layer).output)


def above(model, layer):
    """The rest of a chain, as a function of a layer's output."""
    names = [l.name for l in model.layers]
    rest = model.layers[names.index(layer) + 1 :]

    def run(h):
        for each in rest:
            h = each(h)
        return h

    return run


def above_skip(model):
    def run(h):
        both = model.get_layer("both")([h, model.get_layer("b")(h)])
        return model.get_layer("head")(model.get_layer("global")(both))

    return run


def undecided(model, x):
    """The class whose probability is furthest from 0 and 1: where attributions of it are largest."""
    p = model(x).numpy()
    return int((p * (1 - p)).mean(axis=0).argmax())


def gradcam(model, above_layer, layer, index, x):
    maps = below(model, layer)(x).numpy()
    weights = gradient(lambda h: above_layer(h)[:, index], maps).mean(axis=(1, 2), keepdims=True)
    parts = weights * maps
    small = np.maximum(parts.sum(axis=-1, keepdims=True), 0)
    return parts, tf.image.resize(small, x.shape[1:3], "bilinear").numpy()


def of_pictures(model, layer, above_layer, last, above_last):
    """`layer`: a place within; `last`: where Grad-CAM of the input looks."""
    scores, guided = scores_of(model), guided_copy(model)
    x = np.random.default_rng(5).uniform(0, 1, (ROWS, *model.input_shape[1:])).astype("float32")
    baseline = np.full_like(x, 0.25)
    k = undecided(model, x)
    maps, absent = below(model, layer)(x).numpy(), below(model, layer)(baseline).numpy()
    out = {"x": x, "baseline": baseline}
    for question, function in {
        "class": lambda p: model(p)[:, k],
        "logit": lambda p: scores(p)[:, k],
        "loss": lambda p: -tf.nn.log_softmax(scores(p))[:, 1],
    }.items():
        g = gradient(function, x)
        out |= {
            f"{question}.gradient": g,
            f"{question}.gradient_x_input": g * (x - baseline),
            f"{question}.ig": integrated(function, x, baseline),
        }
    out["class.guided_backprop"] = gradient(lambda p: guided(p)[:, k], x)
    inner = lambda h: above_layer(h)[:, k]
    g = gradient(inner, maps)
    out |= {
        f"class.{layer}.gradient": g,
        f"class.{layer}.gradient_x_input": g * (maps - absent),
        f"class.{layer}.ig": integrated(inner, maps, absent),
        f"class.{layer}.gradcam": gradcam(model, above_layer, layer, k, x)[0],
        "class.gradcam": gradcam(model, above_last, last, k, x)[1],
    }
    return out, k


def of_rows(model):
    x = np.random.default_rng(6).normal(0, 1, (ROWS, 9)).astype("float32")
    baseline = np.full_like(x, 0.25)
    k = undecided(model, x)
    predict = lambda rows: model(rows.astype("float32")).numpy().astype("float64")
    masker = shap.maskers.Independent(baseline[:1])
    exact = shap.explainers.ExactExplainer(predict, masker)(x.astype("float64")).values[:, :, k]
    kernel = shap.KernelExplainer(predict, baseline[:1]).shap_values(x.astype("float64"), nsamples=2**10, l1_reg=False)
    kernel = np.asarray(kernel)[:, :, k]
    function = lambda p: model(p)[:, k]
    g = gradient(function, x)
    return {
        "x": x,
        "baseline": baseline,
        "class.exact_shapley": exact.astype("float32"),
        "class.kernel_shapley": kernel.astype("float32"),
        "class.gradient": g,
        "class.ig": integrated(function, x, baseline),
    }, k


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
    versions = {
        "keras": keras.__version__,
        "tensorflow": tf.__version__,
        "numpy": np.__version__,
        "shap": shap.__version__,
        "steps": str(STEPS),
    }
    for seed, make in enumerate([convolutional, branched, tabular], start=11):
        keras.utils.set_random_seed(seed)
        model = make()
        draw = np.random.default_rng(seed)
        for weight in model.weights:
            weight.assign(draw.normal(0, 0.35, weight.shape))
        if make is convolutional:
            found, k = of_pictures(model, "conv_2", above(model, "conv_2"), "rectified", above(model, "rectified"))
        elif make is branched:
            found, k = of_pictures(model, "skip", above_skip(model), "both", above(model, "both"))
        else:
            found, k = of_rows(model)
        model.save(HERE / f"{model.name}.keras")
        tensors = {name: np.asarray(value, "float32") for name, value in found.items()}
        write_safetensors(HERE / f"{model.name}.safetensors", tensors, versions | {"class": str(k)})
        for name, value in tensors.items():
            print(model.name, name, value.shape, float(np.abs(value).max()))


if __name__ == "__main__":
    main()
