"""Makes heads.json: small models that end in every kind of head, what they put out, and the losses of labels.

Keras 3.15 in float64. Numbers are multiples of 1/8, so that float32 holds them as they are; scores are as sharp as 200,
so that probabilities in float32 are 0. Run it here: KERAS_BACKEND=tensorflow python make_heads.py
"""

import json
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
from keras import layers as L

keras.config.set_floatx("float64")
random = np.random.default_rng(7)
X = np.concatenate([random.integers(-8, 9, (5, 4)) / 8, [[8, -8, 8, -8], [-20, 0, 16, 2], [0, 0, 0, 0]]])
LABELS = np.array([0, 1, 2, 0, 1, 0, 1, 2])
MODELS = {}


def dense(x, units, **more):
    return L.Dense(units, **more)(x)


def log_sum(parts):
    """log of sum of w * exp(log) over parts (w, log), along nothing but the parts."""
    return np.logaddexp.reduce([np.log(w) + log for w, log in parts])


def log_softmax(z, axis=-1):
    top = z.max(axis, keepdims=True)
    return z - top - np.log(np.exp(z - top).sum(axis, keepdims=True))


def log_sigmoid(z):
    return -np.logaddexp(0, -z)


def model(name, kind, build, logs=None, sharp=6, shape=(4,)):
    """`build` makes the output and the scores before its squashing; `logs` the log-probabilities from those scores."""
    keras.utils.clear_session()
    x = keras.Input(shape)
    output, scores = build(x)
    net = keras.Model(x, output)
    for weight in net.weights:
        weight.assign(random.integers(-8 * sharp, 8 * sharp + 1, weight.shape) / 8)
    said = net(X)
    said = said[0] if isinstance(said, list) else said
    found = {
        "kind": kind,
        "config": json.loads(net.to_json()),
        "weights": {w.path: {"shape": list(w.shape), "data": np.ravel(w.numpy()).tolist()} for w in net.weights},
        "outputs": np.reshape(said, [len(X), -1]).tolist(),
    }
    if logs is not None:
        made = keras.Model(x, scores)(X)
        log = logs(*[np.asarray(s) for s in (made if isinstance(made, list) else [made])])
        found["logarithms"] = log.tolist()
        found["losses"] = (-log[np.arange(len(X)), LABELS % log.shape[1]]).tolist()
    MODELS[name] = found


plain = log_softmax
mean = lambda *zs: log_sum([(1 / len(zs), log_softmax(z)) for z in zs])
both = lambda of: lambda *zs: np.concatenate([of([-z for z in zs]), of(zs)], 1)
binary = both(lambda zs: log_sum([(1 / len(zs), log_sigmoid(z)) for z in zs]))
places = lambda z: np.logaddexp.reduce(log_softmax(z).reshape(len(z), -1, z.shape[-1]), 1) - np.log(
    np.prod(z.shape[1:-1])
)
PASSING = [L.Dropout(0.5), L.GaussianNoise(1.0), L.Activation("linear"), L.Reshape((3,)), L.AlphaDropout(0.1)]


def through(x, steps):
    for step in steps:
        x = step(x)
    return x


def ending(make):
    """Scores of three classes, and what `make` makes of them."""

    def build(x):
        z = dense(x, 3)
        return make(z), [z]

    return build


def branches(count, make, units=3):
    def build(x):
        zs = [dense(x, units) for _ in range(count)]
        return make(zs), zs

    return build


soft = lambda z: L.Softmax()(z)
squash = lambda z: L.Activation("sigmoid")(z)


