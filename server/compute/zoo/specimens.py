"""Models of the zoo: every family of layers, every kind of head, masks, branches, sharing, nesting.

Each function builds a model; the names of layers are what questions name. Weights are drawn by make.py.
"""

from dataclasses import dataclass, field
from typing import Callable

import keras
from keras import layers as L


@dataclass
class Specimen:
    build: Callable
    data: tuple
    """Layer that questions about a layer ask of, and a unit of it."""
    layer: str
    unit: int = 0
    """What the output is: softmax, sigmoid, binary, logits (scores of classes), or none of these."""
    head: str = "softmax"
    """Classes that the model scores, 0 where it scores none."""
    classes: int = 3
    """Layer that ends in the softmax or sigmoid."""
    scorer: str = "output"
    """Layer of maps that Grad-CAM can look at."""
    maps: str | None = None
    """Whether the input is one of numbers that a gradient is taken by."""
    smooth: bool = True
    """Layers that attributions ask of."""
    places: tuple = field(default_factory=tuple)
    """float32 where TensorFlow has no float64 kernel for a layer."""
    precision: str = "float64"


def chain(shape, *parts, dtype=None):
    return keras.Sequential([keras.Input(shape, name="input", dtype=dtype), *parts])


def softmax(name="output", units=3):
    return L.Dense(units, activation="softmax", name=name)


ROWS = ("rows-f32",)
EVERY_ROWS = (
    "rows-f32", "rows-f64", "rows-f16", "rows-i8", "rows-i16", "rows-i32", "rows-i64", "rows-u8", "rows-bool", "unlabelled",
    "rows-text", "rows-csv",
)  # fmt: skip


def dense():
    return chain((6,), L.Dense(5, activation="relu", name="hidden"), softmax())


def normalised():
    return chain(
        (6,),
        L.BatchNormalization(name="batch_norm"),
        L.Dense(5, activation="tanh", name="hidden"),
        L.LayerNormalization(name="layer_norm"),
        softmax(),
    )


def half_normalised():
    return chain(
        (6,),
        L.BatchNormalization(scale=False, name="unscaled"),
        L.Dense(5, activation="sigmoid", name="hidden"),
        L.BatchNormalization(center=False, name="uncentred"),
        softmax(),
    )


def activations():
    x = inputs = keras.Input((6,), name="input")
    kinds = ["relu", "elu", "selu", "softplus", "softsign", "tanh", "sigmoid", "gelu", "silu", "mish", "relu6"]
    ends = [L.Dense(3, activation=kind, name=f"with_{kind}")(x) for kind in kinds]
    ends.append(L.LeakyReLU(negative_slope=0.2, name="leaky")(L.Dense(3, name="before_leaky")(x)))
    ends.append(L.PReLU(name="prelu")(L.Dense(3, name="before_prelu")(x)))
    joined = L.Concatenate(name="joined")(ends)
    return keras.Model(inputs, softmax()(joined))


def functions():
    """Activations with arguments of their own, and such as TensorFlow.js has not."""
    x = inputs = keras.Input((6,), name="input")
    kinds = [
        L.ELU(alpha=0.3),
        L.ReLU(max_value=0.8, negative_slope=0.1, threshold=0.2),
        L.LeakyReLU(negative_slope=0.3),
        "hard_silu",
        "hard_sigmoid",
        "hard_tanh",
        "celu",
        "exponential",
        "log_sigmoid",
        "soft_shrink",
        "hard_shrink",
        "tanh_shrink",
        "sparse_plus",
        "sparse_sigmoid",
        "squareplus",
    ]
    ends = [L.Dense(2, activation=kind, name=f"end_{i}")(x) for i, kind in enumerate(kinds)]
    ends.append(L.Activation("leaky_relu", name="leaky")(L.Dense(2, name="before_leaky")(x)))
    joined = L.Concatenate(name="joined")(ends)
    return keras.Model(inputs, softmax()(joined))


