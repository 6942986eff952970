"""Data sets of the zoo: every number type, every way to write labels, every shape of an example.

Values are as a person would have them in that type; all are drawn with a fixed seed.
"""

import numpy as np

N = 20


def labels(rng, classes, n=N):
    """Each class occurs."""
    return rng.permutation(np.arange(n) % classes)


def rows(rng, dtype, width=6):
    x = rng.normal(size=(N, width))
    if np.issubdtype(dtype, np.bool_):
        return x > 0
    if np.issubdtype(dtype, np.unsignedinteger):
        return np.clip(np.round(4 + 2 * x), 0, 255).astype(dtype)
    if np.issubdtype(dtype, np.integer):
        return np.round(3 * x).astype(dtype)
    return x.astype(dtype)


def one_hot(y, classes):
    return np.eye(classes)[y]


def datasets():
    """By name: arrays as numpy.savez takes them; `x` and `y` become the split "all"."""
    rng = np.random.default_rng(2024)
    y3, y2 = labels(rng, 3), labels(rng, 2)
    out = {
        "rows-f32": {"x": rows(rng, np.float32), "y": y3.astype("int64")},
        "rows-f64": {"x": rows(rng, np.float64), "y": y3.astype("int32")[:, None]},
        "rows-f16": {"x": rows(rng, np.float16), "y": one_hot(y3, 3).astype("float32")},
        "rows-i8": {"x": rows(rng, np.int8), "y": y3.astype("float32")},
        "rows-i16": {"x": rows(rng, np.int16), "y": y3.astype("int16")},
        "rows-i32": {"x": rows(rng, np.int32), "y": y3.astype("uint8")},
        "rows-i64": {"x": rows(rng, np.int64), "y": one_hot(y3, 3).astype(bool)},
        "rows-u8": {"x": rows(rng, np.uint8), "y": y3.astype("float64")[:, None]},
        "rows-bool": {"x": rows(rng, np.bool_), "y": y3.astype("int8")},
        "pairs": {"x": rows(rng, np.float32), "y": y2.astype(bool)},
        "unlabelled": {"x": rows(rng, np.float32)},
        "series": {"x": rng.normal(size=(N, 8, 3)).astype("float32"), "y": y3},
        "padded": {"x": padded(rng), "y": y3},
        "tokens": {"x": tokens(rng).astype("int32"), "y": y3},
        "tokens-i64": {"x": tokens(rng).astype("int64"), "y": y3},
        "pictures": {"x": rng.uniform(size=(N, 7, 6, 2)).astype("float32"), "y": y3},
        "grey": {"x": rng.integers(0, 256, size=(N, 7, 6)).astype("uint8"), "y": y3},
        "volumes": {"x": rng.normal(size=(N, 5, 4, 4, 2)).astype("float32"), "y": y3},
    }
    words = np.array(["bee", "Ant", "cat"])
    out["rows-text"] = {"x": rows(rng, np.float32), "y": words[y3]}
    # Written as a table: with seventeen digits, so that what is read is what was written.
    out["rows-csv"] = {"x": rows(rng, np.float32), "y": words[y3]}
    return out


TABLES = ("rows-csv",)
"""Data sets that are written as NAME.csv, the others as NAME.npz."""


def table(x, y):
    names = [*(f"f{j}" for j in range(x.shape[1])), "label"]
    lines = [",".join(names), *(",".join([*(repr(float(v)) for v in row), word]) for row, word in zip(x, y))]
    return "\n".join(lines) + "\n"


def tokens(rng):
    """Words of a vocabulary of 12; 0 stands for no word, at the end."""
    x = rng.integers(1, 12, size=(N, 7))
    for row, length in zip(x, rng.integers(2, 8, size=N)):
        row[length:] = 0
    return x


def padded(rng):
    """Steps of -5 hold nothing: at the end, at the beginning and between."""
    x = rng.normal(size=(N, 6, 3)).astype("float32")
    for i, row in enumerate(x):
        row[[(), (5,), (4, 5), (0,), (2, 3)][i % 5], :] = -5
    return x