model("softmax layer", "softmax", ending(soft), plain)
model("passed on", "softmax", ending(lambda z: through(soft(z), PASSING)), plain)
model("temperature", "softmax", ending(lambda z: soft(L.Rescaling(0.125)(z))), lambda z: log_softmax(z / 8))
model("logarithms", "log_softmax", ending(lambda z: L.Activation("log_softmax")(z)), plain)
model("average", "softmax", branches(3, lambda zs: L.Average()([soft(z) for z in zs])), mean)
model(
    "convex sum",
    "softmax",
    branches(2, lambda zs: L.Add()([L.Rescaling(0.25)(soft(zs[0])), L.Rescaling(0.75)(soft(zs[1]))])),
    lambda a, b: log_sum([(0.25, log_softmax(a)), (0.75, log_softmax(b))]),
)
model(
    "average of averages",
    "softmax",
    branches(
        3, lambda zs: L.Dropout(0.2)(L.Average()([L.Average()([soft(zs[0]), soft(zs[1])]), L.Dropout(0.1)(soft(zs[2]))]))
    ),
    lambda a, b, c: log_sum([(0.25, log_softmax(a)), (0.25, log_softmax(b)), (0.5, log_softmax(c))]),
)
model("softmax of an average", "softmax", branches(2, lambda zs: soft(L.Average()(zs))), lambda a, b: plain((a + b) / 2))
model("sum", "other", branches(2, lambda zs: L.Add()([soft(z) for z in zs])))
model("product", "other", branches(2, lambda zs: L.Multiply()([soft(z) for z in zs])))
model("maximum", "other", branches(2, lambda zs: L.Maximum()([soft(z) for z in zs])))
model("softmax and sigmoid", "other", branches(2, lambda zs: L.Average()([soft(zs[0]), squash(zs[1])])))
model("scaled", "other", ending(lambda z: L.Rescaling(2.0)(soft(z))))
model("shifted", "other", ending(lambda z: L.Rescaling(1.0, offset=0.5)(soft(z))))
model("dense after", "other", ending(lambda z: dense(soft(z), 3)))
model("logits", "other", ending(lambda z: z))
model("tanh", "other", ending(lambda z: L.Activation("tanh")(z)))
model("two heads", "heads", branches(2, lambda zs: L.Concatenate()([soft(zs[0]), soft(zs[1])])))
model("head and sigmoid", "heads", branches(2, lambda zs: L.Concatenate()([soft(zs[0]), squash(zs[1])])))
model("rows", "heads", lambda x: (L.Flatten()(soft(L.Reshape((2, 3))(dense(x, 6)))), []))
model("sigmoid", "sigmoid", ending(squash), log_sigmoid)
model(
    "sigmoids side by side",
    "sigmoid",
    lambda x: (lambda a, b: (L.Concatenate()([squash(a), squash(b)]), [a, b]))(dense(x, 1), dense(x, 2)),
    lambda a, b: log_sigmoid(np.concatenate([a, b], 1)),
)
model("binary", "sigmoid", branches(1, lambda zs: L.Dropout(0.3)(squash(zs[0])), 1), binary)
model("average of sigmoids", "sigmoid", branches(2, lambda zs: L.Average()([squash(z) for z in zs]), 1), binary)
picture = lambda x: L.Reshape((2, 2, 1))(x)
conv = lambda x, size: L.Conv2D(3, size)(x)
model(
    "one place",
    "softmax",
    lambda x: (lambda z: (L.Flatten()(soft(z)), [z]))(conv(picture(x), 2)),
    lambda z: plain(z.reshape(len(z), -1)),
)
model("never flattened", "softmax", lambda x: (lambda z: (soft(z), [z]))(conv(picture(x), 2)), lambda z: plain(z.reshape(len(z), -1)))
model(
    "mean over places",
    "softmax",
    lambda x: (lambda z: (L.GlobalAveragePooling2D()(soft(z)), [z]))(conv(picture(x), 1)),
    places,
)
model(
    "mean over time",
    "softmax",
    lambda x: (lambda z: (L.GlobalAveragePooling1D()(L.Dropout(0.2)(L.Activation("softmax")(z))), [z]))(
        L.TimeDistributed(L.Dense(3))(L.Reshape((2, 2))(x))
    ),
    places,
)
model("largest over places", "other", lambda x: (L.GlobalMaxPooling2D()(soft(conv(picture(x), 1))), []))
model("gates", "other", lambda x: (L.LSTM(3, activation="sigmoid")(L.Reshape((2, 2))(x)), []), sharp=2)
model("recurrent", "sigmoid", lambda x: (L.SimpleRNN(1, activation="sigmoid")(L.Reshape((2, 2))(x)), []), sharp=1)