def linear_head():
    """Scores without a softmax: that they are logits is told by the loss alone."""
    model = chain((6,), L.Dense(5, activation="elu", name="hidden"), L.Dense(3, name="output"))
    model.compile(loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


def sigmoid_head():
    return chain((6,), L.Dense(5, activation="elu", name="hidden"), L.Dense(3, activation="sigmoid", name="output"))


def binary():
    return chain((6,), L.Dense(5, activation="elu", name="hidden"), L.Dense(1, activation="sigmoid", name="output"))


def regression():
    return chain((6,), L.Dense(5, activation="softplus", name="hidden"), L.Dense(1, name="output"))


def autoencoder():
    return chain(
        (6,),
        L.Dense(3, activation="tanh", name="code"),
        L.Dense(6, name="output"),
    )


def apart():
    """Scores and softmax in layers of their own."""
    return chain((6,), L.Dense(5, activation="relu", name="hidden"), L.Dense(3, name="scores"), L.Softmax(name="output"))


def dropout_after():
    return chain((6,), L.Dense(5, activation="relu", name="hidden"), softmax("probabilities"), L.Dropout(0.3, name="output"))


def average():
    """The mean of two softmaxes."""
    x = keras.Input((6,), name="input")
    h = L.Dense(5, activation="relu", name="hidden")(x)
    return keras.Model(x, L.Average(name="output")([softmax("first")(h), softmax("second")(x)]))


def two_heads():
    x = keras.Input((6,), name="input")
    h = L.Dense(5, activation="relu", name="hidden")(x)
    return keras.Model(x, [softmax()(h), L.Dense(2, name="side")(h)])


def merges():
    x = keras.Input((6,), name="input")
    a, b = L.Dense(4, name="a")(x), L.Dense(4, activation="tanh", name="b")(x)
    parts = [
        L.Add(name="add")([a, b]),
        L.Multiply(name="multiply")([a, b]),
        L.Average(name="mean")([a, b]),
        L.Maximum(name="maximum")([a, b]),
        L.Minimum(name="minimum")([a, b]),
        L.Dot(axes=1, name="dot")([a, b]),
    ]
    return keras.Model(x, softmax()(L.Concatenate(name="joined")(parts)))


def shared():
    x = keras.Input((6,), name="input")
    twice = L.Dense(6, activation="tanh", name="twice")
    return keras.Model(x, softmax()(twice(twice(x))))


def nested():
    inner_in = keras.Input((6,), name="inner_input")
    inner = keras.Model(inner_in, L.Dense(4, activation="relu", name="inner_b")(L.Dense(5, activation="tanh", name="inner_a")(inner_in)), name="inner")
    x = keras.Input((6,), name="input")
    return keras.Model(x, softmax()(inner(x)))


def wide():
    """Numbers in float64."""
    return keras.Sequential(
        [
            keras.Input((6,), name="input", dtype="float64"),
            L.Dense(5, activation="relu", name="hidden", dtype="float64"),
            L.Dense(3, activation="softmax", name="output", dtype="float64"),
        ]
    )


def convolution():
    return chain(
        (7, 6, 2),
        L.Conv2D(4, 3, padding="same", activation="relu", name="conv"),
        L.MaxPooling2D(2, name="pool"),
        L.Conv2D(3, 2, activation="tanh", name="conv_2"),
        L.GlobalAveragePooling2D(name="average"),
        softmax(),
    )


def depthwise():
    return chain(
        (7, 6, 2),
        L.DepthwiseConv2D(3, depth_multiplier=2, activation="relu", name="depthwise"),
        L.SeparableConv2D(3, 2, depth_multiplier=2, activation="tanh", name="separable"),
        L.AveragePooling2D(2, name="pool"),
        L.Flatten(name="flat"),
        softmax(),
    )


def transposed():
    return chain(
        (7, 6, 2),
        L.Conv2D(3, 3, strides=2, activation="relu", name="conv"),
        L.Conv2DTranspose(3, 2, strides=2, activation="tanh", name="transposed"),
        L.UpSampling2D(2, name="up"),
        L.GlobalMaxPooling2D(name="most"),
        softmax(),
    )


def enlarged():
    return chain(
        (7, 6, 2),
        L.Conv2D(4, 2, groups=2, activation="hard_tanh", name="conv"),
        L.UpSampling2D(2, interpolation="bilinear", name="up"),
        L.SeparableConv2D(3, 2, dilation_rate=2, name="separable"),
        L.GlobalAveragePooling2D(name="average"),
        softmax(),
    )


def shapes():
    return chain(
        (7, 6, 2),
        L.Cropping2D(((1, 0), (0, 1)), name="crop"),
        L.ZeroPadding2D(((0, 1), (1, 0)), name="pad"),
        L.Permute((2, 1, 3), name="permute"),
        L.Reshape((14, 6), name="reshape"),
        L.Conv1D(4, 3, activation="relu", name="conv1d"),
        L.Flatten(name="flat"),
        softmax(),
    )


def branches():
    x = keras.Input((7, 6, 2), name="input")
    a = L.Conv2D(3, 3, padding="same", activation="relu", name="conv_a")(x)
    b = L.Conv2D(3, 1, name="conv_b")(x)
    y = L.BatchNormalization(name="norm")(L.Add(name="add")([a, b]))
    y = L.Activation("relu", name="relu")(y)
    parts = [L.GlobalAveragePooling2D(name="average")(y), L.GlobalMaxPooling2D(name="most")(a)]
    return keras.Model(x, softmax()(L.Concatenate(name="joined")(parts)))


def rescaling():
    """Scales bytes itself."""
    return chain(
        (7, 6, 1),
        L.Rescaling(1 / 255, name="rescale"),
        L.Conv2D(3, 3, activation="relu", name="conv"),
        L.Flatten(name="flat"),
        softmax(),
    )


def volume():
    return chain(
        (5, 4, 4, 2),
        L.Conv3D(3, 2, activation="relu", name="conv"),
        L.MaxPooling3D((2, 1, 1), name="pool"),
        L.Conv3DTranspose(2, 2, name="transposed"),
        L.Flatten(name="flat"),
        softmax(),
    )


def sequence():
    return chain(
        (8, 3),
        L.Conv1D(4, 3, padding="same", activation="relu", name="conv"),
        L.MaxPooling1D(2, name="pool"),
        L.TimeDistributed(L.Dense(4, activation="tanh"), name="distributed"),
        L.AveragePooling1D(2, name="pool_2"),
        L.GlobalAveragePooling1D(name="average"),
        softmax(),
    )


def recurrent():
    return chain(
        (8, 3),
        L.LSTM(4, return_sequences=True, name="lstm"),
        L.GRU(4, reset_after=False, return_sequences=True, name="gru"),
        L.SimpleRNN(3, go_backwards=True, name="rnn"),
        L.RepeatVector(2, name="repeat"),
        L.Flatten(name="flat"),
        softmax(),
    )


def bidirectional():
    return chain(
        (8, 3),
        L.Bidirectional(L.LSTM(3, return_sequences=True), name="both"),
        L.Bidirectional(L.SimpleRNN(3), merge_mode="sum", name="summed"),
        softmax(),
    )


def causal():
    """Layers that TensorFlow.js has under no name: causal, grouped, depthwise along steps, GRU within a wrapper."""
    gru = L.GRU(2, return_sequences=True, activation="hard_tanh", recurrent_activation="hard_sigmoid", name="gru")
    return chain(
        (8, 3),
        L.Conv1D(4, 2, padding="causal", dilation_rate=2, activation="hard_silu", name="conv"),
        L.Conv1D(4, 2, groups=2, name="grouped"),
        L.DepthwiseConv1D(2, name="depthwise"),
        L.SeparableConv1D(4, 2, depth_multiplier=2, name="separable"),
        L.Bidirectional(gru, name="both"),
        L.GlobalAveragePooling1D(name="average"),
        softmax(),
    )


def masking():
    return chain(
        (6, 3),
        L.Masking(-5.0, name="masking"),
        L.LSTM(4, return_sequences=True, name="lstm"),
        L.SimpleRNN(4, name="rnn"),
        softmax(),
    )


def mask_average():
    return chain((6, 3), L.Masking(-5.0, name="masking"), L.GlobalAveragePooling1D(name="average"), softmax())


def embedding():
    return chain((7,), L.Embedding(12, 4, name="embedding"), L.Conv1D(4, 2, activation="relu", name="conv"), L.GlobalMaxPooling1D(name="most"), softmax(), dtype="int32")


def text():
    """The commonest text classifier: embedding with a mask, average, dense."""
    return chain((7,), L.Embedding(12, 4, mask_zero=True, name="embedding"), L.GlobalAveragePooling1D(name="average"), L.Dense(4, activation="relu", name="hidden"), softmax(), dtype="int32")


def masked_recurrent():
    return chain((7,), L.Embedding(12, 4, mask_zero=True, name="embedding"), L.Bidirectional(L.LSTM(3), name="both"), softmax(), dtype="int32")


def masked_branches():
    """A functional model, into which Keras writes how the mask is made."""
    x = keras.Input((7,), dtype="int32", name="input")
    e = L.Embedding(12, 4, mask_zero=True, name="embedding")(x)
    a = L.LSTM(3, name="lstm")(e)
    b = L.GlobalAveragePooling1D(name="average")(L.TimeDistributed(L.Dense(3, activation="tanh"), name="distributed")(e))
    return keras.Model(x, softmax()(L.Concatenate(name="joined")([a, b])))


SPECIMENS = {
    "dense": Specimen(dense, EVERY_ROWS, "hidden", 1, places=("hidden",)),
    "normalised": Specimen(normalised, ROWS, "layer_norm", 2, places=("batch_norm", "hidden", "layer_norm")),
    "half-normalised": Specimen(half_normalised, ROWS, "uncentred", 2, places=("unscaled", "uncentred")),
    "activations": Specimen(activations, ROWS, "joined", 4, places=("with_gelu", "leaky", "joined")),
    "functions": Specimen(functions, ROWS, "joined", 4, places=("end_0", "joined")),
    "linear-head": Specimen(linear_head, ROWS, "hidden", head="logits", places=("hidden", "output")),
    "sigmoid-head": Specimen(sigmoid_head, ROWS, "hidden", head="sigmoid", places=("hidden",)),
    "binary": Specimen(binary, ("pairs",), "hidden", head="binary", classes=2, places=("hidden",)),
    "regression": Specimen(regression, ROWS, "hidden", head="none", classes=0, places=("hidden",)),
    "autoencoder": Specimen(autoencoder, ("unlabelled",), "code", head="none", classes=0, places=("code",)),
    "apart": Specimen(apart, ROWS, "scores", places=("hidden", "scores")),
    "dropout-after": Specimen(dropout_after, ROWS, "hidden", scorer="probabilities", places=("hidden",)),
    "average": Specimen(average, ROWS, "hidden", head="mixture", places=("hidden",)),
    "two-heads": Specimen(two_heads, ROWS, "hidden", places=("hidden",)),
    "merges": Specimen(merges, ROWS, "joined", 3, places=("a", "add", "multiply", "maximum", "dot")),
    "shared": Specimen(shared, ROWS, "twice", places=("twice",)),
    "nested": Specimen(nested, ROWS, "inner_a", places=("inner_a", "inner_b")),
    "wide": Specimen(wide, ("rows-f64",), "hidden", places=("hidden",)),
    "convolution": Specimen(convolution, ("pictures",), "conv", 1, maps="conv_2", places=("conv", "pool", "average")),
    "depthwise": Specimen(depthwise, ("pictures",), "separable", 1, maps="separable", places=("depthwise", "pool")),
    "transposed": Specimen(transposed, ("pictures",), "transposed", 1, maps="transposed", places=("conv", "up", "most")),
    "enlarged": Specimen(enlarged, ("pictures",), "separable", 1, maps="separable", places=("conv", "up")),
    "shapes": Specimen(shapes, ("pictures",), "conv1d", 1, maps=None, places=("permute", "conv1d")),
    "branches": Specimen(branches, ("pictures",), "relu", 1, maps="relu", places=("conv_a", "norm", "joined")),
    "rescaling": Specimen(rescaling, ("grey",), "conv", 1, maps="conv", places=("rescale", "conv")),
    "volume": Specimen(volume, ("volumes",), "flat", 0, places=("flat",), precision="float32"),
    "sequence": Specimen(sequence, ("series",), "conv", 1, places=("conv", "distributed", "average")),
    "recurrent": Specimen(recurrent, ("series",), "gru", 1, places=("lstm", "gru", "repeat")),
    "bidirectional": Specimen(bidirectional, ("series",), "both", 4, places=("both", "summed")),
    "causal": Specimen(causal, ("series",), "both", 1, places=("conv", "depthwise", "both")),
    "masking": Specimen(masking, ("padded",), "lstm", 1, places=("lstm", "rnn")),
    "mask-average": Specimen(mask_average, ("padded",), "average", 1, places=("masking", "average")),
    "embedding": Specimen(embedding, ("tokens", "tokens-i64"), "conv", 1, smooth=False, places=("embedding", "conv")),
    "text": Specimen(text, ("tokens",), "hidden", 1, smooth=False, places=("embedding", "average")),
    "masked-branches": Specimen(masked_branches, ("tokens",), "joined", 1, smooth=False, places=("embedding", "distributed", "joined")),
    "masked-recurrent": Specimen(masked_recurrent, ("tokens",), "both", 1, smooth=False, places=("embedding", "both")),
}
