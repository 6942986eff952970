"""Models of several inputs and outputs, their data, and what TensorFlow says of them. Keras 3.15, TensorFlow 2.21.

several.keras: a picture and a row of a table in; one of three classes and a number out.
tokens.keras: as BERT takes it: ids of words and a mask of the places that count in; one of two classes out.
several.npz, tokens.npz: examples as people save them. several.safetensors: outputs, gradients, integrated gradients.
"""

import json
import os
import struct
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf

keras.utils.set_random_seed(11)
rng = np.random.default_rng(11)
HERE = Path(__file__).parent
N, STEPS = 12, 128

picture = keras.Input((6, 6, 1), name="picture")
row = keras.Input((4,), name="row")
a = keras.layers.Conv2D(3, 3, activation="relu", name="conv")(picture)
a = keras.layers.Flatten(name="flat")(a)
b = keras.layers.Dense(5, activation="tanh", name="facts")(row)
c = keras.layers.Concatenate(name="both")([a, b])
c = keras.layers.Dense(8, activation="relu", name="mixed")(c)
kind = keras.layers.Dense(3, activation="softmax", name="kind")(c)
price = keras.layers.Dense(1, name="price")(c)
several = keras.Model([picture, row], [kind, price], name="several")
several.compile(loss={"kind": "sparse_categorical_crossentropy", "price": "mse"})
several.save(HERE / "several.keras")

ids = keras.Input((8,), dtype="int32", name="input_ids")
mask = keras.Input((8,), name="attention_mask")
e = keras.layers.Embedding(20, 6, name="words")(ids)
m = keras.layers.Reshape((8, 1), name="places")(mask)
e = keras.layers.Multiply(name="counted")([e, m])
e = keras.layers.GlobalAveragePooling1D(name="mean")(e)
tokens = keras.Model([ids, mask], keras.layers.Dense(2, activation="softmax", name="answer")(e), name="tokens")
tokens.compile(loss="sparse_categorical_crossentropy")
tokens.save(HERE / "tokens.keras")

x = {
    "picture": rng.normal(size=(N, 6, 6, 1)).astype(np.float32),
    "row": rng.normal(size=(N, 4)).astype(np.float32),
}
label = rng.integers(0, 3, N).astype(np.int32)
np.savez(HERE / "several.npz", **x, y=label, price_seen=rng.normal(size=N).astype(np.float32))
words = rng.integers(0, 20, (N, 8)).astype(np.int32)
counts = (np.arange(8) < rng.integers(3, 9, (N, 1))).astype(np.int32)
np.savez(HERE / "tokens.npz", input_ids=words, attention_mask=counts, labels=(label % 2))
np.savez(HERE / "tokens_unmasked.npz", input_ids=words, labels=(label % 2))

probabilities, number = several.predict(x, verbose=0)


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


def slopes(inputs, of):
    """Gradients of the sum over examples by both inputs."""
    given = {name: tf.constant(value) for name, value in inputs.items()}
    with tf.GradientTape() as tape:
        for value in given.values():
            tape.watch(value)
        out = tf.reduce_sum(of(several(given)))
    return {name: value.numpy() for name, value in tape.gradient(out, given).items()}


chosen = tf.one_hot(probabilities.argmax(1), 3)
predicted = lambda outputs: outputs[0] * chosen
gradient = slopes(x, predicted)
ig = {name: np.zeros_like(value) for name, value in x.items()}
for k in range(STEPS):
    at = (k + 0.5) / STEPS
    for name, value in slopes({n: (v * at).astype(np.float32) for n, v in x.items()}, predicted).items():
        ig[name] += x[name] * value / STEPS

zero = {name: np.zeros_like(value) for name, value in x.items()}
change = (several.predict(x, verbose=0)[0] - several.predict(zero, verbose=0)[0])[np.arange(N), probabilities.argmax(1)]
assert np.abs(ig["picture"].sum((1, 2, 3)) + ig["row"].sum(1) - change).max() < 1e-3

write_safetensors(
    HERE / "several.safetensors",
    {
        "kind": probabilities,
        "price": number,
        "mixed": keras.Model(several.inputs, several.get_layer("mixed").output).predict(x, verbose=0),
        "tokens": tokens.predict({"input_ids": words, "attention_mask": counts.astype(np.float32)}, verbose=0),
        "tokens_unmasked": tokens.predict({"input_ids": words, "attention_mask": np.ones((N, 8), np.float32)}, verbose=0),
        **{f"gradient.{name}": value for name, value in gradient.items()},
        **{f"ig.{name}": value for name, value in ig.items()},
        "price_gradient.picture": slopes(x, lambda outputs: outputs[1])["picture"],
        "price_gradient.row": slopes(x, lambda outputs: outputs[1])["row"],
    },
    {"keras": keras.__version__, "tensorflow": tf.__version__, "numpy": np.__version__, "steps": str(STEPS)},
)
