"""Writes the zoo: small models and data sets, and what Keras and NumPy answer to every question about them.

Run: python server/compute/zoo/make.py [MODEL ...]   (Keras 3.15, TensorFlow 2.21; the versions are recorded in the files)
Beside this file: models/NAME.keras, data/NAME.npz or .csv, and goldens/MODEL.DATA.safetensors with the tensors of each answer as
`NUMBER/TENSOR` and, in the metadata, the questions in order. The answers are computed in float64 from weights and data
that are exact in float32.
"""

import json
import os
import sys
import zipfile
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import keras
import numpy as np
import tensorflow as tf
from data import TABLES, datasets, table
from questions import questions
from reference import Subject
from specimens import SPECIMENS

HERE = Path(__file__).parent
VERSIONS = {"keras": keras.__version__, "tensorflow": tf.__version__, "numpy": np.__version__}


def safetensors(tensors, metadata):
    header, parts, at = {"__metadata__": metadata}, [], 0
    for name, array in tensors.items():
        whole = np.issubdtype(array.dtype, np.integer)
        raw = np.ascontiguousarray(array.astype("<i4" if whole else "<f4")).tobytes()
        span = [at, at + len(raw)]
        header[name] = {"dtype": "I32" if whole else "F32", "shape": list(array.shape), "data_offsets": span}
        parts.append(raw)
        at += len(raw)
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    return len(text).to_bytes(8, "little") + text + b"".join(parts)


def save(model, path):
    """The file without the time of its making, so that the same model is the same file."""
    model.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["metadata.json"] = json.dumps(json.loads(parts["metadata.json"]) | {"date_saved": ""}).encode()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


def built(specimen, precision, weights):
    keras.config.set_floatx(precision)
    keras.utils.clear_session()
    model = specimen.build()
    if weights is None:
        rng = np.random.default_rng(7)
        weights = [drawn(rng, variable) for variable in model.weights]
    model.set_weights(weights)
    return model, weights


def drawn(rng, variable):
    """Numbers that are exact in float32, none of them zero; of each kind as training leaves them."""
    shape, name = variable.shape, variable.name
    if name in ("gamma", "moving_variance"):
        values = rng.uniform(0.5, 1.5, size=shape)
    elif name in ("bias", "beta", "moving_mean", "alpha"):
        values = rng.normal(scale=0.2, size=shape)
    else:
        values = rng.normal(scale=(1 / np.prod(shape[:-1])) ** 0.5 if name != "embeddings" else 1, size=shape)
    return values.astype("float32")


def classes_of(y):
    """Class indices of labels however they are written; None where there are none."""
    if y is None:
        return None
    if y.dtype.kind == "U":
        return np.unique(y, return_inverse=True)[1]
    return y.argmax(1) if y.ndim == 2 and y.shape[1] > 1 else y.reshape(-1).astype("int64")


def make(name, data):
    specimen = SPECIMENS[name]
    model, weights = built(specimen, "float32", None)
    save(model, HERE / "models" / f"{name}.keras")
    precise, _ = built(specimen, specimen.precision, weights)
    for at, dataset in enumerate(specimen.data):
        arrays = data[dataset]
        subject = Subject(precise, specimen, arrays["x"].astype("float32"), classes_of(arrays.get("y")))
        tensors, texts = {}, []
        for text, answer in questions(name, dataset, subject, at > 0):
            for tensor, array in answer.items():
                tensors[f"{len(texts)}/{tensor}"] = np.asarray(array)
            texts.append(text)
        metadata = {"questions": json.dumps(texts), **VERSIONS}
        (HERE / "goldens" / f"{name}.{dataset}.safetensors").write_bytes(safetensors(tensors, metadata))
        print(name, dataset, len(texts))


def main():
    for folder in ("models", "data", "goldens"):
        (HERE / folder).mkdir(exist_ok=True)
    data = datasets()
    for name, arrays in data.items():
        if name in TABLES:
            (HERE / "data" / f"{name}.csv").write_text(table(**arrays))
        else:
            np.savez_compressed(HERE / "data" / f"{name}.npz", **arrays)
    for name in sys.argv[1:] or SPECIMENS:
        make(name, data)


main()
