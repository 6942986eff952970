"""Writes calls.json: small functional models whose layers are called in many ways, drawn at random, and what Keras answers.

Run: pip install keras tensorflow-cpu numpy && python server/compute/formats/goldens/make_calls.py [COUNT FILE]
Attentions with masks that flow, masks that are given, causal ones and several outputs; operators of keras.ops. Inputs and
weights follow the formula of make_layers.py, so that the file holds models and answers only. Answers are computed in
float64; `gradient` is that of sum(output x formula) by the first input that is no list of tokens. With COUNT and FILE that
many of each kind are written there, for a longer test (INTERLAYER_KERAS_CALLS=FILE).
"""

import json
import os
import random
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
import tensorflow as tf
from keras import layers as L
from keras import ops as O

here = Path(__file__).parent
keras.config.set_floatx("float64")


def formula(shape, salt):
    i = np.arange(int(np.prod(shape)), dtype=np.float64) + 1
    return (((i * (7817 + 96 * salt)) % 1009) / 504.5 - 1).astype(np.float32).astype(np.float64).reshape(shape)


def tokens_of(shape):
    """The first row has no padding, the second some, the third is nothing but padding."""
    values = np.abs(np.round(formula(shape, 3) * 4)) + 1
    values[1, shape[1] // 2 :] = 0
    if shape[0] > 2:
        values[2, :] = 0
    return values


def embedded(draw, name, steps, units):
    tokens = keras.Input((steps,), name=name)
    return tokens, L.Embedding(7, units, mask_zero=True, name=f"{name}_rows")(tokens)


def sequences(draw, count, steps, units):
    """Inputs, and tensors of (batch, steps, units) that may be masked."""
    inputs, made = [], []
    for at in range(count):
        if draw.random() < 0.4:
            tokens, x = embedded(draw, f"tokens{at}", steps[at], units[at])
            inputs.append(tokens)
        else:
            x = keras.Input((steps[at], units[at]), name=f"in{at}")
            inputs.append(x)
        made.append(x)
    return inputs, made


def headed(draw):
    grouped = draw.random() < 0.35
    units = draw.choice([3, 4])
    widths = [units, units, units] if grouped else [units, draw.choice([2, 3, 5]), draw.choice([2, 3, 5])]
    t, s = draw.choice([3, 5]), draw.choice([3, 4])
    inputs, (q, v, k) = sequences(draw, 3, [t, s, s], widths)
    if draw.random() < 0.4:
        inputs, v, k, s = inputs[:1], q, None, t
    elif draw.random() < 0.5:
        inputs, k = inputs[:2], None
    common = {"use_bias": draw.random() < 0.7, "dropout": draw.choice([0.0, 0.2]), "name": "it", "bias_initializer": "ones"}
    if draw.random() < 0.3:
        common["sliding_window"] = draw.choice([1, 2])
    if draw.random() < 0.3:
        common["use_gate"] = True
    if grouped:
        layer = L.GroupQueryAttention(head_dim=draw.choice([2, 3]), num_query_heads=4, num_key_value_heads=draw.choice([1, 2, 4]), **common)
    else:
        if draw.random() < 0.4:
            common["value_dim"] = 3
        if draw.random() < 0.3:
            common["output_shape"] = draw.choice([5, (2, 3)])
        layer = L.MultiHeadAttention(num_heads=draw.choice([1, 2]), key_dim=draw.choice([2, 3]), **common)
    call = {}
    if draw.random() < 0.4:
        call["use_causal_mask"] = True
    if k is not None:
        call["key"] = k
    if draw.random() < 0.3:
        mask = keras.Input((t, s), name="mask")
        inputs.append(mask)
        call["attention_mask"] = O.greater(mask, -0.3) if draw.random() < 0.5 else mask
    scores = draw.random() < 0.4
    if scores:
        call["return_attention_scores"] = True
    made = layer(q, v, **call) if draw.random() < 0.5 else layer(q, value=v, **call)
    outputs = [made[0], made[1] * 1.0] if scores else [made]
    if draw.random() < 0.4 and "output_shape" not in common:
        outputs.append(L.GlobalAveragePooling1D(name="mean")(L.Add(name="rest")([q, outputs[0]])))
    return inputs, outputs


def wide(draw):
    """Pictures whose places look at one another, along all axes or some."""
    x = keras.Input((2, 3, 4), name="in0")
    axes = draw.choice([None, (1,), (2,), (1, 2), (-2,)])
    layer = L.MultiHeadAttention(2, draw.choice([2, 3]), attention_axes=axes, name="it")
    made, scores = layer(x, x, return_attention_scores=True)
    return [x], [made, scores * 1.0]


def listed(draw):
    kind = draw.choice([L.Attention, L.AdditiveAttention])
    t, s = draw.choice([3, 5]), draw.choice([3, 4])
    inputs, (q, v, k) = sequences(draw, 3, [t, s, s], [4, draw.choice([2, 4]), 4])
    three = draw.random() < 0.5 or v.shape[-1] != 4
    given = [q, v, k] if three else [q, v]
    arguments = {"use_scale": draw.random() < 0.5, "dropout": draw.choice([0.0, 0.2])}
    if kind is L.Attention and draw.random() < 0.4:
        arguments["score_mode"] = "concat"
    scores = draw.random() < 0.4
    made = kind(**arguments, name="it")(given, use_causal_mask=draw.random() < 0.4, return_attention_scores=scores)
    outputs = [made[0], made[1] * 1.0] if scores else [made]
    if draw.random() < 0.4:
        outputs.append(L.GlobalAveragePooling1D(name="mean")(outputs[0]))
    return inputs[: len(given)], outputs


# One operator each, on x (5, 4), z (5, 4) and y (4, 3): they are drawn one after another.
OPERATORS = [
    *[lambda x, z, y, f=f: f(x) for f in (O.abs, O.negative, O.square, O.exp, O.expm1, O.sin, O.cos, O.tanh, O.sinh, O.cosh, O.arctan, O.erf, O.floor, O.ceil, O.round, O.sign, O.sigmoid, O.relu, O.relu6, O.silu, O.softplus, O.softsign, O.elu, O.selu, O.gelu, O.leaky_relu, O.hard_sigmoid, O.hard_silu, O.log_sigmoid, O.ones_like, O.zeros_like, O.isnan, O.stop_gradient)],
    *[lambda x, z, y, f=f: f(O.abs(x) + 0.5) for f in (O.sqrt, O.rsqrt, O.log, O.log1p, O.log2, O.log10, O.reciprocal)],
    *[lambda x, z, y, f=f: f(x, z) for f in (O.add, O.subtract, O.multiply, O.divide, O.maximum, O.minimum, O.floor_divide, O.mod, O.equal, O.greater, O.less_equal, O.logical_and, O.divide_no_nan)],
    *[lambda x, z, y, f=f: f(x, axis=1) for f in (O.sum, O.mean, O.max, O.min, O.prod, O.var, O.std, O.logsumexp, O.cumsum, O.argmax, O.argmin, O.any, O.all, O.count_nonzero)],
    *[lambda x, z, y, f=f: f(x, axis=(1, 2), keepdims=True) for f in (O.sum, O.mean, O.max, O.var, O.logsumexp)],
    lambda x, z, y: x * 2.0 - 1.0,
    lambda x, z, y: 1.0 / (x * x + 1.0),
    lambda x, z, y: (O.abs(x) + 0.1) ** 1.5,
    lambda x, z, y: 3.0 - x,
    lambda x, z, y: x + np.array([0.5, 1.0, -2.0, 0.25], dtype="float32"),
    lambda x, z, y: x + O.mean(z, axis=1, keepdims=True),
    lambda x, z, y: O.matmul(x, y),
    lambda x, z, y: O.matmul(x, O.transpose(z, (0, 2, 1))),
    lambda x, z, y: O.transpose(x, (0, 2, 1)),
    lambda x, z, y: O.swapaxes(x, 1, 2),
    lambda x, z, y: O.moveaxis(x, 1, -1),
    lambda x, z, y: O.reshape(x, (-1, 2, 10)),
    lambda x, z, y: O.concatenate([x, z], axis=-1),
    lambda x, z, y: O.stack([x, z], axis=1),
    lambda x, z, y: O.split(x, 2, axis=-1)[1] * 1.0,
    lambda x, z, y: O.split(x, [1, 3], axis=1)[1] * 1.0,
    lambda x, z, y: O.unstack(x, axis=1)[2] * 1.0,
    lambda x, z, y: O.expand_dims(x, 1),
    lambda x, z, y: O.squeeze(O.expand_dims(x, 2), 2),
    lambda x, z, y: x[:, 0],
    lambda x, z, y: x[:, -1, :],
    lambda x, z, y: x[:, 1:3],
    lambda x, z, y: x[..., ::2],
    lambda x, z, y: x[:, ::-1],
    lambda x, z, y: x[:, None, :, 1:],
    lambda x, z, y: O.repeat(x, 2, axis=1),
    lambda x, z, y: O.tile(x, (1, 2, 1)),
    lambda x, z, y: O.flip(x, axis=1),
    lambda x, z, y: O.roll(x, 2, axis=1),
    lambda x, z, y: O.pad(x, ((0, 0), (1, 2), (0, 1))),
    lambda x, z, y: O.take(x, [0, 2, -1], axis=1),
    lambda x, z, y: O.clip(x, -0.5, 0.7),
    lambda x, z, y: O.where(x > 0.1, x, z),
    lambda x, z, y: O.where(x > 0.1, x, 0.0),
    lambda x, z, y: O.softmax(x, axis=1),
    lambda x, z, y: O.log_softmax(x, axis=-1),
    lambda x, z, y: O.normalize(x, axis=-1),
    lambda x, z, y: O.norm(x, axis=-1),
    lambda x, z, y: O.cast(x * 3.0, "int32"),
    lambda x, z, y: O.cast(x, "bool"),
    lambda x, z, y: O.one_hot(O.cast(O.abs(x * 2.0), "int32"), 4),
]


def operated(draw):
    at = operated.at % len(OPERATORS)
    operated.at += 1
    x, z, y = (keras.Input(shape, name=f"in{i}") for i, shape in enumerate([(5, 4), (5, 4), (4, 3)]))
    made = OPERATORS[at](x, z, y)
    made = made * 1.0
    for used in ([x], [x, z], [x, y]):
        try:
            keras.Model(used, made)
            return used, [made]
        except ValueError:
            continue
    raise SystemExit(f"operator {at} has other inputs")


operated.at = 0
KINDS = {"headed": headed, "wide": wide, "listed": listed, "operated": operated}


def answer(inputs, outputs):
    model = keras.Model(inputs, outputs, name="model")
    weights = []
    for layer in model.layers:
        for at, w in enumerate(layer.weights):
            w.assign(formula(tuple(w.shape), len(weights) + 20) * 0.75)
            weights.append([layer.name, w.path, list(w.shape)])
    tensors = [tf.convert_to_tensor(tokens_of((3, *i.shape[1:])) if i.name.startswith("tokens") else formula((3, *i.shape[1:]), at) * 2) for at, i in enumerate(model.inputs)]
    tensors = [tf.cast(t, keras.config.floatx()) for t in tensors]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        made = model(tensors, training=False)
        made = list(made) if isinstance(made, (list, tuple)) else [made]
        total = sum(tf.reduce_sum(tf.cast(m, "float64") * formula(tuple(m.shape), 5)) for m in made)
    gradients = tape.gradient(total, tensors)
    at = next((at for at, i in enumerate(model.inputs) if i.name.startswith("in") and gradients[at] is not None), None)
    listed = lambda x: [None if np.isnan(v) else float(f"{v:.7g}") for v in np.asarray(x, dtype=np.float64).ravel()]
    case = {
        "model": json.loads(model.to_json()),
        "weights": weights,
        "inputs": [[i.name, list(t.shape)] for i, t in zip(model.inputs, tensors)],
        "outputs": [{"shape": list(m.shape), "data": listed(m)} for m in made],
    }
    # The mean of no step is NaN, and so is whatever depends on it.
    if at is not None and np.all(np.isfinite(gradients[at])):
        case["gradient"] = {"input": at, "data": listed(gradients[at])}
    return case


def slim(value):
    """Without what is the same in every layer and computes nothing."""
    if isinstance(value, list):
        return [slim(v) for v in value]
    if not isinstance(value, dict):
        return value
    drop = ("build_config", "compile_config", "shared_object_id")
    return {k: slim(v) for k, v in value.items() if k not in drop and not (k.endswith(("_regularizer", "_constraint", "_initializer")))}


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 2 else None
    target = Path(sys.argv[2]) if len(sys.argv) > 2 else here / "calls.json"
    cases = []
    for kind, make in KINDS.items():
        for seed in range(count or {"headed": 24, "wide": 5, "listed": 14, "operated": len(OPERATORS)}.get(kind, 1)):
            keras.utils.clear_session()
            keras.utils.set_random_seed(seed)
            # Its masks take 1e9 off a score, of which float32 keeps nothing and float64 something.
            keras.config.set_floatx("float32" if kind == "listed" else "float64")
            cases.append({"case": f"{kind} {seed}", **slim(answer(*make(random.Random(f"{kind} {seed}"))))})
    target.write_text(json.dumps({"keras": keras.__version__, "cases": cases}, separators=(",", ":")).replace('},{"case"', '},\n{"case"') + "\n")
    print(len(cases), "cases", target.stat().st_size, "bytes")
