"""Small networks as PyTorch's exporter writes them, with their answers and gradients: networks.json.

    python make_networks.py

{versions, cases}; a case {name, model (base64 of .onnx), inputs, outputs, gradients}. A value is {shape, values}. `gradients`
are of sum(w * y), w_i = sin(1 + i) over all outputs in order, by the first input, as torch.autograd computes them.
"""

import base64
import io
import json
import os

import onnx
import torch
from torch import nn

HERE = os.path.dirname(os.path.abspath(__file__))


class Block(nn.Module):
    """A bottleneck of a residual network, with a step and a projection."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(4, 3, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(3)
        self.conv2 = nn.Conv2d(3, 3, 3, stride=2, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(3)
        self.conv3 = nn.Conv2d(3, 8, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(8)
        self.down = nn.Sequential(nn.Conv2d(4, 8, 1, stride=2, bias=False), nn.BatchNorm2d(8))

    def forward(self, x):
        y = torch.relu(self.bn1(self.conv1(x)))
        y = torch.relu(self.bn2(self.conv2(y)))
        return torch.relu(self.bn3(self.conv3(y)) + self.down(x))


class Mobile(nn.Module):
    """An inverted residual with squeeze and excitation, and what segmentation adds: a transposed convolution."""

    def __init__(self):
        super().__init__()
        self.expand = nn.Conv2d(3, 6, 1)
        self.depth = nn.Conv2d(6, 6, 3, padding=1, groups=6)
        self.squeeze = nn.Conv2d(6, 2, 1)
        self.excite = nn.Conv2d(2, 6, 1)
        self.project = nn.Conv2d(6, 3, 1)
        self.up = nn.ConvTranspose2d(3, 2, 2, stride=2)
        self.pool = nn.AvgPool2d(2)
        self.norm = nn.GroupNorm(2, 6)

    def forward(self, x):
        y = nn.functional.silu(self.norm(self.expand(x)))
        y = nn.functional.hardswish(self.depth(y))
        gate = torch.sigmoid(self.excite(torch.relu(self.squeeze(y.mean((2, 3), keepdim=True)))))
        return self.up(self.pool(x + self.project(y * gate)))


class Recurrent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(3, 4, num_layers=2, bidirectional=True, batch_first=True)
        self.gru = nn.GRU(8, 3, batch_first=True)

    def forward(self, x):
        y, (h, _) = self.lstm(x)
        z, _ = self.gru(y)
        return z, h


def encoder():
    return nn.TransformerEncoderLayer(8, 2, dim_feedforward=12, activation="gelu", batch_first=True)


def value(tensor):
    return {"shape": list(tensor.shape), "values": [float(f"{v:.9g}") for v in tensor.detach().flatten().tolist()]}


def case(name, network, shape):
    torch.manual_seed(0)
    model = network()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.normal_(0, 0.3)
            module.running_var.uniform_(0.5, 2)
    model.eval()
    x = torch.randn(shape, requires_grad=True)
    file = os.path.join(HERE, "network.tmp.onnx")
    torch.onnx.export(model, (x.detach(),), file, dynamo=True, external_data=False, verbose=False)
    with open(file, "rb") as opened:
        written = opened.read()
    os.remove(file)
    made = model(x)
    outputs = list(made) if isinstance(made, tuple) else [made]
    flat = torch.cat([y.flatten() for y in outputs])
    (flat * torch.sin(1 + torch.arange(len(flat)))).sum().backward()
    proto = onnx.load(io.BytesIO(written))
    for node in proto.graph.node:
        del node.metadata_props[:]
    for info in [*proto.graph.value_info, *proto.graph.input, *proto.graph.output]:
        del info.metadata_props[:]
    return {
        "name": name,
        "model": base64.b64encode(proto.SerializeToString()).decode(),
        "inputs": [value(x)],
        "outputs": [value(y) for y in outputs],
        "gradients": value(x.grad),
    }


def main():
    cases = [
        case("residual block", Block, (2, 4, 7, 7)),
        case("inverted residual", Mobile, (1, 3, 6, 6)),
        case("recurrent", Recurrent, (2, 5, 3)),
        case("encoder layer", encoder, (2, 5, 8)),
    ]
    versions = {"torch": torch.__version__.split("+")[0], "onnx": onnx.__version__}
    lines = ",\n".join(json.dumps(one, separators=(",", ":")) for one in cases)
    with open(os.path.join(HERE, "networks.json"), "w") as out:
        out.write(f'{{"versions":{json.dumps(versions)},"cases":[\n{lines}\n]}}\n')


if __name__ == "__main__":
    main()
