"""Writes whole models that TimeDistributed applies, weights without a model, and what Keras answers, into steps/.

Run: pip install keras tensorflow-cpu numpy h5py && python server/compute/formats/goldens/make_steps.py
The weights are written as Keras 3 writes them, and as Keras 2 did (names of layers and weights in attributes).
"""

import json
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import h5py
import keras
import numpy as np
from keras import layers as L

folder = Path(__file__).parent / "steps"
folder.mkdir(exist_ok=True)
keras.utils.set_random_seed(3)


def formula(shape):
    return (((np.arange(int(np.prod(shape))) + 1) * 7817 % 1009) / 504.5 - 1).reshape(shape).astype("float32")


picture = keras.Input((6, 6, 2))
left = L.Conv2D(3, 3, padding="same", activation="relu", name="left")(picture)
right = L.Conv2D(3, 1, name="right")(picture)
both = L.Concatenate(axis=3, name="both")([L.Add(name="sum")([left, right]), left])
scaled = L.BatchNormalization(name="scaled")(both)
head = keras.Sequential([L.MaxPooling2D(), L.Flatten(), L.Dense(4, activation="tanh", name="dense")], name="head")(scaled)
frame = keras.Model(picture, head, name="frame")
frames = keras.Input((3, 6, 6, 2))
steps = L.TimeDistributed(frame, name="each")(frames)
steps = L.TimeDistributed(keras.Sequential([keras.Input((4,)), L.Dense(3, name="dense")]), name="again")(steps)
model = keras.Model(frames, L.Dense(2, name="out")(L.LSTM(3, name="lstm")(steps)))
for weight in model.weights:
    values = formula(weight.shape) / 2
    weight.assign(np.abs(values) + 0.5 if "variance" in weight.path else values)
model.save(folder / "steps.keras")
model.save(folder / "steps.h5")
x = formula((2, 3, 6, 6, 2))
(folder / "steps.json").write_text(json.dumps({"shape": list(x.shape), "y": model.predict(x, verbose=0).ravel().tolist()}) + "\n")

small = keras.Sequential([keras.Input((4,)), L.Dense(3, activation="relu", name="hidden"), L.BatchNormalization(name="scaled"), L.Dense(2, name="out")], name="small")
for weight in small.weights:
    values = formula(weight.shape) / 2
    weight.assign(np.abs(values) + 0.5 if "variance" in weight.path else values)
small.save_weights(folder / "small.weights.h5")
with h5py.File(folder / "small_keras2.h5", "w") as file:
    file.attrs["layer_names"] = [layer.name.encode() for layer in small.layers]
    file.attrs["backend"] = b"tensorflow"
    file.attrs["keras_version"] = b"2.4.0"
    for layer in small.layers:
        group = file.create_group(layer.name)
        names = [f"{layer.name}/{weight.name}:0" for weight in layer.weights]
        group.attrs["weight_names"] = [name.encode() for name in names]
        for name, weight in zip(names, layer.weights):
            group[name] = weight.numpy()
x = formula((2, 4))
answers = {"architecture": small.to_json(), "shape": list(x.shape), "y": small.predict(x, verbose=0).ravel().tolist()}
(folder / "small.json").write_text(json.dumps(answers) + "\n")
