"""Writes layers.json: every layer class of Keras with every argument set to something else, and what Keras answers.

Run: pip install keras tensorflow-cpu numpy && python server/compute/formats/goldens/make_layers.py
Each class has its default configuration and cases of one changed argument each; arguments that act in training only
(initialisers, regularisers, constraints, seeds) change together. Inputs and weights follow a formula that the test
repeats, so that the file holds configurations and answers only. Answers are computed in float64. `gradient` is that of
sum(output x formula) by the first input.
"""

import inspect
import json
import os
import re
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
import tensorflow as tf
from keras import layers as L

keras.config.set_floatx("float64")
here = Path(__file__).parent
TRAINING = re.compile(r"_initializer$|_regularizer$|_constraint$|^seed$")
SHAPES = {"row": (2, 4), "sequence": (2, 6, 3), "picture": (1, 5, 6, 2), "volume": (1, 3, 4, 3, 2), "tokens": (2, 6), "frames": (1, 3, 4, 4, 2), "lines": (1, 3, 5, 2), "cubes": (1, 2, 3, 3, 3, 1), "four": (2, 5, 4), "photo": (1, 3, 4, 3)}


def formula(shape, salt):
    """Numbers between -1 and 1 that look drawn."""
    i = np.arange(int(np.prod(shape)), dtype=np.float64) + 1
    return (((i * (7817 + 96 * salt)) % 1009) / 504.5 - 1).astype(np.float32).astype(np.float64).reshape(shape)


def input_of(kind, salt=0):
    return np.abs(np.round(formula(SHAPES[kind], salt) * 9)) if kind == "tokens" else formula(SHAPES[kind], salt) * 2


def weight_of(name, shape, salt):
    values = formula(shape, salt + 20)
    return np.abs(values) + 0.25 if re.search("variance|_scale|count", name) else values * 0.75


