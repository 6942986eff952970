"""Cases of ONNX operators: one node, its inputs, and its outputs as the onnx package computes them.

    python make_cases.py               the committed selection, a file for each chapter of the operators' definitions
    python make_cases.py FOLDER        all node tests, and the small networks that were converted from PyTorch

A file is {versions, cases}; a case {name, operator, model (base64 of .onnx), inputs, outputs, rtol, atol, gradients}.
A value is {type, shape, values}, a list of such (a sequence), or null (an empty optional). `gradients` are of
sum(w * y), w_i = sin(1 + i) over all float outputs in order, by each float input: central differences of the reference
implementation in float64, null where its left and right slopes differ.
"""

import argparse
import base64
import glob
import json
import math
import os
import sys
import warnings

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

HERE = os.path.dirname(os.path.abspath(__file__))
TYPES = {
    TensorProto.FLOAT: "float32",
    TensorProto.DOUBLE: "float64",
    TensorProto.FLOAT16: "float16",
    TensorProto.BFLOAT16: "bfloat16",
    TensorProto.FLOAT8E4M3FN: "float8e4m3fn",
    TensorProto.FLOAT8E4M3FNUZ: "float8e4m3fnuz",
    TensorProto.FLOAT8E5M2: "float8e5m2",
    TensorProto.FLOAT8E5M2FNUZ: "float8e5m2fnuz",
    TensorProto.INT8: "int8",
    TensorProto.INT16: "int16",
    TensorProto.INT32: "int32",
    TensorProto.INT64: "int64",
    TensorProto.INT4: "int4",
    TensorProto.UINT8: "uint8",
    TensorProto.UINT16: "uint16",
    TensorProto.UINT32: "uint32",
    TensorProto.UINT64: "uint64",
    TensorProto.UINT4: "uint4",
    TensorProto.BOOL: "bool",
    TensorProto.STRING: "string",
}
# Of each operator the committed selection has this many cases at most, the smallest of those that differ in attributes,
# types or the inputs that are given.
EACH = 4
LARGEST_BYTES = 12_000
# Expected numbers that were written by hand, to a few digits.
WRITTEN_BY_HAND = {"test_averagepool_2d_ceil_last_window_starts_on_pad": 1e-3}
# Inputs by which there is no gradient here (regions and scales say shapes), or none of the reference implementation, which
# rounds the places that it samples to float32 (families/sampling.test.ts has those).
WITHOUT_GRADIENT = {("Resize", 1), ("Resize", 2), ("Upsample", 1), ("GridSample", 1)}
# Inputs of no more numbers have gradients in the committed selection.
GRADIENT_NUMBERS = 130


# Inputs by which the product refuses gradients: what is rounded to steps, and corners of regions.
NO_GRADIENTS = {"QuantizeLinear": (0, 1), "RoiAlign": (1,)}
# Whose tests are written down with four digits.
ROUNDED = {"RoiAlign": 1e-4}


class Unwritable(Exception):
    """A type of number that the product has no name for."""


def number(value):
    if isinstance(value, (bytes, str)):
        return value.decode() if isinstance(value, bytes) else str(value)
    if isinstance(value, (bool, np.bool_)):
        return int(value)
    if isinstance(value, (int, np.integer)):
        return int(value)
    as_float = float(value)
    if math.isnan(as_float):
        return "NaN"
    if math.isinf(as_float):
        return "Infinity" if as_float > 0 else "-Infinity"
    # The shortest decimal that is this float32.
    if isinstance(value, np.float32):
        return float(str(value))
    return as_float


def written(value):
    """A value as JSON has it."""
    if value is None:
        return None
    if isinstance(value, (list, tuple)):
        return [written(item) for item in value]
    if isinstance(value, onnx.SequenceProto):
        return [written(item) for item in numpy_helper.to_list(value)]
    if isinstance(value, onnx.OptionalProto):
        return written(numpy_helper.to_optional(value))
    if isinstance(value, TensorProto):
        kind = value.data_type
        array = numpy_helper.to_array(value)
    else:
        array = np.asarray(value)
        kind = TensorProto.STRING if array.dtype.kind in "OUS" else helper.np_dtype_to_tensor_dtype(array.dtype)
    if kind not in TYPES:
        raise Unwritable(TensorProto.DataType.Name(kind))
    return {"type": TYPES[kind], "shape": list(array.shape), "values": [number(item) for item in array.ravel()]}


