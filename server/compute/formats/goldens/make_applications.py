"""Writes networks of keras.applications with random weights, and what Keras answers.

Run: pip install keras tensorflow-cpu numpy && python server/compute/formats/goldens/make_applications.py
writes narrow cousins of those that bear layers of their own into applications/ (pictures follow a formula that the test repeats). With a folder and names of networks
(`... make_applications.py FOLDER EfficientNetB0 VGG16`), those are written there in full, as .keras and as .h5.
The statistics and scales of the normalisations are drawn too, since the initial ones leave everything as it is.
"""

import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
from keras import applications as A
from keras.src.applications.convnext import ConvNeXt, StochasticDepth
from keras.src.applications.efficientnet import EfficientNet
from keras.src.applications.inception_resnet_v2 import CustomScaleLayer

here = Path(__file__).parent / "applications"
# These ask for larger pictures.
SIDES = {"InceptionV3": 96, "InceptionResNetV2": 96, "Xception": 96}


def scaled():
    """The layer of InceptionResNetV2 between convolutions, which comes in one size only."""
    x = keras.Input((6, 6, 3))
    y = keras.layers.Conv2D(4, 3, padding="same", activation="relu")(x)
    y = StochasticDepth(0.3, name="block_stochastic_depth")(y)
    y = CustomScaleLayer(0.17)([y, keras.layers.Conv2D(4, 1)(y)])
    y = CustomScaleLayer(1.0)([keras.layers.Conv2D(4, 1)(y), y])
    return keras.Model(x, keras.layers.GlobalAveragePooling2D()(y))


OPTIONS = {"weights": None, "classes": 10, "classifier_activation": None}
NARROW = {
    "convnext": lambda: ConvNeXt(depths=[1, 1, 2, 1], projection_dims=[4, 6, 8, 8], input_shape=(32, 32, 3), name="convnext", **OPTIONS),
    "efficientnet": lambda: EfficientNet(0.1, 0.1, 32, input_shape=(32, 32, 3), **OPTIONS),
    "scaled": scaled,
}


def drawn(network, random):
    for weight in network.weights:
        own = weight.path.split("/")[-1]
        # Larger scales would grow from block to block until float32 says nothing about the outcome.
        if own == "gamma":
            weight.assign(random.uniform(0.3, 0.8, weight.shape))
        elif own == "moving_variance":
            weight.assign(random.uniform(0.5, 1.5, weight.shape))
        elif own in ("beta", "bias", "moving_mean"):
            weight.assign(random.normal(0, 0.1, weight.shape))


def written(name, network, folder, endings):
    random = np.random.default_rng(5)
    drawn(network, random)
    side = network.input_shape[1]
    # Networks that do not scale pictures themselves are given scaled ones.
    inside = any(isinstance(layer, (keras.layers.Rescaling, keras.layers.Normalization)) for layer in network.layers)
    x = ((np.arange(2 * side * side * 3) + 1) * 7817 % 1009).reshape(2, side, side, 3) / 1009.0
    x = x * 255 if inside else x * 2 - 1
    for ending in endings:
        network.save(folder / f"{name}.{ending}")
    answers = {"keras": keras.__version__, "side": side, "inside": inside, "y": network.predict(np.float32(x), verbose=0).ravel().tolist()}
    (folder / f"{name}.json").write_text(json.dumps(answers, separators=(",", ":")) + "\n")


keras.utils.set_random_seed(7)
if len(sys.argv) > 2:
    for name in sys.argv[2:]:
        side = SIDES.get(name, 64)
        written(name, getattr(A, name)(input_shape=(side, side, 3), **OPTIONS), Path(sys.argv[1]), ["keras", "h5"])
        keras.backend.clear_session()
else:
    for name, make in NARROW.items():
        written(name, make(), here, ["keras"])
