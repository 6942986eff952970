"""Writes models whose layers make, hand on, merge, use and end masks, with what Keras computes in float64.

Run: python server/compute/goldens/make_masks.py   (needs tensorflow and keras; versions are recorded)
Writes, beside this file, for each model: masks_NAME.keras; and masks_NAME.safetensors: `input` (rows, ...), the output of
each layer that stands in the model itself under its name, the model's outputs as `output.N`, and `gradient.N` of
sum(output N times cos(0, 1, 2, ...)) by the input, where that is of floats, by TensorFlow's tape. NaN where Keras gives
NaN (the mean of no steps). Rows are masked nowhere, first, amid, last, in turn, and everywhere.
"""

import os
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import warnings

import keras
import numpy as np
import tensorflow as tf
from keras import layers as L
from make_gradients import compress, f32, randomise, write_safetensors

HERE = Path(__file__).parent
# 1: masked by the first mask; 2: by the second.
PATTERNS = ["000000", "100000", "001120", "200011", "020202", "121212", "111111", "222222"]
FIRST, SECOND = 9.0, 5.0


def mean(x):
    return L.GlobalAveragePooling1D()(x)


def steps():
    """(6, 3) with two masks: a number of 9, or of 5, masks what one of the two Masking layers sees."""
    x = keras.Input((6, 3), name="input")
    a, b = L.Masking(FIRST)(x), L.Masking(SECOND)(x)
    out = [mean(a), mean(L.Masking(SECOND)(a)), L.GlobalMaxPooling1D()(a), L.Dense(2)(L.Flatten()(a))]
    passing = [
        *[L.Dense(3), L.Activation("tanh"), L.LeakyReLU(negative_slope=0.2), L.PReLU(), L.ELU(), L.ReLU()],
        *[L.BatchNormalization(), L.LayerNormalization(), L.Dropout(0.5), L.SpatialDropout1D(0.5)],
        *[L.GaussianNoise(1.0), L.GaussianDropout(0.5), L.AlphaDropout(0.5), L.Rescaling(2.0, offset=0.5)],
        *[L.ActivityRegularization(0.1), L.Identity(), L.UnitNormalization(), L.GroupNormalization(groups=1)],
        *[L.Normalization(mean=0.5, variance=2.0), L.Activation("softmax")],
        L.TimeDistributed(L.Dense(2, activation="tanh")),
    ]
    out += [mean(layer(a)) for layer in passing]
    ending = [
        *[L.Conv1D(2, 3, padding="same"), L.MaxPooling1D(2), L.AveragePooling1D(2, padding="same")],
        *[L.UpSampling1D(2), L.ZeroPadding1D(1), L.Cropping1D(1), L.Conv1DTranspose(2, 2), L.SeparableConv1D(2, 2)],
        *[L.Reshape((6, 3)), L.Permute((2, 1)), L.RMSNormalization()],
    ]
    out += [mean(layer(a)) for layer in ending]
    out.append(L.Flatten()(L.GlobalAveragePooling1D(keepdims=True)(a)))
    return keras.Model(x, out, name="masks_steps")


def merges():
    x = keras.Input((6, 3), name="input")
    a, b = L.Masking(FIRST)(x), L.Masking(SECOND)(x)
    c = L.Dense(3)(a)
    out = []
    for cls in [L.Add, L.Average, L.Maximum, L.Minimum, L.Multiply, L.Subtract]:
        for branches in [[a, b], [a, x], [x, b], [a, x, b], [a, c, b]]:
            if cls is not L.Subtract or len(branches) == 2:
                out.append(mean(cls()(branches)))
        out.append(L.LSTM(2)(cls()([c, b])))
    for axis in [-1, 1]:
        for branches in [[a, b], [a, x], [x, b, a]]:
            out.append(mean(L.Concatenate(axis=axis)(branches)))
        out.append(L.SimpleRNN(2)(L.Concatenate(axis=axis)([c, b])))
    out.append(mean(L.Dot(axes=1)([a, b])))
    # A row beside steps.
    row = L.LSTM(3)(a)
    out += [mean(L.Add()([a, L.Reshape((1, 3))(row)])), mean(L.Maximum()([b, L.Reshape((1, 3))(row)]))]
    return keras.Model(x, out, name="masks_merges")


def recurrent():
    x = keras.Input((6, 3), name="input")
    a, b = L.Masking(FIRST)(x), L.Masking(SECOND)(x)
    out = []
    for cls, own in [(L.SimpleRNN, {}), (L.LSTM, {}), (L.GRU, {"reset_after": False}), (L.GRU, {})]:
        variants = [
            *[{}, {"go_backwards": True}, {"return_sequences": True}, {"zero_output_for_mask": True}],
            {"return_sequences": True, "go_backwards": True},
            {"return_sequences": True, "zero_output_for_mask": True},
            {"return_sequences": True, "zero_output_for_mask": True, "go_backwards": True},
            {"return_sequences": True, "unroll": True},
            {"return_sequences": True, "unroll": True, "zero_output_for_mask": True, "go_backwards": True},
            {"unroll": True, "zero_output_for_mask": True, "go_backwards": True},
            {"activation": "relu", "use_bias": False, "return_sequences": True},
        ]
        for variant in variants:
            y = cls(2, **own, **variant)(a)
            out.append(mean(y) if variant.get("return_sequences") else y)
        for merge in ["concat", "sum", "mul", "ave"]:
            out.append(mean(L.Bidirectional(cls(2, **own, return_sequences=True), merge_mode=merge)(a)))
        out.append(L.Bidirectional(cls(2, **own))(a))
        out.append(mean(L.Bidirectional(cls(2, **own, return_sequences=True, zero_output_for_mask=True))(a)))
    both = L.Bidirectional(L.LSTM(2, return_sequences=True), merge_mode=None)(a)
    out.append(mean(L.Add()(both)))
    shared = L.LSTM(3, return_sequences=True)
    out += [mean(shared(a)), mean(shared(b)), mean(shared(shared(a))), mean(shared(x))]
    maps = L.TimeDistributed(L.Reshape((3, 1, 1)))(a)
    grid = L.ConvLSTM2D(2, 2, padding="same", return_sequences=True)(maps)
    out += [mean(L.TimeDistributed(L.Flatten())(grid)), L.Flatten()(L.ConvLSTM2D(2, 2, padding="same")(maps))]
    return keras.Model(x, out, name="masks_recurrent")