CONV = {"filters": 4, "kernel_size": 2}
# Class -> (inputs, arguments of the plain case).
BASE = {
    "Activation": (["row"], {"activation": "relu"}),
    "AdaptiveAveragePooling1D": (["sequence"], {"output_size": 2}),
    "AdaptiveAveragePooling2D": (["picture"], {"output_size": 2}),
    "AdaptiveAveragePooling3D": (["volume"], {"output_size": 2}),
    "AdaptiveMaxPooling1D": (["sequence"], {"output_size": 2}),
    "AdaptiveMaxPooling2D": (["picture"], {"output_size": 2}),
    "AdaptiveMaxPooling3D": (["volume"], {"output_size": 2}),
    "AdditiveAttention": (["sequence", "sequence"], {}),
    "AlphaDropout": (["row"], {"rate": 0.3}),
    "Attention": (["sequence", "sequence"], {}),
    "AveragePooling1D": (["sequence"], {"pool_size": 2}),
    "AveragePooling2D": (["picture"], {"pool_size": 2}),
    "AveragePooling3D": (["volume"], {"pool_size": 2}),
    "Bidirectional": (["sequence"], {"layer": lambda: L.LSTM(2)}),
    "CategoryEncoding": (["tokens"], {"num_tokens": 10}),
    "CenterCrop": (["picture"], {"height": 3, "width": 4}),
    "Concatenate": (["sequence", "sequence"], {}),
    "Conv1D": (["four"], CONV),
    "Conv1DTranspose": (["sequence"], CONV),
    "Conv2D": (["picture"], CONV),
    "Conv2DTranspose": (["picture"], CONV),
    "Conv3D": (["volume"], CONV),
    "Conv3DTranspose": (["volume"], CONV),
    "ConvLSTM1D": (["lines"], {"filters": 2, "kernel_size": 2}),
    "ConvLSTM2D": (["frames"], {"filters": 2, "kernel_size": 2}),
    "ConvLSTM3D": (["cubes"], {"filters": 2, "kernel_size": 2}),
    "Cropping1D": (["sequence"], {}),
    "Cropping2D": (["picture"], {"cropping": ((1, 0), (0, 2))}),
    "Cropping3D": (["volume"], {}),
    "Dense": (["row"], {"units": 3}),
    "DepthwiseConv1D": (["sequence"], {"kernel_size": 2}),
    "DepthwiseConv2D": (["picture"], {"kernel_size": 2}),
    "Discretization": (["row"], {"bin_boundaries": [-0.5, 0.0, 0.5]}),
    "Dot": (["sequence", "sequence"], {"axes": 2}),
    "Dropout": (["row"], {"rate": 0.4}),
    "EinsumDense": (["sequence"], {"equation": "abc,cd->abd", "output_shape": (None, 4)}),
    "Embedding": (["tokens"], {"input_dim": 11, "output_dim": 3}),
    "GRU": (["sequence"], {"units": 3}),
    "GaussianDropout": (["row"], {"rate": 0.3}),
    "GaussianNoise": (["row"], {"stddev": 0.3}),
    "GroupNormalization": (["four"], {"groups": 2}),
    "GroupQueryAttention": (["sequence", "sequence"], {"head_dim": 2, "num_query_heads": 2, "num_key_value_heads": 1}),
    "HashedCrossing": (["tokens", "tokens"], {"num_bins": 5}),
    "Hashing": (["tokens"], {"num_bins": 5}),
    "IntegerLookup": (["tokens"], {"vocabulary": [1, 2, 3]}),
    "LSTM": (["sequence"], {"units": 3}),
    "Lambda": (["row"], {"function": lambda: keras.ops.abs}),
    "MaxPooling1D": (["sequence"], {}),
    "MaxPooling2D": (["picture"], {}),
    "MaxPooling3D": (["volume"], {}),
    "MelSpectrogram": (["row"], {"fft_length": 4, "sequence_stride": 2, "num_mel_bins": 2, "sampling_rate": 100, "max_freq": 40}),
    "MultiHeadAttention": (["sequence", "sequence"], {"num_heads": 2, "key_dim": 2}),
    "Permute": (["sequence"], {"dims": (2, 1)}),
    "RNN": (["sequence"], {"cell": lambda: L.SimpleRNNCell(2)}),
    "RandomCrop": (["photo"], {"height": 3, "width": 4}),
    "RepeatVector": (["row"], {"n": 3}),
    "Rescaling": (["sequence"], {"scale": 0.5}),
    "Reshape": (["sequence"], {"target_shape": (3, 6)}),
    "Resizing": (["picture"], {"height": 7, "width": 4}),
    "ReversibleEmbedding": (["tokens"], {"input_dim": 11, "output_dim": 3}),
    "STFTSpectrogram": (["sequence"], {"frame_length": 4, "frame_step": 2, "fft_length": 4}),
    "SeparableConv1D": (["sequence"], CONV),
    "SeparableConv2D": (["picture"], CONV),
    "SimpleRNN": (["sequence"], {"units": 3}),
    "SpatialDropout1D": (["sequence"], {"rate": 0.3}),
    "SpatialDropout2D": (["picture"], {"rate": 0.3}),
    "SpatialDropout3D": (["volume"], {"rate": 0.3}),
    "SpectralNormalization": (["row"], {"layer": lambda: L.Dense(3)}),
    "Subtract": (["sequence", "sequence"], {}),
    "TimeDistributed": (["sequence"], {"layer": lambda: L.Dense(2, activation="relu")}),
    "ZeroPadding1D": (["sequence"], {}),
    "ZeroPadding2D": (["picture"], {}),
    "ZeroPadding3D": (["volume"], {}),
    "MixUp": (["photo"], {}),
    "CutMix": (["photo"], {}),
    "Pipeline": (["photo"], {"layers": lambda: [L.RandomFlip()]}),
    "MaxNumBoundingBoxes": (["photo"], {"max_number": 2}),
}
for name in ("Add", "Average", "Maximum", "Minimum", "Multiply"):
    BASE[name] = (["sequence", "sequence", "sequence"], {})
for name, kind in (("1D", "sequence"), ("2D", "picture"), ("3D", "volume")):
    for word in ("GlobalAveragePooling", "GlobalMaxPooling", "UpSampling"):
        BASE[word + name] = ([kind], {})
for name in ("BatchNormalization", "LayerNormalization", "RMSNormalization", "UnitNormalization", "Normalization", "Softmax", "ELU", "ReLU", "LeakyReLU", "PReLU", "Masking", "Identity", "ActivityRegularization", "Flatten"):
    BASE[name] = (["sequence"], {})
for name in dir(L):
    cls = getattr(L, name)
    if name not in BASE and inspect.isclass(cls) and "image_preprocessing" in cls.__module__:
        args = inspect.signature(cls.__init__).parameters
        needed = {a: 0.2 for a, p in args.items() if p.default is p.empty and a not in ("self", "kwargs")}
        BASE[name] = (["photo"], needed)

