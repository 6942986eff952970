"""Writes analysis.json: what scikit-learn and a NumPy of its own say in float64, for analysis.test.ts and similarity.test.ts beside this folder.

Run: pip install scikit-learn numpy && python server/compute/methods/goldens/make.py
Inputs and weights are float32 and stored in full. The versions are recorded in the file.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.metrics import accuracy_score, precision_recall_fscore_support
from sklearn.neighbors import NearestNeighbors

rng = np.random.default_rng(33)


def single(array):
    return np.asarray(array, dtype=np.float32)


def flat(array):
    return [float(f"{value:.9g}") for value in np.asarray(array, dtype=np.float64).ravel()]


def centred_gram(x):
    """H X X' H with the centring matrix written out, as in the paper's HSIC."""
    n = len(x)
    h = np.eye(n) - np.ones((n, n)) / n
    return h @ (x @ x.T) @ h


def cka(x, y):
    k, l = centred_gram(x), centred_gram(y)
    return np.trace(k @ l) / np.sqrt(np.trace(k @ k) * np.trace(l @ l))


# input (6, off the origin) -> relu(A) (5) -> tanh(B) (90, more than there are examples) -> C (4)
x = single(rng.normal(size=(50, 6)) * [1, 3, 0.5, 1, 2, 1] + 40)
a, a_bias = single(rng.normal(size=(6, 5))), single(-40 * rng.normal(size=5))
b = single(0.02 * rng.normal(size=(5, 90)))
c = single(rng.normal(size=(90, 4)))
outputs = [x.astype(np.float64)]
outputs.append(np.maximum(0, outputs[-1] @ a.astype(np.float64) + a_bias))
outputs.append(np.tanh(outputs[-1] @ b.astype(np.float64)))
outputs.append(outputs[-1] @ c.astype(np.float64))
similarity = {
    "n": len(x),
    "x": flat(x),
    "a": flat(a),
    "aBias": flat(a_bias),
    "b": flat(b),
    "c": flat(c),
    "values": [[float(cka(p, q)) for q in outputs] for p in outputs],
}

points = single(rng.normal(size=(60, 4)))
points[7] = points[31]  # two equal rows
labels = rng.integers(0, 3, size=60)
k = 6
# kneighbors() of the fitted rows leaves each row itself out; equal distances are put in order of the index.
distances, indices = NearestNeighbors(n_neighbors=59, algorithm="brute").fit(points.astype(np.float64)).kneighbors()
order = np.lexsort((indices, distances.round(12)))[:, :k]
distances, indices = np.take_along_axis(distances, order, 1), np.take_along_axis(indices, order, 1)
neighbours = {
    "n": 60,
    "k": k,
    "x": flat(points),
    "labels": labels.tolist(),
    "indices": indices.ravel().tolist(),
    "distances": flat(distances),
    "agreement": [float(np.mean(labels[indices[i]] == labels[i])) for i in range(60)],
}

# Five classes: 3 never occurs, 4 is never predicted.
n = 120
logits = single(2 * rng.normal(size=(n, 5)) - [0, 0, 0, 1.5, 60])
truth = rng.choice([0, 1, 2, 4], size=n)
exp = np.exp(logits.astype(np.float64) - logits.max(1, keepdims=True))
p = exp / exp.sum(1, keepdims=True)
predicted = p.argmax(1)
precision, recall, f1, support = precision_recall_fscore_support(truth, predicted, labels=range(5), zero_division=0)


def reliability(bins):
    """Guo et al. 2017, bins (m - 1, m] / M, one bin after the other."""
    confidence, right = p.max(1), predicted == truth
    rows = []
    for m in range(bins):
        inside = (confidence > m / bins) & (confidence <= (m + 1) / bins)
        count = int(inside.sum())
        rows.append((count, confidence[inside].mean() if count else None, right[inside].mean() if count else None))
    gaps = [(count / n, abs(acc - conf)) for count, conf, acc in rows if count]
    return {
        "bins": bins,
        "count": [row[0] for row in rows],
        "confidence": [row[1] if row[1] is None else float(row[1]) for row in rows],
        "accuracy": [row[2] if row[2] is None else float(row[2]) for row in rows],
        "ece": float(sum(share * gap for share, gap in gaps)),
        "mce": float(max(gap for _, gap in gaps)),
    }


classes = {
    "n": n,
    "logits": flat(logits),
    "labels": truth.tolist(),
    "precision": flat(precision),
    "recall": flat(recall),
    "f1": flat(f1),
    "support": support.tolist(),
    "predictedCount": np.bincount(predicted, minlength=5).tolist(),
    "accuracy": float(accuracy_score(truth, predicted)),
    "brier": float(np.mean(np.sum((p - np.eye(5)[truth]) ** 2, axis=1))),
    "losses": flat(-np.log(p[np.arange(n), truth])),
    "reliability": [reliability(15), reliability(4)],
}

text = json.dumps(
    {
        "versions": {"numpy": np.__version__, "sklearn": sklearn.__version__},
        "similarity": similarity,
        "neighbours": neighbours,
        "classes": classes,
    },
    separators=(",", ":"),
)
(Path(__file__).parent / "analysis.json").write_text(text + "\n")
