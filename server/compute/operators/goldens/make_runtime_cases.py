"""Random configurations of operators of networks, and what onnxruntime answers: cases/onnxruntime.json.

    python make_runtime_cases.py [COUNT] [SEED]

COUNT (default 12) of each operator. What onnxruntime itself refuses is drawn again. The form is that of make_cases.py.
"""

import json
import os
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import helper

from make_cases import HERE, case_of

MICROSOFT = "com.microsoft"
RNG = np.random.default_rng()


def whole(least, most):
    return int(RNG.integers(least, most + 1))


def floats(*shape):
    return RNG.standard_normal(shape).astype(np.float32).round(3)


def quantised(dtype, *shape):
    limits = np.iinfo(dtype)
    return np.asarray(RNG.integers(limits.min, limits.max + 1, shape)).astype(dtype)


def number(value):
    return np.array(value, np.float32)


def draw(least, most, count):
    return [whole(least, most) for _ in range(count)]


def one_of(*choices):
    return choices[whole(0, len(choices) - 1)]


def padding(kernel):
    """Attributes: written out, or by the name of a rule."""
    return one_of(
        {"pads": [whole(0, k - 1) for k in [*kernel, *kernel]]},
        {"auto_pad": one_of("SAME_UPPER", "SAME_LOWER")},
        {"auto_pad": "VALID"},
        {},
    )


def convolution():
    axes, groups = whole(1, 3), one_of(1, 1, 2, 3)
    kernel, inner = draw(1, 3, axes), whole(1, 3)
    attributes = {"kernel_shape": kernel, "strides": draw(1, 3, axes), "group": groups, **padding(kernel)}
    if attributes.get("auto_pad", "VALID") == "VALID":
        attributes["dilations"] = draw(1, 2, axes)
    outputs = groups * whole(1, 2)
    inputs = [floats(whole(1, 2), groups * inner, *draw(5, 7, axes)), floats(outputs, inner, *kernel)]
    return "Conv", "", inputs + one_of([], [floats(outputs)]), 1, attributes, one_of(7, 11, 21)


def transposed():
    axes, groups = whole(1, 3), one_of(1, 1, 2)
    kernel, strides = draw(1, 3, axes), draw(1, 3, axes)
    attributes = {"kernel_shape": kernel, "strides": strides, "group": groups, "dilations": draw(1, 2, axes)}
    attributes.update(padding(kernel))
    attributes.update(one_of({}, {"output_padding": [whole(0, s - 1) for s in strides]}))
    channels, outputs = groups * whole(1, 2), whole(1, 2)
    inputs = [floats(1, channels, *draw(3, 5, axes)), floats(channels, outputs, *kernel)]
    return "ConvTranspose", "", inputs + one_of([], [floats(groups * outputs)]), 1, attributes, one_of(7, 11, 21)


def pooling(operator):
    axes, opset = whole(1, 3), one_of(11, 19, 21)
    kernel = draw(1, 3, axes)
    attributes = {"kernel_shape": kernel, "strides": draw(1, 3, axes), **padding(kernel)}
    if operator == "LpPool":
        attributes["p"] = whole(1, 3)
    else:
        attributes["ceil_mode"] = whole(0, 1)
        if (operator == "MaxPool" or opset >= 19) and not attributes.get("auto_pad", "").startswith("SAME"):
            attributes["dilations"] = draw(1, 2, axes)
        if operator == "AveragePool":
            attributes["count_include_pad"] = whole(0, 1)
    outputs = whole(1, 2) if operator == "MaxPool" else 1
    return operator, "", [floats(1, 2, *draw(4, 7, axes))], outputs, attributes, opset


