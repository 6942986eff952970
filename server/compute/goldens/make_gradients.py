"""Writes central finite differences of small networks in float64, to compare our gradients with.

Run: python server/compute/goldens/make_gradients.py   (needs tensorflow and keras; versions are recorded)
Writes, beside this file, for each kind of input: gradients_NAME.keras, a network with one branch per layer type that ends
in one number (`score_BRANCH`), and gradients_NAME.safetensors: `input`, and for each branch d score / d input under the
score's name. Differences are taken in float64 at h = 1e-5 of networks whose weights are exact in float32, so that they
are good to about 1e-9; no automatic differentiation is involved. NaN: not to be compared (a masked step).
"""

import json
import os
import struct
import zipfile
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import keras
import numpy as np
from keras import layers as L

HERE = Path(__file__).parent
H = 1e-5
MASK = 9.0
# TensorFlow has no float64 kernels for these. They are linear near a point, and inputs are multiples of 2^-14, so that
# a wide step is exact in float32.
WIDE = {"average_pool3d": 0.5, "max_pool3d": 2**-12}


def head(name, x):
    if len(x.shape) > 2:
        x = L.Flatten(name=f"flat_{name}")(x)
    return L.Dense(1, name=f"score_{name}")(x)


def two(x, merge):
    """Two different views of x, merged."""
    return merge([L.Dense(4)(x), L.Dense(4, activation="tanh")(x)])


def row():
    shape = (6,)
    activations = ["relu", "relu6", "elu", "selu", "sigmoid", "softmax", "log_softmax", "softplus"]
    activations += ["softsign", "tanh", "swish", "mish", "gelu", "linear"]
    branches = {f"activation_{a}": lambda x, a=a: L.Activation(a)(L.Dense(9)(x)) for a in activations}
    branches |= {f"dense_{a}": lambda x, a=a: L.Dense(5, activation=a)(x) for a in ["relu", "softmax", "elu"]}
    branches |= {
        "relu_layer": lambda x: L.ReLU(max_value=1.5)(L.Dense(20)(x)),
        "leaky": lambda x: L.LeakyReLU(negative_slope=0.2)(L.Dense(5)(x)),
        "prelu": lambda x: L.PReLU()(L.Dense(5)(x)),
        "elu_layer": lambda x: L.ELU()(L.Dense(5)(x)),
        "softmax_layer": lambda x: L.Softmax()(L.Dense(5)(x)),
        "add": lambda x: two(x, L.Add()),
        "multiply": lambda x: two(x, L.Multiply()),
        "average": lambda x: two(x, L.Average()),
        "maximum": lambda x: two(x, L.Maximum()),
        "minimum": lambda x: two(x, L.Minimum()),
        "concatenate": lambda x: two(x, L.Concatenate()),
        "dot": lambda x: two(x, L.Dot(axes=1)),
        "batch_norm": lambda x: L.BatchNormalization()(x),
        "layer_norm": lambda x: L.LayerNormalization()(x),
        "repeat": lambda x: L.RepeatVector(3)(x),
        "reshape": lambda x: L.Permute((2, 1))(L.Reshape((3, 2))(x)),
        "rescaling": lambda x: L.Rescaling(0.5, offset=1.0)(x),
        "dropout": lambda x: L.AlphaDropout(0.2)(L.GaussianDropout(0.1)(L.GaussianNoise(1.0)(L.Dropout(0.5)(x)))),
        "shared": lambda x: (lambda d: d(d(x)))(L.Dense(6, activation="tanh")),
    }
    return shape, branches


def sequence():
    shape = (7, 3)
    branches = {
        "conv1d": lambda x: L.Conv1D(4, 3, padding="same", activation="relu")(x),
        "conv1d_strided": lambda x: L.Conv1D(4, 3, strides=2)(x),
        "conv1d_dilated": lambda x: L.Conv1D(4, 3, dilation_rate=2)(x),
        "max_pool1d": lambda x: L.MaxPooling1D(2)(x),
        "average_pool1d": lambda x: L.AveragePooling1D(2, padding="same")(x),
        "global_max1d": lambda x: L.GlobalMaxPooling1D()(x),
        "global_average1d": lambda x: L.GlobalAveragePooling1D()(x),
        "simple_rnn": lambda x: L.SimpleRNN(4)(x),
        "lstm": lambda x: L.LSTM(4)(x),
        "lstm_sequence": lambda x: L.LSTM(4, return_sequences=True, go_backwards=True)(x),
        "gru": lambda x: L.GRU(4, reset_after=False)(x),
        "bidirectional": lambda x: L.Bidirectional(L.LSTM(3, return_sequences=True))(x),
        "distributed": lambda x: L.TimeDistributed(L.Dense(2, activation="relu"))(x),
        "spatial_dropout": lambda x: L.SpatialDropout1D(0.5)(x),
        "dense3d": lambda x: L.Dense(2, activation="tanh")(x),
        "layer_norm3d": lambda x: L.LayerNormalization()(x),
        "one_step": lambda x: L.LSTM(3)(L.Reshape((1, 21))(x)),
    }
    return shape, branches


def masked():
    """A chain, since Keras writes a mask into a graph as operations, which nothing else reads."""
    return keras.Sequential(
        [
            keras.Input((5, 3), name="input"),
            L.Masking(MASK),
            L.LSTM(4, return_sequences=True),
            L.GRU(4, reset_after=False, return_sequences=True),
            L.SimpleRNN(4),
            L.Dense(1, name="score_masked"),
        ],
        name="masked",
    )


