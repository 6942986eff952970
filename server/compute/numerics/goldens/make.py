"""Writes pca.json, trustworthiness.json and tsne.json: what scikit-learn says, for the tests beside this folder.

Run: pip install scikit-learn numpy && python server/compute/numerics/goldens/make.py
The inputs are float32 and stored in full; scikit-learn computes in float64. The versions are recorded in the files.
"""

import json
import struct
from pathlib import Path

import numpy as np
import sklearn
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness

here = Path(__file__).parent
versions = {"numpy": np.__version__, "sklearn": sklearn.__version__}
rng = np.random.default_rng(20)


def anisotropic(n, d, rank=None):
    """Rows with distinct variances along random directions, off the origin."""
    rank = rank or min(n, d)
    scores = rng.normal(size=(n, rank)) * (2.0 ** -np.arange(rank))
    return (scores @ rng.normal(size=(rank, d)) + rng.normal(size=d)).astype(np.float32)


def rounded(array):
    return [float(f"{value:.9g}") for value in np.asarray(array, dtype=np.float64).ravel()]


pca_cases = []
for name, x, dims in [
    ("more rows than features", anisotropic(30, 6), 3),
    ("more features than rows", anisotropic(7, 23), 3),
    ("square", anisotropic(9, 9), 2),
    ("rank 2 of 5", anisotropic(20, 5, rank=2), 3),
]:
    model = PCA(n_components=dims, svd_solver="full")
    scores = model.fit_transform(x.astype(np.float64))
    pca_cases.append(
        {
            "name": name,
            "n": x.shape[0],
            "d": x.shape[1],
            "dims": dims,
            "x": rounded(x),
            "scores": rounded(scores),
            "explainedVariance": rounded(model.explained_variance_ratio_),
        }
    )

trust_cases = []
for n, d, dims, k, noise in [(40, 5, 2, 5, 0.5), (40, 5, 3, 12, 2.0), (25, 8, 2, 3, 0.0)]:
    high = anisotropic(n, d)
    low = (high[:, :dims] + noise * rng.normal(size=(n, dims))).astype(np.float32)
    value = trustworthiness(high.astype(np.float64), low.astype(np.float64), n_neighbors=k)
    trust_cases.append(
        {"n": n, "d": d, "dims": dims, "k": k, "high": rounded(high), "low": rounded(low), "value": float(value)}
    )


def digits(count):
    """The first training digits, (count, 64), as stored."""
    raw = (here / "../../../../examples/digits/digits.safetensors").read_bytes()
    size = struct.unpack("<Q", raw[:8])[0]
    start, end = json.loads(raw[8 : 8 + size])["train.x"]["data_offsets"]
    return np.frombuffer(raw[8 + size + start : 8 + size + end], np.uint8).reshape(-1, 64)[:count].astype(np.float64)


# How trustworthy t-SNE's picture of the digits is, k 15, with scikit-learn's defaults (perplexity 30).
tsne_cases = []
for dims in (2, 3):
    x = digits(600)
    low = TSNE(n_components=dims, perplexity=30, random_state=1).fit_transform(x)
    tsne_cases.append({"n": 600, "dims": dims, "k": 15, "value": float(trustworthiness(x, low, n_neighbors=15))})

for name, cases in [("pca", pca_cases), ("trustworthiness", trust_cases), ("tsne", tsne_cases)]:
    text = json.dumps({"versions": versions, "cases": cases}, separators=(",", ":"))
    (here / f"{name}.json").write_text(text + "\n")
