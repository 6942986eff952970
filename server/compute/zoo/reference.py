"""What a query answers, by definition: NumPy and Keras, in float64 where TensorFlow has the kernels for it.

Every function here follows a definition (of a paper, of scikit-learn, of Keras), not the server's code.
"""

import itertools
import math

import numpy as np
import tensorflow as tf
from walk import Walk, layer_names


class Subject:
    """A model and a data set; x are the stored values as the model is given them."""

    def __init__(self, model, specimen, x, y):
        self.model, self.specimen = model, specimen
        # Pictures of one channel may be stored without the axis.
        self.x = x.astype(specimen.precision).reshape(len(x), *model.input_shape[1:])
        self.y = y
        self.layers = layer_names(model)
        self.whole = self.walk(self.x)
        self.label = np.full(len(x), -1) if y is None else y

    def walk(self, x, replaced=None, edits=None):
        return Walk(self.model, tf.constant(x), self.specimen.scorer, replaced, edits)

    def output(self, layer):
        return self.whole.values[layer].numpy()

    def probabilities(self, walk):
        y = walk.output
        match self.specimen.head:
            case "softmax" | "sigmoid" | "mixture":
                return y
            case "logits":
                return tf.nn.softmax(y)
            case "binary":
                return tf.concat([1 - y, y], 1)

    def scores(self, walk):
        return walk.scores if self.specimen.head in ("softmax", "sigmoid", "binary") else walk.output

    def losses(self, walk, labels):
        labels = tf.constant(labels, "int32")
        match self.specimen.head:
            case "softmax" | "logits":
                return tf.nn.sparse_softmax_cross_entropy_with_logits(labels, self.scores(walk))
            case "sigmoid":
                return tf.nn.softplus(-tf.gather(self.scores(walk), labels, axis=1, batch_dims=1))
            case "binary":
                s = self.scores(walk)[:, 0]
                return tf.nn.softplus(tf.cast(1 - 2 * labels, s.dtype) * s)
            case "mixture":
                return -tf.math.log(tf.gather(walk.output, labels, axis=1, batch_dims=1))

    def target(self, walk, kind, index):
        """(n) numbers; `index` is a class, a score, labels (n), or a layer and a unit."""
        if kind == "class":
            return self.probabilities(walk)[:, index]
        if kind == "logit":
            return unit_means(self.scores(walk))[:, index]
        if kind == "loss":
            return self.losses(walk, index)
        return unit_means(walk.values[index[0]])[:, index[1]]


def unit_means(y):
    return tf.reduce_mean(tf.reshape(y, [y.shape[0], -1, y.shape[-1]]), 1)


def units_first(y):
    """One example's output as it is drawn: (units), or (units, y, x) with a sequence as one row."""
    if y.ndim == 1:
        return y
    return np.moveaxis(y if y.ndim == 3 else y[None], -1, 0)


# Functions.


def stats(y):
    v = y.reshape(-1, y.shape[-1]).astype("float64")
    mean, sd = v.mean(0), v.std(0)
    third = ((v - mean) ** 3).mean(0)
    skew = np.divide(third, sd**3, out=np.zeros_like(sd), where=sd > 1e-12 * np.abs(v).max(0))
    low, high = v.min(0), v.max(0)
    return {"mean": mean, "sd": sd, "min": low, "max": high, "dead": ((low == 0) & (high == 0)).astype(int), "skew": skew}


def histogram(v):
    """Freedman and Diaconis' bins; Sturges' where the quartiles coincide."""
    v = v.ravel().astype("float64")
    low, high = v.min(), v.max()
    width = 2 * np.subtract(*np.percentile(v, [75, 25])) * len(v) ** (-1 / 3)
    bins = math.ceil((high - low) / width) if width > 0 else math.ceil(math.log2(len(v)) + 1)
    counts, edges = np.histogram(v, min(200, max(1, bins)))
    return {"counts": counts.astype("float64"), "edges": edges}


def predictions(subject, walk, rows):
    p = subject.probabilities(walk).numpy()
    return {
        "index": rows,
        "label": subject.label[rows],
        "predicted": p.argmax(1),
        "confidence": p.max(1).astype("float64"),
        "probabilities": p,
    }


def confusion(label, predicted, classes):
    counts = np.zeros((classes, classes), int)
    for true, said in zip(label, predicted):
        counts[true, said] += 1
    return {"counts": counts}


def classmetrics(label, predicted, classes):
    out = {"precision": [], "recall": [], "f1": [], "support": [], "predicted_count": []}
    for c in range(classes):
        right, support, said = ((label == c) & (predicted == c)).sum(), (label == c).sum(), (predicted == c).sum()
        out["precision"].append(float(right / said if said else 0))
        out["recall"].append(float(right / support if support else 0))
        out["f1"].append(float(2 * right / (support + said) if support + said else 0))
        out["support"].append(int(support))
        out["predicted_count"].append(int(said))
    return {name: np.array(values) for name, values in out.items()}


def calibration(label, p, bins):
    """Guo et al. 2017: bins ((m - 1) / M, m / M]."""
    confidence, right = p.max(1), p.argmax(1) == label
    count, mean, accuracy = np.zeros(bins, int), np.full(bins, np.nan), np.full(bins, np.nan)
    for m in range(bins):
        inside = (confidence > m / bins) & (confidence <= (m + 1) / bins)
        count[m] = inside.sum()
        if count[m]:
            mean[m], accuracy[m] = confidence[inside].mean(), right[inside].mean()
    return {"count": count, "confidence": mean, "accuracy": accuracy, "edges": np.arange(bins + 1) / bins}