def picture():
    shape = (7, 6, 2)
    branches = {
        "conv2d": lambda x: L.Conv2D(3, 3, padding="same", activation="relu")(x),
        "conv2d_strided": lambda x: L.Conv2D(3, 3, strides=2, padding="same")(x),
        "conv2d_dilated": lambda x: L.Conv2D(3, 3, dilation_rate=2, padding="same")(x),
        "conv2d_dilated_valid": lambda x: L.Conv2D(3, 2, dilation_rate=(3, 2))(x),
        "transpose": lambda x: L.Conv2DTranspose(3, 3, strides=2, padding="same")(x),
        "separable": lambda x: L.SeparableConv2D(3, 3, depth_multiplier=2)(x),
        "separable_dilated": lambda x: L.SeparableConv2D(3, 2, dilation_rate=2)(x),
        "depthwise": lambda x: L.DepthwiseConv2D(3, padding="same", depth_multiplier=2)(x),
        "depthwise_strided": lambda x: L.DepthwiseConv2D(3, strides=2)(x),
        "cropping": lambda x: L.Cropping2D(((1, 2), (0, 1)))(x),
        "upsampling": lambda x: L.UpSampling2D((2, 3))(x),
        "zero_padding": lambda x: L.ZeroPadding2D(((1, 0), (2, 1)))(x),
        "max_pool": lambda x: L.MaxPooling2D(2)(x),
        "max_pool_same": lambda x: L.MaxPooling2D(3, strides=2, padding="same")(x),
        "average_pool": lambda x: L.AveragePooling2D(3, strides=2, padding="same")(x),
        "global_max": lambda x: L.GlobalMaxPooling2D()(x),
        "global_average": lambda x: L.GlobalAveragePooling2D()(x),
        "batch_norm4d": lambda x: L.BatchNormalization()(x),
        "prelu4d": lambda x: L.PReLU(shared_axes=[1, 2])(x),
        "spatial_dropout2d": lambda x: L.SpatialDropout2D(0.5)(x),
        "nothing_of_half": lambda x: L.Conv2D(2, 3, padding="same")(L.Conv2D(2, 1, activation="relu")(x)),
    }
    return shape, branches


def volume():
    shape = (4, 5, 4, 2)
    branches = {
        "conv3d": lambda x: L.Conv3D(2, 2, padding="same", activation="relu")(x),
        "conv3d_strided": lambda x: L.Conv3D(2, 2, strides=2)(x),
        "transpose3d": lambda x: L.Conv3DTranspose(2, 2, strides=2)(x),
        "max_pool3d": lambda x: L.MaxPooling3D(2, dtype="float32")(x),
        "average_pool3d": lambda x: L.AveragePooling3D(2, padding="same", dtype="float32")(x),
        "conv_lstm": lambda x: L.ConvLSTM2D(2, 3, padding="same")(x),
        "distributed_conv": lambda x: L.TimeDistributed(L.Conv2D(2, 3, activation="relu"))(x),
    }
    return shape, branches


def f32(values):
    return np.asarray(values, np.float32).astype(np.float64)


def randomise(model, rng):
    for variable in model.weights:
        positive = "variance" in variable.path
        drawn = rng.uniform(0.5, 1.5, variable.shape) if positive else rng.normal(0, 0.5, variable.shape)
        variable.assign(f32(drawn))


def differences(model, x, h=H):
    steps = h * np.eye(x.size).reshape(x.size, *x.shape)
    outputs = model(np.concatenate([x + steps, x - steps]), training=False)
    outputs = outputs if isinstance(outputs, list) else [outputs]
    count = x.size
    return [((np.asarray(o)[:count, 0] - np.asarray(o)[count:, 0]) / (2 * h)).reshape(x.shape) for o in outputs]


def write_safetensors(path, tensors, metadata):
    header, blobs, at = {"__metadata__": metadata}, [], 0
    for name, values in tensors.items():
        data = np.ascontiguousarray(values, np.float64).tobytes()
        header[name] = {"dtype": "F64", "shape": list(values.shape), "data_offsets": [at, at + len(data)]}
        blobs.append(data)
        at += len(data)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + b"".join(blobs))


def compress(path):
    """Keras stores without compression, and HDF5 is mostly air where weights are small."""
    with zipfile.ZipFile(path) as archive:
        entries = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in entries.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED, 9)


def main():
    keras.config.set_floatx("float64")
    for seed, make in enumerate([row, sequence, masked, picture, volume]):
        keras.backend.clear_session()
        if make is masked:
            branches, model = ["masked"], masked()
        else:
            shape, branches = make()
            x = keras.Input(shape, name="input")
            model = keras.Model(x, [head(name, build(x)) for name, build in branches.items()], name=make.__name__)
        rng = np.random.default_rng(seed)
        randomise(model, rng)
        at = np.round(rng.normal(0, 1, model.input_shape[1:]) * 2**14) / 2**14
        if make is masked:
            at[2:4] = MASK
        found = differences(model, at)
        for at_branch, name in enumerate(branches):
            if name in WIDE:
                found[at_branch] = differences(model, at, WIDE[name])[at_branch]
        for name, values in zip(branches, found):
            if make is masked:
                values[2:4] = np.nan
            # A gradient of zero would prove nothing.
            assert np.nanmax(np.abs(values)) > 0.001, (name, np.nanmax(np.abs(values)))
        tensors = {"input": at, **{f"score_{name}": d for name, d in zip(branches, found)}}
        file = f"gradients_{make.__name__}"
        model.save(HERE / f"{file}.keras")
        compress(HERE / f"{file}.keras")
        write_safetensors(HERE / f"{file}.safetensors", tensors, {"keras": keras.__version__})


if __name__ == "__main__":
    main()
