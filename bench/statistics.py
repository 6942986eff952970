"""The peer of statistics.ts: per-unit mean, standard deviation, minimum, maximum, share of zeros and skew of every layer
of the same network over 1,000 examples, with Keras and NumPy. Prints {value: median milliseconds, versions}."""

import json
import sys
import time

import keras
import numpy as np
import tensorflow as tf
from digits import digits_cnn, every_layer, pictures

every = every_layer(digits_cnn())
train = pictures("train")


def statistics(batch: np.ndarray) -> None:
    for values in every.predict(batch, batch_size=250, verbose=0):
        flat = values.reshape(-1, values.shape[-1]).astype(np.float64)
        mean, sd = flat.mean(0), flat.std(0)
        ((flat - mean) ** 3).mean(0) / np.maximum(sd, 1e-12) ** 3
        flat.min(0), flat.max(0), (flat == 0).mean(0)


runs = int(sys.argv[1])
statistics(train[:1000])
times = []
for run in range(runs):
    began = time.perf_counter()
    statistics(train[run : run + 1000])
    times.append((time.perf_counter() - began) * 1000)
print(json.dumps({"value": float(np.median(times)), "versions": f"keras {keras.__version__}, tensorflow {tf.__version__}"}))
