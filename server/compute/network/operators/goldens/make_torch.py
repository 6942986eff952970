"""Small PyTorch models as ONNX files, with what PyTorch and onnxruntime say of them.

    python make_torch.py

For each model: NAME.onnx and NAME.safetensors, which holds `x` (2 examples), `y`, `gradient` (of the sum of the first
unit of y, by x), `tensor.NAME` of every float tensor that the graph computes (onnxruntime), and where the model has a
convolution called `conv`, `ablated`: y where its channel 1, normalised if it is, is 0.
"""
import pathlib

import numpy as np
import onnx
import onnxruntime
import torch
from onnx import TensorProto, helper, shape_inference
from safetensors.numpy import save_file
from torch import nn

here = pathlib.Path(__file__).parent


class Picture(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 4, 3, padding=1)
        self.norm = nn.BatchNorm2d(4)
        self.deep = nn.Sequential(nn.Conv2d(4, 4, 3, padding=1, groups=2), nn.ReLU())
        self.pool = nn.MaxPool2d(2)
        self.head = nn.Linear(4 * 3 * 3, 3)

    def forward(self, x):
        h = torch.relu(self.norm(self.conv(x)))
        h = self.pool(h + self.deep(h))
        return torch.softmax(self.head(torch.flatten(h, 1)), 1)


class Row(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(5, 7), nn.Tanh(), nn.Linear(7, 1), nn.Sigmoid())

    def forward(self, x):
        return self.layers(x)


class Pooled(nn.Module):
    """Channels stay second to the end; the mean over places is its output."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv1d(3, 5, 3)
        self.act = nn.LeakyReLU(0.1)

    def forward(self, x):
        return nn.functional.adaptive_avg_pool1d(self.act(self.conv(x)), 1).squeeze(-1)


def randomised(model, seed):
    generator = torch.Generator().manual_seed(seed)
    for name, value in list(model.named_parameters()) + list(model.named_buffers()):
        if value.dtype.is_floating_point:
            with torch.no_grad():
                value.copy_(torch.rand(value.shape, generator=generator) - (0 if name.endswith("var") else 0.5))
    return model.eval()


def export(name, model, x, dynamo, dynamic):
    file = here / f"{name}.onnx"
    kwargs = dict(input_names=["x"], output_names=["y"])
    if dynamic and dynamo:
        kwargs["dynamic_shapes"] = ({0: torch.export.Dim("batch")},)
    elif dynamic:
        kwargs["dynamic_axes"] = {"x": {0: "batch"}, "y": {0: "batch"}}
    torch.onnx.export(model, (x,), str(file), dynamo=dynamo, external_data=False, **kwargs) if dynamo else torch.onnx.export(
        model, (x,), str(file), dynamo=False, **kwargs
    )
    proto = onnx.load(file)
    # What the exporter says of the machine it ran on is nobody's business.
    for each in [proto.graph, *proto.graph.node]:
        kept = [p for p in each.metadata_props if "stack_trace" not in p.key]
        del each.metadata_props[:]
        each.metadata_props.extend(kept)
    onnx.save(proto, file)
    inferred = shape_inference.infer_shapes(proto)
    floats = [v.name for v in inferred.graph.value_info if v.type.tensor_type.elem_type == TensorProto.FLOAT]
    made = {o for n in proto.graph.node for o in n.output}
    wanted = [n for n in floats if n in made]
    for n in wanted:
        proto.graph.output.append(helper.make_tensor_value_info(n, TensorProto.FLOAT, None))
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(proto.SerializeToString(), options)
    values = session.run(None, {"x": x.numpy()})
    out = {"x": x.numpy(), "y": values[0]}
    for n, value in zip(wanted, values[1:]):
        out[f"tensor.{n}"] = value
    points = x.clone().requires_grad_()
    model(points)[:, 0].sum().backward()
    out["gradient"] = points.grad.numpy()
    if hasattr(model, "conv"):
        def silence(_, __, output):
            output = output.clone()
            output[:, 1] = 0
            return output

        handle = (model.norm if hasattr(model, "norm") else model.conv).register_forward_hook(silence)
        with torch.no_grad():
            out["ablated"] = model(x).numpy()
        handle.remove()
    save_file({k: np.ascontiguousarray(v) for k, v in out.items()}, here / f"{name}.safetensors", metadata={
        "torch": torch.__version__, "onnx": onnx.__version__, "onnxruntime": onnxruntime.__version__})


generator = torch.Generator().manual_seed(3)
pictures = torch.rand((2, 3, 6, 6), generator=generator)
export("picture", randomised(Picture(), 1), pictures, dynamo=True, dynamic=True)
export("picture_fixed", randomised(Picture(), 1), pictures[:1].repeat(2, 1, 1, 1) + pictures, dynamo=False, dynamic=False)
export("row", randomised(Row(), 2), torch.rand((2, 5), generator=generator), dynamo=False, dynamic=True)
export("pooled", randomised(Pooled(), 4), torch.rand((2, 3, 9), generator=generator), dynamo=True, dynamic=False)
