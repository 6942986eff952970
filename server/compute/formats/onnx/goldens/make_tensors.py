"""Tensors of every number type that is read, in every way ONNX has to write them: python make_tensors.py

tensors.onnx has an initializer per type and way, `TYPE.WAY`, each an output of the model; tensors.json says what
onnx.numpy_helper reads from each (`NaN`, `Infinity` and `-Infinity` as texts). Written with onnx 1.23.1, NumPy 2.
"""

import json
import math
from pathlib import Path

import numpy
import onnx
from onnx import TensorProto, helper, numpy_helper

HERE = Path(__file__).parent
FLOATS = [0.0, -0.0, 1.0, -1.5, 0.1, 240.0, -448.0, 6e-8, 65504.0, math.inf, -math.inf, math.nan]
WHOLES = {
    TensorProto.INT4: [-8, -1, 0, 7, 3],
    TensorProto.UINT4: [0, 1, 15, 8, 9],
    TensorProto.INT8: [-128, -1, 0, 127],
    TensorProto.UINT8: [0, 1, 255, 128],
    TensorProto.INT16: [-(2**15), -1, 0, 2**15 - 1],
    TensorProto.UINT16: [0, 2**16 - 1, 2**15, 7],
    TensorProto.INT32: [-(2**31), -1, 0, 2**31 - 1],
    TensorProto.UINT32: [0, 2**32 - 1, 2**31, 7],
    TensorProto.INT64: [-(2**40), -1, 0, 2**53 - 1],
    TensorProto.UINT64: [0, 2**53 - 1, 2**40, 7],
    TensorProto.BOOL: [True, False, True, True],
}
FLOATING = [
    TensorProto.FLOAT,
    TensorProto.DOUBLE,
    TensorProto.FLOAT16,
    TensorProto.BFLOAT16,
    TensorProto.FLOAT8E4M3FN,
    TensorProto.FLOAT8E4M3FNUZ,
    TensorProto.FLOAT8E5M2,
    TensorProto.FLOAT8E5M2FNUZ,
]

tensors = []
for type_, values in [*WHOLES.items(), *((each, FLOATS) for each in FLOATING)]:
    name = TensorProto.DataType.Name(type_).lower()
    array = numpy.array(values, dtype=numpy.float64 if type_ in FLOATING else None)
    array = array.astype(helper.tensor_dtype_to_np_dtype(type_))
    raw = numpy_helper.from_array(array, f"{name}.raw")
    assert raw.data_type == type_ and raw.HasField("raw_data")
    typed = helper.make_tensor(f"{name}.typed", type_, array.shape, array)
    assert not typed.HasField("raw_data")
    tensors += [raw, typed]
# Each 8-bit float there is.
for type_ in FLOATING[4:]:
    codes = numpy.arange(256, dtype=numpy.uint8).view(helper.tensor_dtype_to_np_dtype(type_))
    tensors.append(numpy_helper.from_array(codes, f"{TensorProto.DataType.Name(type_).lower()}.all"))
tensors.append(helper.make_tensor("scalar", TensorProto.FLOAT, [], [2.5]))
tensors.append(helper.make_tensor("empty", TensorProto.FLOAT, [0, 3], []))
tensors.append(numpy_helper.from_array(numpy.arange(24, dtype=numpy.float32).reshape(2, 3, 4), "rank 3"))
tensors.append(numpy_helper.from_array(numpy.arange(1200, dtype=numpy.int64), "table"))
tensors.append(helper.make_tensor("texts", TensorProto.STRING, [3], [b"a", "\u00e4\u4e2d".encode(), b""]))

sparse = [
    helper.make_sparse_tensor(
        helper.make_tensor("sparse.places", TensorProto.FLOAT, [3], [1.0, 2.0, 3.0]),
        helper.make_tensor("i", TensorProto.INT64, [3], [0, 5, 11]),
        [3, 4],
    ),
    helper.make_sparse_tensor(
        helper.make_tensor("sparse.coordinates", TensorProto.FLOAT, [2], [4.0, 5.0]),
        helper.make_tensor("i", TensorProto.INT64, [2, 2], [0, 3, 2, 1]),
        [3, 4],
    ),
]
dense = {
    "sparse.places": [1.0, 0, 0, 0, 0, 2.0, 0, 0, 0, 0, 0, 3.0],
    "sparse.coordinates": [0, 0, 0, 4.0, 0, 0, 0, 0, 0, 5.0, 0, 0],
}


def plain(value):
    if isinstance(value, (str, bytes)):
        return value.decode() if isinstance(value, bytes) else value
    value = float(value)
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return int(value) if value == int(value) and (value != 0 or math.copysign(1, value) > 0) else value


expected = {each.name: [plain(value) for value in numpy_helper.to_array(each).flatten()] for each in tensors}
expected |= {name: [plain(value) for value in values] for name, values in dense.items()}
outputs = [helper.make_tensor_value_info(each.name, each.data_type, each.dims) for each in tensors]
outputs += [helper.make_tensor_value_info(name, TensorProto.FLOAT, [3, 4]) for name in dense]
graph = helper.make_graph([], "tensors", [], outputs, initializer=tensors, sparse_initializer=sparse)
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 23)], ir_version=11)
onnx.save(model, HERE / "tensors.onnx")
(HERE / "tensors.json").write_text(json.dumps(expected))