# Not layers of a saved model: foreign frameworks, base classes, cells, strings, files.
LEFT_OUT = {"FlaxLayer", "JaxLayer", "InputSpec", "TFSMLayer", "TorchModuleWrapper", "Layer", "Wrapper", "GRUCell", "LSTMCell", "SimpleRNNCell", "StackedRNNCells", "StringLookup", "TextVectorization", "InputLayer"}

# Argument -> other values; (values, further arguments) where it cannot stand alone.
ACTIVATIONS = ["elu", "relu6", "selu", "sigmoid", "hard_sigmoid", "hard_silu", "hard_tanh", "softmax", "log_softmax", "softplus", "softsign", "tanh", "silu", "mish", "gelu", "celu", "exponential", "leaky_relu", "log_sigmoid", "soft_shrink", "hard_shrink", "sparse_plus", "sparse_sigmoid", "sparsemax", "squareplus", "tanh_shrink", "glu", "linear",
               lambda: L.ELU(alpha=0.3), lambda: L.LeakyReLU(negative_slope=0.15), lambda: L.ReLU(max_value=0.7, negative_slope=0.1, threshold=0.2), lambda: L.ReLU(max_value=6.0), lambda: L.ReLU(threshold=0.4), lambda: L.Softmax(axis=1), lambda: L.Softmax(), lambda: L.PReLU(), lambda: L.Activation("softsign"), lambda: L.Dropout(0.5), lambda: L.Dense(3)]