def classmeans(means, label, classes):
    return {"values": np.stack([means[label == c].mean(0) for c in range(classes)], 1)}


def top(means, label, rows, k):
    best = sorted(range(len(rows)), key=lambda i: (-means[i], rows[i]))[:k]
    return {"index": rows[best], "label": label[best], "value": means[best]}


def neighbours(y, k):
    """Indices (n, k) and distances of the nearest others, ties by index."""
    flat = y.reshape(len(y), -1).astype("float64")
    distance = np.sqrt(((flat[:, None] - flat[None]) ** 2).sum(-1))
    np.fill_diagonal(distance, np.inf)
    order = np.argsort(distance, 1, kind="stable")[:, :k]
    return order, np.take_along_axis(distance, order, 1)


def cka(a, b):
    """Linear CKA (Kornblith et al. 2019, eq. 3) with the centring matrix written out."""
    n = len(a)
    h = np.eye(n) - 1 / n
    gram = [h @ (f @ f.T) @ h for f in (part.reshape(n, -1).astype("float64") for part in (a, b))]
    k, l = gram
    norm = np.sqrt(np.trace(k @ k) * np.trace(l @ l))
    return np.trace(k @ l) / norm if norm > 0 else np.nan


# Attributions: `value` maps features (m, ...) at a place to m numbers.


class Place:
    """The target as a function of one example's features at the input (None) or at a layer."""

    def __init__(self, subject, x, layer, kind, index, baseline=None):
        self.subject, self.layer, self.kind, self.index = subject, layer, kind, index
        self.x = x
        baseline = np.zeros_like(x) if baseline is None else baseline
        if layer is None:
            self.features, self.baseline = x, baseline
        else:
            self.features = subject.walk(x).values[layer].numpy()
            self.baseline = subject.walk(baseline).values[layer].numpy()
        self.shape = self.features.shape[1:]

    def tensor(self, points):
        index = np.repeat(self.index, len(points)) if self.kind == "loss" else self.index
        if self.layer is None:
            return self.subject.target(self.subject.walk(points), self.kind, index)
        repeated = np.repeat(self.x, len(points), 0)
        return self.subject.target(self.subject.walk(repeated, {self.layer: points}), self.kind, index)

    def value(self, points):
        return self.tensor(tf.constant(points)).numpy().astype("float64")

    def gradient(self, points):
        points = tf.constant(points)
        with tf.GradientTape() as tape:
            tape.watch(points)
            total = tf.reduce_sum(self.tensor(points))
        found = tape.gradient(total, points)
        return np.zeros(points.shape) if found is None else found.numpy()


def gradient(place):
    return place.gradient(place.features)[0]


def gradient_x_input(place):
    return ((place.features - place.baseline) * place.gradient(place.features))[0]


def ig(place, steps):
    """Midpoint rule."""
    alpha = ((np.arange(steps) + 0.5) / steps).reshape(-1, *[1] * len(place.shape)).astype(place.features.dtype)
    points = place.baseline + alpha * (place.features - place.baseline)
    return place.gradient(points).mean(0) * (place.features - place.baseline)[0]


def occlusion(place, window, stride):
    """Mean drop over the windows that cover a feature; the last window of a line ends with it."""
    shape = place.shape
    spatial = shape[:-1]
    starts = [sorted({*range(0, max(size - window, 0) + 1, stride), max(size - window, 0)}) for size in spatial]
    # Channels of an input go together; units of a layer are features of their own, and so are numbers without places.
    apart = place.layer is not None or not spatial
    whole = place.value(place.features)[0]
    sums, counts = np.zeros(shape), np.zeros(shape)
    for corner in itertools.product(*starts):
        for unit in range(shape[-1]) if apart else [slice(None)]:
            where = (*(slice(at, at + window) for at in corner), unit)
            point = place.features.copy()
            point[(0, *where)] = place.baseline[(0, *where)]
            sums[where] += whole - place.value(point)[0]
            counts[where] += 1
    return sums / counts


def exact_shapley(place):
    """The sum over all orders of the players, each order once."""
    n = int(np.prod(place.shape))
    x, b = place.features.ravel(), place.baseline.ravel()
    subsets = list(itertools.product([False, True], repeat=n))
    points = np.stack([np.where(s, x, b) for s in subsets]).reshape(-1, *place.shape)
    v = dict(zip(subsets, place.value(points)))
    total = np.zeros(n)
    for order in itertools.permutations(range(n)):
        present = [False] * n
        for player in order:
            before = v[tuple(present)]
            present[player] = True
            total[player] += v[tuple(present)] - before
    return (total / math.factorial(n)).reshape(place.shape)


def gradcam(place):
    """Parts, one map per unit (Selvaraju et al. 2017, before the sum and its positive part)."""
    weights = gradient(place).mean(axis=tuple(range(len(place.shape) - 1)))
    return place.features[0] * weights


# What if.


def attack(subject, x, label, epsilon, step, steps):
    """FGSM and PGD without a random start, within the range of the data."""
    low, high = subject.x.min(), subject.x.max()
    said = subject.probabilities(subject.walk(x)).numpy().argmax(1)
    label = np.where(label < 0, said, label)
    now = x
    for _ in range(steps):
        points = tf.constant(now)
        with tf.GradientTape() as tape:
            tape.watch(points)
            total = tf.reduce_sum(subject.losses(subject.walk(points), label))
        moved = np.clip(now + step * np.sign(tape.gradient(total, points).numpy()), low, high)
        now = np.clip(moved, x - epsilon, x + epsilon)
    return now