def within(name, kind, last, without, before=lambda x: x, after=lambda y: y, logs=plain):
    """The squashing is inside a layer: the twin without it gets its weights, and gives the scores."""
    keras.utils.clear_session()
    x = keras.Input((4,))
    made, twin = last(), without()
    net = keras.Model(x, after(made(before(x))))
    for weight in net.weights:
        weight.assign(random.integers(-48, 49, weight.shape) / 8)
    twin_net = keras.Model(x, twin(before(x)))
    twin.set_weights(made.get_weights())
    log = logs(np.asarray(twin_net(X)))
    MODELS[name] = {
        "kind": kind,
        "config": json.loads(net.to_json()),
        "weights": {w.path: {"shape": list(w.shape), "data": np.ravel(w.numpy()).tolist()} for w in net.weights},
        "outputs": np.reshape(net(X), [len(X), -1]).tolist(),
        "logarithms": log.tolist(),
        "losses": (-log[np.arange(len(X)), LABELS % log.shape[1]]).tolist(),
    }


within("inside", "softmax", lambda: L.Dense(3, activation="softmax"), lambda: L.Dense(3))
within("inside a sigmoid", "sigmoid", lambda: L.Dense(1, activation="sigmoid"), lambda: L.Dense(1), logs=binary)
within("inside, logarithms", "log_softmax", lambda: L.Dense(3, activation="log_softmax"), lambda: L.Dense(3))
within(
    "inside a convolution",
    "softmax",
    lambda: L.Conv2D(3, 1, activation="softmax"),
    lambda: L.Conv2D(3, 1),
    picture,
    lambda y: L.GlobalAveragePooling2D()(y),
    places,
)
within(
    "inside a time step",
    "softmax",
    lambda: L.TimeDistributed(L.Dense(3, activation="softmax")),
    lambda: L.TimeDistributed(L.Dense(3)),
    lambda x: L.Reshape((2, 2))(x),
    lambda y: L.GlobalAveragePooling1D()(y),
    places,
)
within(
    "inside a model",
    "softmax",
    lambda: keras.Sequential([keras.Input((4,)), L.Dense(3, activation="softmax"), L.Dropout(0.3)]),
    lambda: keras.Sequential([keras.Input((4,)), L.Dense(3)]),
    after=lambda y: L.Dropout(0.2)(y),
)


def losses():
    """How Keras writes the losses that a model of two outputs was compiled with, and what they tell."""
    of = {
        "string": "sparse_categorical_crossentropy",
        "logits": keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        "each": [keras.losses.CategoricalCrossentropy(from_logits=True), "mse"],
        "named": {"b": keras.losses.BinaryCrossentropy(from_logits=True), "a": keras.losses.mean_squared_error},
    }
    found = {}
    for name, loss in of.items():
        x = keras.Input((2,))
        net = keras.Model(x, [L.Dense(3, name="a")(x), L.Dense(1, name="b")(x)])
        net.compile(loss=loss)
        found[name] = net.get_compile_config()["loss"]
    return found


def rounded(value):
    if isinstance(value, list):
        return [rounded(v) for v in value]
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return float(f"{value:.10g}") if isinstance(value, float) else value


with open(os.path.join(os.path.dirname(__file__), "heads.json"), "w") as file:
    whole = {"keras": keras.__version__, "x": X.tolist(), "labels": LABELS.tolist(), "models": MODELS, "losses": losses()}
    json.dump(rounded(whole), file, separators=(",", ":"))