OTHER = {
    "activation": ["relu", "gelu", "softmax", "hard_sigmoid", lambda: L.ELU(alpha=0.3)],
    "activity_regularizer": ["l2"],
    "addition_factor": [0.5],
    "all_ops": [False],
    "alpha": [0.3],
    "antialias": [True],
    "approximate": [True],
    "attention_axes": [(1,)],
    "axes": [1, (2, 2), -1],
    "axis": [1, -2],
    "backward_layer": [lambda: L.LSTM(2, go_backwards=True), lambda: L.LSTM(2, go_backwards=True, activation="relu"), lambda: L.GRU(2, go_backwards=True)],
    "bias_axes": ["d"],
    "bin_boundaries": [[0.1, 0.2]],
    "bins": [8],
    "brightness_factor": [0.3],
    "cell": [lambda: L.LSTMCell(2), lambda: L.GRUCell(2)],
    "center": [False],
    "chain_depth": [2],
    "clip_limit": [2.0],
    "contrast_factor": [0.3],
    "crop_to_aspect_ratio": [True],
    "data_format": ["channels_first"],
    "depth_multiplier": [2],
    "dilation_rate": [2],
    "dims": [(1, 2)],
    "dropout": [0.3],
    "epsilon": [0.1],
    "equation": ["abc,cd->abd"],
    "expand_dims": [True],
    "factor": [0.4],
    "fft_length": [8],
    "fill_mode": ["nearest"],
    "fill_value": [0.3],
    "filters": [2, 6],
    "flash_attention": [False],
    "frame_length": [3],
    "frame_step": [1],
    "function": [lambda: keras.ops.square],
    "go_backwards": [True],
    "gptq_unpacked_column_size": [3],
    "groups": [2],
    "head_dim": [3],
    "height": [2],
    "height_factor": [0.3],
    "hue_factor": [0.3],
    "idf_weights": [None],
    "input_dim": [12],
    "interpolation": ["bilinear", "nearest", "bicubic"],
    "invert": [True],
    "keepdims": [True],
    "kernel_size": [1, 3],
    "key_dim": [3],
    "l1": [0.1],
    "l2": [0.1],
    "layer": [lambda: L.Dense(2, activation="tanh", use_bias=False)],
    "layers": [lambda: [L.RandomFlip()]],
    "logit_soft_cap": [0.5],
    "lora_alpha": [(2, {"lora_rank": 2})],
    "lora_rank": [2],
    "mag_exp": [1.0],
    "mask": [None],
    "mask_token": [1],
    "mask_value": [0.5],
    "mask_zero": [True],
    "max_freq": [30.0],
    "max_number": [3],
    "max_tokens": [(4, {})],
    "max_value": [0.6, 6.0],
    "mean": [([0.1, 0.2, -0.3], {"variance": [0.5, 1.5, 2.0]}), (0.2, {"variance": 1.5})],
    "merge_mode": ["sum", "mul", "ave", None],
    "method": ["__call__"],
    "min_freq": [10.0],
    "min_power": [1e-5],
    "mode": ["vertical"],
    "momentum": [0.5],
    "n": [2],
    "negative_slope": [0.15],
    "noise_shape": [(2, 1)],
    "normalize": [True],
    "num_bins": [3],
    "num_chains": [2],
    "num_heads": [1],
    "num_key_value_heads": [2],
    "num_mel_bins": [3],
    "num_oov_indices": [2],
    "num_ops": [3],
    "num_query_heads": [4],
    "num_tokens": [11],
    "offset": [0.25, [0.1, 0.2, 0.3]],
    "oov_method": ["farmhash"],
    "oov_token": [-2],
    "output_dim": [2],
    "output_mode": ["one_hot", "multi_hot", "count"],
    "output_padding": [(1, {"strides": 2})],
    "output_shape": [(None, 5), 5],
    "output_size": [3],
    "pad_to_aspect_ratio": [True],
    "pad_to_max_tokens": [True],
    "padding": ["same", "causal", 2, (2, 1), ((1, 2), (0, 1)), ((1, 0), (0, 2), (1, 1))],
    "cropping": [1, (2, 1), ((1, 1), (0, 1)), ((1, 0), (0, 2), (1, 1))],
    "periodic": [True],
    "pool_size": [3],
    "power_iterations": [2],
    "power_to_db": [False],
    "quantization_config": [None],
    "rate": [0.1],
    "recurrent_activation": ["hard_sigmoid", "relu", "tanh"],
    "recurrent_dropout": [0.3],
    "ref_power": [2.0],
    "renorm": [True],
    "renorm_clipping": [({"rmax": 2.0, "rmin": 0.5, "dmax": 1.0}, {"renorm": True})],
    "renorm_momentum": [(0.5, {"renorm": True})],
    "reset_after": [False],
    "return_sequences": [True],
    "return_state": [True],
    "reverse_dtype": ["float32"],
    "salt": [3],
    "sampling_rate": [200],
    "saturation_factor": [0.3],
    "scale": [0.3, False, [0.1, 2.0, -3.0]],
    "scaling": ["spectrum"],
    "score_mode": ["concat"],
    "sequence_length": [4],
    "sequence_stride": [1],
    "shared_axes": [[1]],
    "sigma": [2.0],
    "size": [3, (2, 3), (1, 2, 2)],
    "sliding_window": [2],
    "sparse": [True],
    "stateful": [(True, {"batch_size": 2})],
    "stddev": [0.1],
    "strides": [2],
    "synchronized": [True],
    "target_shape": [(-1, 2), (18,)],
    "threshold": [0.4],
    "threshold_factor": [0.5],
    "tie_weights": [False],
    "tile_grid_size": [(2, 2)],
    "top_db": [60.0],
    "unit_forget_bias": [False],
    "units": [2],
    "unroll": [True],
    "use_bias": [False],
    "use_cudnn": [False],
    "use_gate": [True],
    "use_scale": [True, False],
    "value_dim": [3],
    "value_range": [(0, 1)],
    "variance": [],
    "vocabulary": [[4, 5]],
    "vocabulary_dtype": ["int32"],
    "weights": [],
    "arguments": [],
    "noise": [],
    "width": [2],
    "width_factor": [0.3],
    "window": ["hamming"],
    "x_factor": [0.2],
    "y_factor": [0.2],
    "zero_output_for_mask": [True],
}
for name in ("beta_initializer", "gamma_initializer"):
    OTHER[name] = ["ones"]