def tokens():
    """Six tokens; 0 is none."""
    x = keras.Input((6,), name="input")
    a = L.Embedding(7, 3, mask_zero=True)(x)
    b = L.Embedding(7, 3)(x)
    out = [mean(a), mean(b), mean(L.Dropout(0.5)(L.Dense(3)(a))), L.GRU(2, reset_after=False)(a)]
    out += [mean(L.Add()([a, b])), L.LSTM(2)(L.Concatenate()([a, b])), mean(L.Multiply()([a, L.Dense(3)(a)]))]
    out += [mean(L.Bidirectional(L.LSTM(2, return_sequences=True))(a)), L.LSTM(2)(L.Conv1D(2, 2)(a))]
    return keras.Model(x, out, name="masks_tokens")


def nested():
    x = keras.Input((6, 3), name="input")
    a, b = L.Masking(FIRST)(x), L.Masking(SECOND)(x)
    encoder = keras.Sequential([keras.Input((6, 3)), L.Dense(3), L.LSTM(3, return_sequences=True)], name="encoder")
    reader = keras.Sequential([keras.Input((6, 3)), L.Masking(SECOND), L.GRU(2, reset_after=False)], name="reader")
    left, right = keras.Input((6, 3)), keras.Input((6, 3))
    pair = keras.Model([left, right], L.LSTM(3, return_sequences=True)(L.Add()([left, right])), name="pair")
    inner = keras.Sequential([keras.Input((6, 3)), L.Dropout(0.5), L.SimpleRNN(3, return_sequences=True)], name="inner")
    whole = keras.Sequential([keras.Input((6, 3)), inner, L.Dense(3)], name="whole")
    out = [mean(encoder(a)), mean(encoder(b)), mean(encoder(x)), reader(x), mean(whole(a))]
    out += [mean(pair([a, b])), mean(pair([a, x])), L.LSTM(2)(pair([b, encoder(a)]))]
    out.append(L.LSTM(2)(L.Concatenate()([a, pair([a, x])])))
    return keras.Model(x, out, name="masks_nested")


def within():
    """Steps of steps: (2, 3) lists of three numbers, with a mask of lists in steps."""
    x = keras.Input((2, 3, 3), name="input")
    a = L.Masking(FIRST)(x)
    timed = [L.LSTM(2), L.GRU(2), L.GRU(2, reset_after=False, return_sequences=True), L.GlobalAveragePooling1D(), L.Dense(2)]
    out = [L.Flatten()(L.TimeDistributed(layer)(a)) for layer in timed]
    return keras.Model(x, out, name="masks_within")


def rows(model, rng):
    shape = model.input_shape[1:]
    values = np.round(rng.normal(0, 1, (len(PATTERNS), *shape)) * 2**10) / 2**10
    if model.name == "masks_tokens":
        values = rng.integers(1, 7, values.shape).astype(float)
    marks = np.array([[int(mark) for mark in pattern] for pattern in PATTERNS])
    if model.name == "masks_tokens":
        values[marks == 1] = 0
    else:
        marks = marks.reshape(values.shape[:-1])
        values[marks == 1], values[marks == 2] = FIRST, SECOND
    return values


def main():
    keras.config.set_floatx("float64")
    warnings.simplefilter("ignore")
    for seed, make in enumerate([steps, merges, recurrent, tokens, nested, within]):
        keras.backend.clear_session()
        model = make()
        rng = np.random.default_rng(seed)
        randomise(model, rng)
        x = rows(model, rng)
        layers = [layer for layer in model.layers if not isinstance(layer, (keras.Model, L.InputLayer)) and "layers" in type(layer).__module__]
        names = [layer.name for layer in layers]
        firsts = [layer._inbound_nodes[0].output_tensors[0] for layer in layers]
        found = keras.Model(model.input, firsts).predict(x, verbose=0, batch_size=3)
        tensors = {"input": x, **dict(zip(names, found))}
        outputs = model.predict(x, verbose=0, batch_size=3)
        for n, values in enumerate(outputs):
            tensors[f"output.{n}"] = values
            # A mask that changed nothing would prove nothing: rows differ.
            assert np.nanstd(values) > 0.001, n
        if model.name != "masks_tokens":
            at = tf.constant(x)
            with tf.GradientTape(persistent=True) as tape:
                tape.watch(at)
                sums = [
                    tf.reduce_sum(out * np.cos(np.arange(np.prod(out.shape[1:]))).reshape(out.shape[1:]))
                    for out in model(at, training=False)
                ]
            for n, total in enumerate(sums):
                tensors[f"gradient.{n}"] = tape.gradient(total, at).numpy()
        file = model.name
        model.save(HERE / f"{file}.keras")
        compress(HERE / f"{file}.keras")
        write_safetensors(HERE / f"{file}.safetensors", tensors, {"keras": keras.__version__})
        print(file, len(outputs), (HERE / f"{file}.keras").stat().st_size, (HERE / f"{file}.safetensors").stat().st_size)


if __name__ == "__main__":
    main()
