"""A small network of PyTorch as both of its exporters write it: python make_torch.py

torch_dynamo.onnx (torch.onnx.export of today) and torch_script.onnx (the older exporter, dynamo=False), and answers.json:
what onnxruntime says of one input. Written with torch 2.13.0, onnx 1.23.1, onnxruntime 1.30.0.
"""

import json
from pathlib import Path

import numpy
import onnx
import onnxruntime
import torch
from torch import nn

HERE = Path(__file__).parent


class Block(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.conv1 = nn.Conv2d(channels, channels, 3, padding=1)
        self.bn1 = nn.BatchNorm2d(channels)

    def forward(self, x):
        return torch.relu(self.bn1(self.conv1(x)) + x)


class Network(nn.Module):
    """A stem, a Sequential of blocks, a ModuleList, a head."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 4, 3)
        self.layer1 = nn.Sequential(Block(4), Block(4))
        self.blocks = nn.ModuleList([nn.Linear(4, 4) for _ in range(2)])
        self.fc = nn.Linear(4, 3)

    def forward(self, x):
        x = self.layer1(self.stem(x)).mean((2, 3))
        for block in self.blocks:
            x = torch.tanh(block(x))
        return self.fc(x).softmax(-1)


torch.manual_seed(5)
network = Network().eval()
x = torch.randn(2, 1, 8, 8)
torch.onnx.export(
    network,
    (x,),
    HERE / "torch_dynamo.onnx",
    dynamo=True,
    dynamic_shapes={"x": {0: torch.export.Dim("batch")}},
    external_data=False,
)
torch.onnx.export(
    network,
    (x,),
    HERE / "torch_script.onnx",
    dynamo=False,
    dynamic_axes={"x": {0: "batch"}},
    input_names=["x"],
    output_names=["y"],
)


def without_traces(name):
    """Stack traces name files of the machine that exported."""
    model = onnx.load(HERE / name)
    for node in model.graph.node:
        kept = [entry for entry in node.metadata_props if "scopes" in entry.key or "hierarchy" in entry.key]
        del node.metadata_props[:]
        node.metadata_props.extend(kept)
        node.doc_string = ""
    for value in [*model.graph.value_info, *model.graph.input, *model.graph.output]:
        del value.metadata_props[:]
    onnx.save(model, HERE / name)


answers = {}
for name in ["torch_dynamo.onnx", "torch_script.onnx"]:
    without_traces(name)
    session = onnxruntime.InferenceSession(HERE / name)
    (answer,) = session.run(None, {session.get_inputs()[0].name: x.numpy()})
    numpy.testing.assert_allclose(answer, network(x).detach().numpy(), rtol=1e-5, atol=1e-7)
    answers[name] = {"x": x.flatten().tolist(), "y": answer.flatten().tolist()}
(HERE / "answers.json").write_text(json.dumps(answers))
