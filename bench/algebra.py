"""The peers of algebra.ts, each on digits-cnn@20:

ig         integrated gradients, 64 steps, 100 examples: TensorFlow's GradientTape, eager
compiled   the same inside tf.function
shapley    200 permutations (100 there and back) of 64 features of one example: shap's PermutationExplainer
cka        linear CKA of every layer with every other over 359 examples: Keras and NumPy

Prints {NAME: {value: median milliseconds, versions}}, without those whose package is absent."""

import json
import sys
import time

import keras
import numpy as np
import tensorflow as tf
from digits import digits_cnn, every_layer, pictures

VERSIONS = f"keras {keras.__version__}, tensorflow {tf.__version__}"
model = digits_cnn()
train, test = pictures("train"), pictures("test")


def median(runs: int, work) -> float:
    work(runs)
    times = []
    for run in range(runs):
        began = time.perf_counter()
        work(run)
        times.append((time.perf_counter() - began) * 1000)
    return float(np.median(times))


STEPS, EXAMPLES = 64, 100
alphas = tf.constant((np.arange(STEPS, dtype=np.float32) + 0.5) / STEPS)


def path_gradients(x, classes):
    points = alphas[None, :, None, None, None] * x[:, None]
    points = tf.reshape(points, (-1, 8, 8, 1))
    owner = tf.repeat(classes, STEPS)
    with tf.GradientTape() as tape:
        tape.watch(points)
        scores = tf.gather(model(points, training=False), owner, batch_dims=1)
    gradients = tape.gradient(scores, points)
    return tf.reduce_mean(tf.reshape(gradients, (-1, STEPS, 8, 8, 1)), 1) * x


compiled_gradients = tf.function(path_gradients, reduce_retracing=True)


def ig(run: int, gradients=path_gradients) -> None:
    x = tf.constant(train[run * EXAMPLES : (run + 1) * EXAMPLES])
    classes = tf.argmax(model(x, training=False), 1, output_type=tf.int32)
    # In parts, as all points at once would be slower here: the best of several sizes tried.
    for part in range(0, EXAMPLES, 10):
        gradients(x[part : part + 10], classes[part : part + 10]).numpy()


def shapley(run: int) -> None:
    x = test[run].reshape(1, 64)
    target = int(np.argmax(model(test[run : run + 1], training=False)))
    score = tf.function(lambda rows: model(tf.reshape(rows, (-1, 8, 8, 1)), training=False)[:, target], reduce_retracing=True)
    explainer = shap.PermutationExplainer(
        lambda rows: score(tf.constant(rows, tf.float32)).numpy(), np.zeros((1, 64), np.float32), seed=1
    )
    explainer(x, max_evals=100 * 2 * 64 + 100, batch_size=512, silent=True)


every = every_layer(model)


def cka(run: int) -> None:
    layers = [values.reshape(len(values), -1).astype(np.float64) for values in every.predict(test, batch_size=256, verbose=0)]
    grams = []
    for values in layers:
        centred = values - values.mean(0)
        gram = centred @ centred.T
        grams.append(gram / np.linalg.norm(gram))
    [[float((a * b).sum()) for b in grams] for a in grams]


runs = int(sys.argv[1])
out = {
    "ig": {"value": median(runs, ig), "versions": VERSIONS},
    "compiled": {"value": median(runs, lambda run: ig(run, compiled_gradients)), "versions": VERSIONS},
    "cka": {"value": median(runs, cka), "versions": f"{VERSIONS}, numpy {np.__version__}"},
}
try:
    import shap

    out["shapley"] = {"value": median(runs, shapley), "versions": f"shap {shap.__version__}, tensorflow {tf.__version__}"}
except ImportError:
    pass
print(json.dumps(out))