def recurrent(operator):
    gates = {"RNN": 1, "GRU": 3, "LSTM": 4}[operator]
    direction = one_of("forward", "reverse", "bidirectional")
    count = 2 if direction == "bidirectional" else 1
    steps, batch, width, units = whole(1, 4), whole(1, 2), whole(1, 3), whole(1, 3)
    inputs = [floats(steps, batch, width), floats(count, gates * units, width), floats(count, gates * units, units)]
    inputs.append(one_of(None, floats(count, 2 * gates * units)))
    inputs.append(one_of(None, np.array(draw(1, steps, batch), np.int32)))
    inputs.append(one_of(None, floats(count, batch, units)))
    attributes = {"hidden_size": units, "direction": direction, **one_of({}, {"clip": 0.75})}
    if operator == "LSTM":
        inputs += [one_of(None, floats(count, batch, units)), one_of(None, floats(count, 3 * units))]
        attributes["input_forget"] = whole(0, 1)
    if operator == "GRU":
        attributes["linear_before_reset"] = whole(0, 1)
    if whole(0, 1):
        names = ["Tanh", "Sigmoid", "Relu", "Softsign", "HardSigmoid", "Elu", "LeakyRelu", "ScaledTanh"]
        chosen = [names[whole(0, 7)] for _ in range({"RNN": 1, "GRU": 2, "LSTM": 3}[operator] * count)]
        attributes["activations"] = chosen
        attributes["activation_alpha"] = [0.5 for name in chosen if name in names[4:]]
        attributes["activation_beta"] = [0.25 for name in chosen if name in ("HardSigmoid", "ScaledTanh")]
    return operator, "", inputs, 3 if operator == "LSTM" else 2, attributes, one_of(7, 14)


def fused_attention():
    batch, steps, heads, size, width = whole(1, 2), whole(1, 3), whole(1, 2), 2, whole(2, 3)
    past = one_of(0, 0, 2)
    keys = steps + past
    mask = one_of(
        None,
        np.array(draw(1, steps, batch), np.int32),
        np.array([*draw(1, steps, batch), *[0] * batch], np.int32),
        (RNG.random((batch, keys)) > 0.3).astype(np.int32),
        (RNG.random((batch, steps, keys)) > 0.3).astype(np.int32),
    )
    units = heads * size
    inputs = [floats(batch, steps, width), floats(width, 3 * units), floats(3 * units), mask]
    inputs.append(floats(2, batch, heads, past, size) if past else None)
    inputs.append(None if past else one_of(None, floats(batch, heads, steps, keys)))
    attributes = {"num_heads": heads, "unidirectional": whole(0, 1), **one_of({}, {"scale": 0.5})}
    return "Attention", MICROSOFT, inputs, 2 if past else 1, attributes, 21


def multi_head():
    batch, steps, keys, heads, size = whole(1, 2), whole(1, 3), whole(1, 3), whole(1, 2), 2
    units = heads * size
    apart = whole(0, 1)
    pair = [floats(batch, heads, keys, size) if apart else floats(batch, keys, units) for _ in range(2)]
    past = 0 if apart else one_of(0, 2)
    inputs = [floats(batch, steps, units), *pair, None if apart else one_of(None, floats(3 * units))]
    inputs.append(one_of(None, (RNG.random((batch, keys + past)) > 0.3).astype(np.int32)))
    inputs.append(one_of(None, floats(batch, heads, steps, keys + past)))
    inputs += [floats(batch, heads, past, size) for _ in range(2)] if past else []
    return "MultiHeadAttention", MICROSOFT, inputs, 3 if past else 1, {"num_heads": heads}, 21


def skip_layer():
    batch, steps, units = whole(1, 2), whole(1, 3), whole(2, 4)
    skip = one_of(floats(batch, steps, units), floats(1, steps, units), floats(steps, units))
    inputs = [floats(batch, steps, units), skip, floats(units), one_of(None, floats(units)), one_of(None, floats(units))]
    return "SkipLayerNormalization", MICROSOFT, inputs, one_of(1, 4), {"epsilon": 1e-5}, 21