def chapter_of(model):
    """The chapter of the operators' definitions: math, tensor, nn, ..."""
    node = model.graph.node[0]
    try:
        file = onnx.defs.get_schema(node.op_type, domain=node.domain).file
    except onnx.defs.SchemaError:
        return node.domain.replace(".", "_") or "other"
    return file.replace("\\", "/").split("/")[-2]


def case_of(name, model, inputs, outputs, rtol=None, atol=None):
    operator = model.graph.node[0].op_type
    return {
        "name": name,
        "operator": operator,
        "model": base64.b64encode(model.SerializeToString()).decode(),
        "inputs": [written(value) for value in inputs],
        "outputs": [written(value) for value in outputs],
        **({"rtol": rtol} if rtol is not None else {}),
        **({"atol": atol} if atol is not None else {}),
    }


def node_cases():
    """(model, case) of each node test that can be written."""
    from onnx.backend.test.case.node import collect_testcases

    for test in collect_testcases(None):
        for at, (inputs, outputs) in enumerate(test.data_sets):
            name = test.name if at == 0 else f"{test.name}_{at}"
            try:
                rtol = ROUNDED.get(test.model.graph.node[0].op_type, WRITTEN_BY_HAND.get(name))
                yield test.model, case_of(name, test.model, inputs, outputs, rtol)
            except Unwritable as error:
                print(f"{name}: not written, {error}", file=sys.stderr)


def loaded(file, kind):
    with open(file, "rb") as opened:
        bytes_ = opened.read()
    proto = {"tensor_type": TensorProto, "sequence_type": onnx.SequenceProto, "optional_type": onnx.OptionalProto}[kind]()
    proto.ParseFromString(bytes_)
    return proto


def stored_cases():
    """Those that lie in the package as files: the ones converted from PyTorch, and small hand-written graphs."""
    data = os.path.join(os.path.dirname(onnx.__file__), "backend", "test", "data")
    for folder in sorted(glob.glob(f"{data}/pytorch-*/*") + glob.glob(f"{data}/simple/*")):
        if not os.path.exists(f"{folder}/model.onnx"):
            continue
        model = onnx.load(f"{folder}/model.onnx")
        name = os.path.basename(os.path.dirname(folder)) + "/" + os.path.basename(folder)
        for at, pairs in enumerate(sorted(glob.glob(f"{folder}/test_data_set_*"))):
            read = lambda ports, stem: [
                loaded(f"{pairs}/{stem}_{i}.pb", port.type.WhichOneof("value")) for i, port in enumerate(ports)
            ]
            known = {initial.name for initial in model.graph.initializer}
            ports = [port for port in model.graph.input if port.name not in known]
            try:
                yield model, case_of(
                    f"{name}_{at}" if at else name, model, read(ports, "input"), read(model.graph.output, "output")
                )
            except (Unwritable, FileNotFoundError) as error:
                print(f"{name}: not written, {error}", file=sys.stderr)