SPECIAL = {
    # As many places as filters come out of the plain case: Keras' TensorFlow backend then adds the bias along the places.
    ("Conv1DTranspose", "data_format"): [("channels_first", {"kernel_size": 3})],
    ("Conv2DTranspose", "output_padding"): [(1, {"strides": 2}), (1, {"strides": 2, "padding": "same", "kernel_size": 3})],
    ("Activation", "activation"): ACTIVATIONS,
    ("Attention", "use_scale"): [True],
    ("AdditiveAttention", "use_scale"): [False],
    ("BatchNormalization", "scale"): [False],
    ("LayerNormalization", "scale"): [False],
    ("LayerNormalization", "axis"): [1, [1, 2], -2],
    ("UnitNormalization", "axis"): [1, [1, 2]],
    ("Normalization", "axis"): [1, None, (1, 2)],
    ("Softmax", "axis"): [1, [1, 2], -2, 2],
    ("GroupNormalization", "scale"): [False],
    ("GroupNormalization", "axis"): [1],
    ("GroupNormalization", "groups"): [1, -1, 4],
    ("Rescaling", "scale"): [0.3, [0.1, 2.0, -3.0]],
    ("Concatenate", "axis"): [1, 2, -2],
    ("RandomErasing", "scale"): [0.5],
    ("RandomPerspective", "scale"): [0.5],
    ("RandomElasticTransform", "scale"): [0.5],
    ("Resizing", "interpolation"): ["nearest", "bicubic", "lanczos3"],
    ("UpSampling2D", "interpolation"): ["bilinear", "bicubic"],
    ("EinsumDense", "output_shape"): [(None, 5)],
    ("MultiHeadAttention", "output_shape"): [5],
    ("Dense", "activation"): ACTIVATIONS[:16] + [lambda: L.ELU(alpha=0.3), lambda: L.LeakyReLU(negative_slope=0.15)],
    ("TimeDistributed", "layer"): [lambda: L.Dense(2, activation=L.ELU(alpha=0.3)), lambda: L.ELU(alpha=0.4), lambda: L.BatchNormalization(), lambda: L.LayerNormalization(epsilon=0.1), lambda: L.Dropout(0.5), lambda: L.Softmax(), lambda: L.ReLU(threshold=0.3), lambda: L.Rescaling(2.0, offset=[1.0, 2.0, 3.0]), lambda: L.Lambda(keras.ops.abs)],
    ("Bidirectional", "layer"): [lambda: L.GRU(2, return_sequences=True), lambda: L.SimpleRNN(2, activation=L.ELU(alpha=0.3)), lambda: L.LSTM(2, return_sequences=True, recurrent_activation="hard_sigmoid"), lambda: L.LSTM(2, return_state=True), lambda: L.GRU(2, reset_after=False), lambda: L.RNN(L.LSTMCell(2)), lambda: L.LSTM(2, go_backwards=True)],
    ("SpectralNormalization", "layer"): [lambda: L.Dense(2, activation="tanh")],
    ("HashedCrossing", "output_mode"): ["one_hot"],
    ("STFTSpectrogram", "mode"): ["magnitude"],
    ("STFTSpectrogram", "padding"): ["same"],
    ("Discretization", "output_mode"): ["one_hot"],
    ("Embedding", "lora_alpha"): [(2, {"lora_rank": 2})],
    ("CategoryEncoding", "output_mode"): ["one_hot", "count"],
    ("RandomGaussianBlur", "kernel_size"): [5],
    ("ReLU", "negative_slope"): [0.15, (0.15, {"threshold": 0.3, "max_value": 0.9})],
}


def plain(value):
    return value() if callable(value) and not isinstance(value, type) else value


def shown(value):
    if callable(value):
        made = value()
        text = type(made).__name__ if isinstance(made, keras.Layer) else getattr(made, "__name__", str(made))
        if isinstance(made, keras.Layer):
            own = made.get_config()
            parts = [f"{k}={own[k]}" for k in ("alpha", "negative_slope", "max_value", "threshold", "axis", "activation", "rate", "return_sequences", "return_state", "reset_after", "go_backwards", "epsilon") if isinstance(own.get(k), (int, float, str))]
            text += f"({', '.join(parts)})"
        return text
    return str(value)


def variations(cls):
    """(label, arguments) for each case after the plain one."""
    for arg, parameter in inspect.signature(cls.__init__).parameters.items():
        if arg in ("self", "kwargs", "name", "dtype") or TRAINING.search(arg):
            continue
        values = SPECIAL.get((cls.__name__, arg), OTHER.get(arg))
        if values is None:
            raise SystemExit(f"{cls.__name__} has the argument {arg}, for which no other value is listed")
        for value in values:
            more = {}
            if isinstance(value, tuple) and len(value) == 2 and isinstance(value[1], dict):
                value, more = value
            yield f"{arg}={shown(value)}" + "".join(f", {k}={v}" for k, v in more.items()), {arg: value, **more}
    training = {}
    for arg in inspect.signature(cls.__init__).parameters:
        if arg.endswith("_initializer"):
            training[arg] = "ones"
        elif arg.endswith("_regularizer"):
            training[arg] = "l2"
        elif arg.endswith("_constraint"):
            training[arg] = "max_norm"
        elif arg == "seed":
            training[arg] = 7
    if training:
        yield "what acts in training", training