def fused_convolution():
    name, parameters = one_of(("Relu", []), ("LeakyRelu", [0.25]), ("Clip", [-0.5, 0.75]), ("HardSigmoid", [0.25, 0.5]))
    attributes = {"kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "activation": name}
    if parameters:
        attributes["activation_params"] = parameters
    return "FusedConv", MICROSOFT, [floats(1, 2, 4, 4), floats(3, 2, 3, 3), floats(3)], 1, attributes, 21


def regions():
    attributes = {"output_height": whole(1, 2), "output_width": whole(1, 2), "sampling_ratio": whole(0, 2)}
    attributes["mode"] = one_of("avg", "max")
    boxes = np.array([[0.2, 0.3, 4, 3], [1, 2, 4.5, 4], [-2, -3, 8, 9]], np.float32)
    inputs = [floats(2, 2, 5, 5), boxes, np.array([0, 1, 1], np.int64)]
    return "RoiAlign", "", inputs, 1, attributes, one_of(10, 16)


def max_regions():
    boxes = np.array([[0, 0, 0, 4, 3], [1, 2, 2, 4, 4]], np.float32)
    attributes = {"pooled_shape": draw(1, 3, 2), "spatial_scale": one_of(1.0, 0.5)}
    return "MaxRoiPool", "", [floats(2, 2, 5, 5), boxes], 1, attributes, 21


def whole_product():
    length, kind = one_of(8, 300), one_of(np.uint8, np.int8)
    inputs = [quantised(np.uint8, 2, length), quantised(kind, length, 2), quantised(np.uint8), quantised(kind)]
    return "MatMulInteger", "", inputs, 1, {}, 21


def quantised_convolution():
    channels, kind = one_of(2, 30), one_of(np.uint8, np.int8)
    inputs = [quantised(np.uint8, 1, channels, 4, 4), number(0.01), quantised(np.uint8)]
    inputs += [quantised(kind, 3, channels, 3, 3)]
    inputs += one_of([number(0.01), np.zeros((), kind)], [np.array([0.01, 0.02, 0.005], np.float32), np.zeros(3, kind)])
    inputs += [number(0.05 * channels), quantised(np.uint8)]
    inputs += one_of([], [np.array(draw(-1000, 1000, 3), np.int32)])
    return "QLinearConv", "", inputs, 1, {"pads": draw(0, 2, 4), "strides": draw(1, 2, 2)}, 21


def quantising(operator):
    kind = one_of(np.uint8, np.int8)
    each = one_of((), (3,))
    x = floats(2, 3, 2) if operator == "QuantizeLinear" else quantised(kind, 2, 3, 2)
    return operator, "", [x, np.full(each, 0.25, np.float32), quantised(kind, *each)], 1, {"axis": 1}, 13


DRAWN = [
    *[convolution] * 2,
    transposed,
    *[lambda operator=operator: pooling(operator) for operator in ("MaxPool", "AveragePool", "LpPool")],
    *[lambda operator=operator: recurrent(operator) for operator in ("RNN", "GRU", "LSTM")],
    *[fused_attention, multi_head, skip_layer, fused_convolution, regions, max_regions],
    *[whole_product, quantised_convolution],
    *[lambda operator=operator: quantising(operator) for operator in ("QuantizeLinear", "DequantizeLinear")],
]


def answered(operator, domain, inputs, count, attributes, opset):
    """A case, or None where onnxruntime refuses the model."""
    while inputs[-1] is None:
        inputs.pop()
    names = [f"i{at}" if value is not None else "" for at, value in enumerate(inputs)]
    given = {name: value for name, value in zip(names, inputs) if value is not None}
    outputs = [f"o{at}" for at in range(count)]
    port = lambda name, value: helper.make_tensor_value_info(
        name, helper.np_dtype_to_tensor_dtype(value.dtype), value.shape
    )
    node = helper.make_node(operator, names, outputs, domain=domain, **{k: v for k, v in attributes.items() if v != []})
    ports = [port(name, value) for name, value in given.items()]
    opsets = [helper.make_opsetid("", opset)] + ([helper.make_opsetid(domain, 1)] if domain else [])

    def model(results):
        graph = helper.make_graph([node], operator, ports, results)
        return helper.make_model(graph, opset_imports=opsets, ir_version=10)

    try:
        open_ended = model([helper.make_empty_tensor_value_info(name) for name in outputs])
        session = onnxruntime.InferenceSession(open_ended.SerializeToString(), providers=["CPUExecutionProvider"])
        made = session.run(None, given)
    except Exception:
        return None
    results = [port(name, value) for name, value in zip(outputs, made)]
    return case_of(f"{operator} {json.dumps(attributes)}", model(results), list(given.values()), made)


def main():
    global RNG
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 12
    RNG = np.random.default_rng(int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    onnxruntime.set_default_logger_severity(4)
    cases = []
    for drawn in DRAWN:
        own = []
        while len(own) < count:
            case = answered(*drawn())
            if case:
                own.append(case)
        cases += own
    versions = {"onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__, "numpy": np.__version__}
    lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
    with open(os.path.join(HERE, "cases", "onnxruntime.json"), "w") as out:
        out.write(f'{{"versions":{json.dumps(versions)},"cases":[\n{lines}\n]}}\n')
    print(f"{len(cases)} cases")


if __name__ == "__main__":
    main()