def in_float64(model):
    """The same model on numbers of double precision."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)

    def tensor(proto):
        if proto.data_type == TensorProto.FLOAT:
            array = numpy_helper.to_array(proto).astype(np.float64)
            proto.CopyFrom(numpy_helper.from_array(array, proto.name))

    def port(info):
        if info.type.WhichOneof("value") == "tensor_type" and info.type.tensor_type.elem_type == TensorProto.FLOAT:
            info.type.tensor_type.elem_type = TensorProto.DOUBLE

    def graph(own):
        for proto in own.initializer:
            tensor(proto)
        for info in [*own.input, *own.output, *own.value_info]:
            port(info)
        for node in own.node:
            for attribute in node.attribute:
                if attribute.type == onnx.AttributeProto.TENSOR:
                    tensor(attribute.t)
                elif attribute.type == onnx.AttributeProto.GRAPH:
                    graph(attribute.g)
                elif attribute.name == "to" and attribute.i == TensorProto.FLOAT:
                    attribute.i = TensorProto.DOUBLE

    graph(copy.graph)
    return copy


def gradients(model, inputs):
    """By index of the input; nothing where the reference implementation does not compute in float64."""
    operator = model.graph.node[0].op_type
    floats = [
        i
        for i, value in enumerate(inputs)
        if isinstance(value, np.ndarray) and value.dtype == np.float32 and (operator, i) not in WITHOUT_GRADIENT
    ]
    if not floats or sum(inputs[i].size for i in floats) > GRADIENT_NUMBERS:
        return {}
    runner = ReferenceEvaluator(in_float64(model))
    names = [port.name for port in model.graph.input]

    def total(values):
        made = [
            np.asarray(y, np.float64).ravel()
            for y in runner.run(None, dict(zip(names, values)))
            if isinstance(y, (np.ndarray, np.floating)) and np.asarray(y).dtype.kind == "f"
        ]
        if not made:
            return None
        flat = np.concatenate(made)
        return float(np.sum(flat * np.sin(1 + np.arange(flat.size))))

    base = [value.astype(np.float64) if i in floats else value for i, value in enumerate(inputs)]
    middle = total(base)
    if middle is None or not math.isfinite(middle):
        return {}
    found = {}
    for i in floats:
        slopes = []
        for at in range(base[i].size):

            def total_at(shift):
                moved = [value.copy() if isinstance(value, np.ndarray) else value for value in base]
                moved[i].reshape(-1)[at] += shift
                return total(moved)

            # Twice: a corner, and what the reference implementation rounds to float32, differ by the step.
            near, far = ((total_at(step) - total_at(-step)) / (2 * step) for step in (1e-5, 4e-5))
            left, right = (middle - total_at(-1e-5)) / 1e-5, (total_at(1e-5) - middle) / 1e-5
            size = max(1, abs(near))
            smooth = math.isfinite(near) and abs(near - far) <= 1e-5 * size and abs(left - right) <= 1e-3 * size
            slopes.append(float(f"{near:.7g}") if smooth else None)
        found[str(i)] = slopes
    return found


def variant(model):
    """What tells cases of an operator apart: attributes and their values, which inputs are given, and their types."""
    node = model.graph.node[0]
    attributes = sorted((a.name, str(helper.get_attribute_value(a))[:60]) for a in node.attribute)
    types = [port.type.tensor_type.elem_type for port in model.graph.input]
    return str((attributes, [name != "" for name in node.input], types))


def selection():
    """By chapter: the smallest cases of each operator that differ."""
    by_operator = {}
    for model, case in node_cases():
        if len(model.graph.node) > 1 or len(json.dumps(case)) > LARGEST_BYTES:
            continue
        key = (chapter_of(model), case["operator"])
        by_operator.setdefault(key, []).append((len(json.dumps(case)), case["name"], model, case))
    chapters = {}
    for (chapter, _), found in sorted(by_operator.items()):
        seen, taken = set(), []
        for _, _, model, case in sorted(found, key=lambda entry: entry[:2]):
            if variant(model) not in seen and len(taken) < EACH:
                seen.add(variant(model))
                taken.append((model, case))
        chapters.setdefault(chapter, []).extend(taken)
    return chapters


def with_gradients(model, case):
    arrays = [
        np.array([float(v) for v in value["values"]], np.float32).reshape(value["shape"])
        if isinstance(value, dict) and value["type"] == "float32"
        else None
        for value in case["inputs"]
    ]
    inputs = [array if array is not None else plain(value) for array, value in zip(arrays, case["inputs"])]
    refused = NO_GRADIENTS.get(case["operator"], ())
    try:
        found = gradients(model, inputs)
        case["gradients"] = {at: slopes for at, slopes in found.items() if int(at) not in refused}
    except Exception as error:  # The reference implementation is not made for float64 everywhere.
        print(f"{case['name']}: no gradients, {str(error)[:120]}", file=sys.stderr)
        case["gradients"] = {}
    return case


def plain(value):
    """As the reference implementation takes it."""
    if value is None:
        return None
    if isinstance(value, list):
        return [plain(item) for item in value]
    if value["type"] == "string":
        return np.array(value["values"], dtype=object).reshape(value["shape"])
    kind = next(k for k, name in TYPES.items() if name == value["type"])
    dtype = helper.tensor_dtype_to_np_dtype(kind)
    return np.array([float(v) if isinstance(v, str) else v for v in value["values"]]).astype(dtype).reshape(value["shape"])


def write(folder, files):
    versions = {"onnx": onnx.__version__, "numpy": np.__version__}
    os.makedirs(folder, exist_ok=True)
    for name, cases in files.items():
        lines = ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases)
        with open(os.path.join(folder, f"{name}.json"), "w") as out:
            out.write(f'{{"versions":{json.dumps(versions)},"cases":[\n{lines}\n]}}\n')
        print(f"{name}: {len(cases)} cases")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    if options.folder is None:
        chosen = selection()
        return write(
            os.path.join(HERE, "cases"),
            {
                chapter: [with_gradients(model, case) for model, case in cases]
                for chapter, cases in chosen.items()
            },
        )
    files = {}
    for model, case in node_cases():
        files.setdefault(case["operator"], []).append(case)
    for _, case in stored_cases():
        files.setdefault("networks", []).append(case)
    write(options.folder, files)


if __name__ == "__main__":
    main()
