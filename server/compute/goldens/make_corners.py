"""Writes gradients at corners and ties, from every layer of small networks on, as TensorFlow gives them in float64.

Run: python server/compute/goldens/make_corners.py   (needs tensorflow and keras; versions are recorded)
Writes, beside this file, for each kind of input: corners_NAME.keras, a network with one branch per layer or chain of
layers that ends in one number (`score_BRANCH`), and corners_NAME.safetensors: `input` (4, ...): random, many ties, all
zero, and large numbers; for each branch its `score_BRANCH` (4, 1), and for each layer on its way `score_BRANCH/LAYER`:
d score / d the layer's output, by GradientTape. Weights are small multiples of 1/4 and inputs whole but for the first example's, so that sums are
exact in float32, and ties and corners stay what they are.
"""

import os

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"

import keras
import numpy as np
import tensorflow as tf
from keras import layers as L
from make_gradients import HERE, compress, head, write_safetensors

BLANK = keras.initializers.Constant(-1000.0)


def normalisations(shape):
    """All four of each, over every axis that an importer takes."""
    made = {}
    for scale in (True, False):
        for center in (True, False):
            name = f"{'scaled' if scale else 'unscaled'}_{'centred' if center else 'uncentred'}"
            made[f"batch_{name}"] = lambda x, s=scale, c=center: L.BatchNormalization(scale=s, center=c)(x)
            made[f"layer_{name}"] = lambda x, s=scale, c=center: L.LayerNormalization(scale=s, center=c)(x)
    if len(shape) > 1:
        made["batch_first_axis"] = lambda x: L.BatchNormalization(axis=1, scale=False)(x)
        made["batch_first_axis_bare"] = lambda x: L.BatchNormalization(axis=1, scale=False, center=False)(x)
        made["batch_distributed"] = lambda x: L.TimeDistributed(L.BatchNormalization(center=False))(x)
    return made


def row():
    shape = (6,)
    activations = ["relu", "relu6", "elu", "selu", "sigmoid", "softmax", "log_softmax", "softplus"]
    activations += ["softsign", "tanh", "swish", "mish", "gelu"]
    branches = {f"activation_{a}": lambda x, a=a: L.Activation(a)(L.Dense(9)(x)) for a in activations}
    branches |= {
        "relu_six": lambda x: L.ReLU(max_value=6)(L.Dense(20)(x)),
        "relu_two": lambda x: L.ReLU(max_value=2)(L.Dense(20)(x)),
        "leaky": lambda x: L.LeakyReLU(negative_slope=0.25)(L.Dense(9)(x)),
        "prelu": lambda x: L.PReLU()(L.Dense(9)(x)),
        "elu_layer": lambda x: L.ELU()(L.Dense(9)(x)),
        "softmax_layer": lambda x: L.Softmax()(L.Dense(5)(x)),
        "maximum": lambda x: L.Maximum()([L.Dense(9)(x), L.Dense(9)(x), L.Dense(9, activation="relu")(x)]),
        "minimum": lambda x: L.Minimum()([L.Dense(9)(x), L.Dense(9)(x), L.Dense(9)(x)]),
        "maximum_of_itself": lambda x: L.Maximum()([x, x]),
        "multiply": lambda x: L.Multiply()([L.Dense(4, activation="relu")(x), L.Dense(4)(x)]),
        "dead": lambda x: L.Dense(4)(L.Dense(5, activation="relu", bias_initializer=BLANK)(x)),
    }
    return shape, branches | normalisations(shape)


def sequence():
    shape = (6, 3)
    relu = lambda x, n=4: L.Conv1D(n, 2, activation="relu")(x)
    branches = {
        "global_max": lambda x: L.GlobalMaxPooling1D()(x),
        "global_max_relu": lambda x: L.GlobalMaxPooling1D()(relu(x)),
        "global_max_dead": lambda x: L.GlobalMaxPooling1D()(
            L.Conv1D(4, 2, activation="relu", bias_initializer=BLANK)(x)
        ),
        "global_max_repeated": lambda x: L.GlobalMaxPooling1D()(L.RepeatVector(4)(L.Flatten()(x))),
        "max_pool": lambda x: L.MaxPooling1D(2)(relu(x)),
        "max_pool_overlapping": lambda x: L.MaxPooling1D(3, strides=1, padding="same")(relu(x)),
        "average_pool": lambda x: L.AveragePooling1D(3, strides=1, padding="same")(relu(x)),
        "distributed": lambda x: L.TimeDistributed(L.Dense(3, activation="relu"))(x),
        "recurrent": lambda x: L.LSTM(3, return_sequences=True)(x),
        "bidirectional": lambda x: L.Bidirectional(L.SimpleRNN(3, activation="relu"))(relu(x)),
    }
    return shape, branches | normalisations(shape)


