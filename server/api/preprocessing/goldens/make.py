"""Models that want their values in different ways, data stored in different ways, and what Keras predicts.

Run beside this file: python make.py. Writes NAME.keras, NAME.npz and expected.json: for each pair the probabilities
of the test split when the data are prepared as the model was trained.
"""

import json
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
from keras import layers

HERE = os.path.dirname(os.path.abspath(__file__))
keras.utils.set_random_seed(7)
random = np.random.default_rng(7)
expected = {}


def pictures(count):
    """6 x 6 bytes: the class is the third of the rows that is bright. One label in 16 is wrong."""
    label = random.integers(0, 3, count)
    x = random.integers(0, 90, (count, 6, 6))
    for i, c in enumerate(label):
        x[i, 2 * c : 2 * c + 2] += random.integers(90, 160, (2, 6))
    wrong = random.random(count) < 1 / 16
    return x.astype("uint8"), np.where(wrong, (label + 1) % 3, label).astype("int64")


def fit(name, inputs, outputs, x, y, rate, epochs=60):
    model = keras.Model(inputs, outputs, name=name)
    model.compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy")
    model.fit(x, y, epochs=epochs, batch_size=32, verbose=0)
    model.save(os.path.join(HERE, f"{name}.keras"))
    return model


def keep(pair, model, x):
    expected[pair] = np.asarray(model(x), "float64").round(6).tolist()


train, train_y = pictures(600)
test, test_y = pictures(256)
np.savez_compressed(os.path.join(HERE, "bands.npz"), x_test=test, y_test=test_y)


def head(x):
    return layers.Dense(3, activation="softmax")(layers.Flatten()(x))


def conv(x):
    return head(layers.Conv2D(4, 3, activation="relu")(x))


x = keras.Input((6, 6, 1))
model = fit("own-scale", x, conv(layers.Rescaling(1 / 255)(x)), train, train_y, 0.01)
keep("own-scale bands", model, test[..., None].astype("float32"))
x = keras.Input((6, 6, 1))
model = fit("unit-scale", x, conv(x), train / 255, train_y, 0.01)
keep("unit-scale bands", model, (test[..., None] / 255).astype("float32"))
x = keras.Input((6, 6))
model = fit("centred", x, head(layers.Dense(4, activation="tanh")(x)), train / 127.5 - 1, train_y, 0.01)
keep("centred bands", model, (test / 127.5 - 1).astype("float32"))
x = keras.Input((36,))
y = layers.ReLU()(layers.BatchNormalization()(layers.Dense(8)(x)))
model = fit("raw-bytes", x, layers.Dense(3, activation="softmax")(y), train.reshape(-1, 36), train_y, 0.01)
keep("raw-bytes bands", model, test.reshape(-1, 36).astype("float32"))
x = keras.Input((6, 6, 1))
untrained = keras.Model(x, conv(x), name="untrained")
untrained.save(os.path.join(HERE, "untrained.keras"))
keep("untrained bands", untrained, test[..., None].astype("float32"))

# Channels first in the file, last for the model.
label = random.integers(0, 3, 40)
colours = random.random((40, 3, 5, 6)).astype("float32")
colours[np.arange(40), label] += 0.5
np.savez_compressed(os.path.join(HERE, "channels.npz"), x_test=colours, y_test=label)
x = keras.Input((5, 6, 3))
last = colours.transpose(0, 2, 3, 1)
model = fit("channels-last", x, conv(x), last, label, 0.01)
keep("channels-last channels", model, last)

# A series of any length, and tokens and a table stored as bytes.
series = random.normal(size=(30, 7, 5)).astype("float32")
np.savez_compressed(os.path.join(HERE, "series.npz"), x_test=series)
x = keras.Input((None, 5))
model = keras.Model(x, layers.Dense(3, activation="softmax")(layers.LSTM(4)(x)), name="any-length")
model.save(os.path.join(HERE, "any-length.keras"))
keep("any-length series", model, series)
tokens = random.integers(0, 50, (30, 8)).astype("uint8")
np.savez_compressed(os.path.join(HERE, "words.npz"), x_test=tokens, y_test=random.integers(0, 3, 30))
x = keras.Input((8,), dtype="int32")
y = layers.GlobalAveragePooling1D()(layers.Embedding(50, 4)(x))
model = keras.Model(x, layers.Dense(3, activation="softmax")(y), name="reader")
model.save(os.path.join(HERE, "reader.keras"))
keep("reader words", model, tokens)
table = random.integers(0, 200, (30, 4)).astype("uint8")
np.savez_compressed(os.path.join(HERE, "table.npz"), x_test=table, y_test=random.integers(0, 3, 30))
x = keras.Input((4,))
y = layers.Dense(3, activation="softmax", kernel_initializer=keras.initializers.RandomNormal(stddev=0.01))(x)
model = keras.Model(x, y, name="ages")
model.save(os.path.join(HERE, "ages.keras"))
keep("ages table", model, table.astype("float32"))

with open(os.path.join(HERE, "expected.json"), "w") as file:
    json.dump(expected, file)