def numbers(array):
    return [float(f"{value:.6g}") for value in np.asarray(array, dtype=np.float64).ravel()]


def described(layer):
    """Without what every layer writes alike."""
    written = keras.saving.serialize_keras_object(layer)
    text = json.dumps(written)
    return json.loads(text.replace("float64", "float32"))


def answer(layer, kinds):
    arrays = [input_of(kind, salt) for salt, kind in enumerate(kinds)]
    inputs = [keras.Input(batch_shape=(None, *SHAPES[kind][1:])) for kind in kinds]
    outputs = layer(*inputs) if type(layer).__name__ in ("MultiHeadAttention", "GroupedQueryAttention") else layer(inputs if len(inputs) > 1 else inputs[0])
    model = keras.Model(inputs, outputs)
    listed = []
    for salt, weight in enumerate(layer.weights):
        if weight.dtype.startswith("float"):
            weight.assign(weight_of(weight.name, tuple(weight.shape), salt))
        listed.append([weight.path.split("/", 1)[-1], list(weight.shape)])
    if listed and isinstance(layer, L.Normalization):
        layer.finalize_state()
    tensors = [tf.constant(a, dtype=keras.config.floatx()) for a in arrays]
    with tf.GradientTape() as tape:
        tape.watch(tensors[0])
        made = model(tensors if len(tensors) > 1 else tensors[0], training=False)
        made = list(made) if isinstance(made, (list, tuple)) else [made]
        total = sum(tf.reduce_sum(tf.cast(m, "float64") * formula(tuple(m.shape), 5)) for m in made)
    gradient = tape.gradient(total, tensors[0])
    out = {"weights": listed, "outputs": [{"shape": list(m.shape), "data": numbers(m)} for m in made]}
    if gradient is not None:
        out["gradient"] = numbers(tf.convert_to_tensor(gradient))
    return out


result = {"keras": keras.__version__, "shapes": {k: list(v) for k, v in SHAPES.items()}, "classes": {}}
# With names of classes as arguments, those alone are made again.
wanted = set(sys.argv[1:])
if wanted:
    result = json.loads((here / "layers.json").read_text())
skipped = []
for name in sorted(dir(L)):
    cls = getattr(L, name)
    if not inspect.isclass(cls) or name in LEFT_OUT:
        continue
    if cls.__name__ != name:
        # Another name of a class, or the one that Keras writes into files.
        if hasattr(L, cls.__name__):
            continue
        BASE[cls.__name__] = BASE[name]
        name = cls.__name__
    if name not in BASE:
        raise SystemExit(f"{name} has no plain case")
    if wanted and name not in wanted:
        continue
    kinds, base = BASE[name]
    default = None
    cases = []
    for label, changed in [("plain", {}), *variations(cls)]:
        keras.utils.clear_session()
        keras.utils.set_random_seed(1)
        arguments = {k: plain(v) for k, v in {**base, **changed}.items()}
        batch = arguments.pop("batch_size", None)
        try:
            layer = cls(**arguments, name="it") if name != "Pipeline" else cls(**arguments)
            written = described(layer)
        except Exception as error:
            skipped.append(f"{name} {label}: {str(error)[:60]}")
            continue
        config = written["config"]
        if default is None:
            default = config
            result["classes"][name] = {"inputs": kinds, "module": written["module"], "config": config, "cases": cases}
        case = {"case": label, "set": {k: v for k, v in config.items() if k not in default or default[k] != v}}
        for number in ("float64", "float32"):  # TensorFlow lacks a few kernels for float64
            keras.config.set_floatx(number)
            try:
                case.update(answer(cls.from_config({**layer.get_config(), "dtype": number}) if batch is None else layer, kinds))
                break
            except Exception as error:
                case["keras"] = str(error).strip().split("\n")[0][:80]
        keras.config.set_floatx("float64")
        if "outputs" in case:
            case.pop("keras", None)
        cases.append(case)
(here / "layers.json").write_text(json.dumps(result, separators=(",", ":")).replace('},{"case"', '},\n{"case"') + "\n")
print("\n".join(skipped))
print({n: [c["case"] + ": " + c["keras"] for c in v["cases"] if "keras" in c] for n, v in result["classes"].items() if any("keras" in c for c in v["cases"])})
print(sum(len(v["cases"]) for v in result["classes"].values()), "cases", (here / "layers.json").stat().st_size, "bytes")