def picture():
    shape = (5, 6, 2)
    relu = lambda x, **more: L.Conv2D(3, 2, activation="relu", **more)(x)
    branches = {
        "global_max": lambda x: L.GlobalMaxPooling2D()(x),
        "global_max_relu": lambda x: L.GlobalMaxPooling2D()(relu(x)),
        "global_max_enlarged": lambda x: L.GlobalMaxPooling2D()(L.UpSampling2D((2, 3))(x)),
        "global_max_enlarged_relu": lambda x: L.GlobalMaxPooling2D()(L.UpSampling2D(2)(relu(x))),
        "global_max_dead": lambda x: L.GlobalMaxPooling2D()(relu(x, bias_initializer=BLANK)),
        "global_max_padded": lambda x: L.GlobalMaxPooling2D()(L.ZeroPadding2D(1)(x)),
        "max_pool": lambda x: L.MaxPooling2D(2)(relu(x)),
        "max_pool_overlapping": lambda x: L.MaxPooling2D(3, strides=1, padding="same")(relu(x)),
        "max_pool_enlarged": lambda x: L.MaxPooling2D(3, strides=2, padding="same")(L.UpSampling2D(2)(x)),
        "average_pool": lambda x: L.AveragePooling2D(3, strides=2, padding="same")(relu(x)),
        "global_average": lambda x: L.GlobalAveragePooling2D()(relu(x)),
        "prelu": lambda x: L.PReLU(shared_axes=[1, 2])(L.Conv2D(3, 2)(x)),
        "relu_six": lambda x: L.ReLU(max_value=6)(L.Conv2D(3, 2)(x)),
        "leaky": lambda x: L.LeakyReLU(negative_slope=0.25)(L.Conv2D(3, 2)(x)),
        "selu": lambda x: L.Conv2D(3, 2, activation="selu")(x),
        "separable": lambda x: L.SeparableConv2D(3, 2, activation="relu")(x),
        "depthwise": lambda x: L.DepthwiseConv2D(2, activation="relu")(x),
        "transpose": lambda x: L.GlobalMaxPooling2D()(L.Conv2DTranspose(3, 2, strides=2, activation="relu")(x)),
        "cropping": lambda x: L.GlobalMaxPooling2D()(L.Cropping2D(1)(x)),
        "one_place": lambda x: L.GlobalMaxPooling2D()(L.Conv2D(3, (5, 6), activation="relu")(x)),
    }
    return shape, branches | normalisations(shape)


def volume():
    """Pools stand alone: TensorFlow has no float64 kernels for them, and in float32 they copy what is exact."""
    shape = (3, 4, 4, 2)
    pool = dict(dtype="float32")
    branches = {
        "max_pool": lambda x: L.MaxPooling3D(2, **pool)(x),
        "max_pool_overlapping": lambda x: L.MaxPooling3D(2, strides=1, padding="same", **pool)(x),
        "max_pool_relu": lambda x: L.MaxPooling3D((1, 2, 2), **pool)(L.Conv3D(3, 2, activation="relu")(x)),
        "average_pool": lambda x: L.AveragePooling3D(2, strides=1, padding="same", **pool)(x),
        "conv_selu": lambda x: L.Conv3D(3, 2, activation="selu")(x),
        "distributed_max": lambda x: L.TimeDistributed(L.GlobalMaxPooling2D())(x),
        "distributed_pool": lambda x: L.TimeDistributed(L.MaxPooling2D(2))(x),
    }
    return shape, branches | normalisations(shape)


def quarters(rng, shape, low=-4, high=4):
    return rng.integers(low, high + 1, shape) / 4


def randomise(model, rng):
    for variable in model.weights:
        if "variance" in variable.path:
            # Where its root with Keras' epsilon is no exact number: from a normalisation on nothing ties.
            variable.assign(quarters(rng, variable.shape, 2, 8))
        elif np.all(np.asarray(variable) != -1000):
            variable.assign(quarters(rng, variable.shape))


def inputs(rng, shape):
    random = np.round(rng.normal(0, 1, shape) * 2**10) / 2**10
    tied = rng.integers(-1, 3, shape).astype(float)
    return np.stack([random, tied, np.zeros(shape), 64 * tied])


def main():
    keras.config.set_floatx("float64")
    for seed, make in enumerate([row, sequence, picture, volume]):
        keras.backend.clear_session()
        shape, branches = make()
        x = keras.Input(shape, name="input")
        model = keras.Model(x, [head(name, build(x)) for name, build in branches.items()], name=make.__name__)
        rng = np.random.default_rng(seed)
        randomise(model, rng)
        at = inputs(rng, shape)
        names = [layer.name for layer in model.layers]
        whole = keras.Model(x, [layer.output for layer in model.layers])
        tensors = {"input": at}
        with tf.GradientTape(persistent=True) as tape:
            start = tf.constant(at)
            tape.watch(start)
            outputs = dict(zip(names, whole(start, training=False)))
            outputs["input"] = start
            sums = {name: tf.reduce_sum(outputs[f"score_{name}"]) for name in branches}
        for branch, total in sums.items():
            tensors[f"score_{branch}"] = np.asarray(outputs[f"score_{branch}"], np.float64)
            places = [name for name in names if not name.startswith("score_")]
            slopes = tape.gradient(total, {name: outputs[name] for name in places})
            for name, slope in slopes.items():
                if slope is not None:
                    assert np.all(np.isfinite(slope)), (branch, name)
                    tensors[f"score_{branch}/{name}"] = np.asarray(slope, np.float64)
            assert f"score_{branch}/input" in tensors, branch
        file = f"corners_{make.__name__}"
        model.save(HERE / f"{file}.keras")
        compress(HERE / f"{file}.keras")
        write_safetensors(HERE / f"{file}.safetensors", tensors, {"keras": keras.__version__, "tensorflow": tf.__version__})


if __name__ == "__main__":
    main()
