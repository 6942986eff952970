"""Small models of torch.export and what they compute: python make.py (torch 2.13).

NAME.pt2 as torch.export.save writes it; NAME.safetensors holds inputs.N and outputs.N, computed by the exported program.
"""

import io
import zipfile
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F

HERE = Path(__file__).parent


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(4, 4, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(4)
        self.conv2 = nn.Conv2d(4, 4, 3, padding=1, groups=2)

    def forward(self, x):
        return F.relu(self.conv2(F.relu(self.bn1(self.conv1(x)))) + x)


class Picture(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, stride=2, padding=1)
        self.blocks = nn.Sequential(Residual(), Residual())
        self.pool = nn.MaxPool2d(3, 2, 1)
        self.dropout = nn.Dropout(0.5)
        self.head = nn.Linear(4, 3)

    def forward(self, x):
        x = self.pool(self.blocks(F.relu6(self.stem(x))))
        x = F.adaptive_avg_pool2d(x, 1).flatten(1)
        return self.head(self.dropout(x)).softmax(-1)


class Acts(nn.Module):
    def __init__(self):
        super().__init__()
        self.norm = nn.GroupNorm(2, 4)
        self.up = nn.ConvTranspose2d(4, 2, 2, stride=2)
        self.slope = nn.PReLU(2)

    def forward(self, x):
        x = self.norm(x)
        y = F.silu(x) + F.gelu(x, approximate="tanh") - F.hardswish(x) * F.elu(x, 0.7) + F.leaky_relu(x, 0.2)
        y = y / (1 + x.abs()).sqrt() + torch.rsqrt(1 + x * x) + F.hardsigmoid(x).clamp(0.2, 0.8) + F.softplus(x)
        first, second = y.chunk(2, dim=1)
        y = torch.cat([second, first], 1)
        y = torch.where(y > 0.5, y, 2 * y)
        y = self.slope(self.up(F.pad(y, (1, 0, 2, 1))))
        y = F.avg_pool2d(y, 2, padding=1, count_include_pad=False)
        return y.mean((2, 3)), y.transpose(1, 3)[:, 1:, ::2].pow(2).sum(-1), torch.stack([y[:, 0], y[:, 1]], -1).amax(1)


class InPlace(nn.Module):
    """What is written over is read again under its old name."""

    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(2, 2, (3, 4), padding="same", dilation=(1, 2))
        self.valid = nn.Conv2d(2, 3, 2, stride=(2, 1), padding="valid")
        self.relu = nn.ReLU(inplace=True)

    def forward(self, x):
        y = self.conv(x)
        z = self.relu(y)
        z = z * 2 + y
        y.add_(1)
        return self.valid(z - y)


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed = nn.Embedding(11, 8)
        self.qkv = nn.Linear(8, 24)
        self.out = nn.Linear(8, 8, bias=False)
        self.norm = nn.LayerNorm(8)

    def forward(self, ids):
        x = self.embed(ids)
        b, s, d = x.shape
        q, k, v = [each.reshape(b, s, 2, 4).transpose(1, 2) for each in self.qkv(self.norm(x)).split(8, dim=-1)]
        y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.out(y.transpose(1, 2).reshape(b, s, d))
        return torch.log_softmax(x @ self.embed.weight.t(), dim=-1)


def save(name, model, inputs, dynamic=True):
    torch.manual_seed(5)
    for parameter in model.parameters():
        nn.init.normal_(parameter, 0, 0.4)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean)
            nn.init.uniform_(module.running_var, 0.5, 2)
    batch = torch.export.Dim("batch")
    shapes = tuple({0: batch} for _ in inputs) if dynamic else None
    program = torch.export.export(model.eval(), inputs, dynamic_shapes=shapes)
    torch.export.save(program, HERE / f"{name}.pt2")
    found = program.module()(*inputs)
    found = found if isinstance(found, tuple) else (found,)
    tensors = {f"inputs.{at}": x if x.is_floating_point() else x.int() for at, x in enumerate(inputs)}
    tensors |= {f"outputs.{at}": x.detach() for at, x in enumerate(found)}
    save_file({key: value.contiguous() for key, value in tensors.items()}, HERE / f"{name}.safetensors")
    return program


def older(name, program):
    """As PyTorch wrote it before 2.8: the same graph, with the weights as torch.save has them."""
    with zipfile.ZipFile(HERE / f"{name}.pt2") as archive:
        graph = next(archive.read(each) for each in archive.namelist() if each.endswith("models/model.json"))
    state = io.BytesIO()
    torch.save(dict(program.state_dict), state)
    constants = io.BytesIO()
    torch.save({}, constants)
    with zipfile.ZipFile(HERE / f"{name}_older.pt2", "w") as archive:
        archive.writestr("version", "8.2")
        archive.writestr("serialized_exported_program.json", graph)
        archive.writestr("serialized_state_dict.pt", state.getvalue())
        archive.writestr("serialized_constants.pt", constants.getvalue())


def main():
    torch.manual_seed(3)
    program = save("picture", Picture(), (torch.randn(3, 3, 12, 12),))
    older("picture", program)
    (HERE / "picture_older.safetensors").write_bytes((HERE / "picture.safetensors").read_bytes())
    save("acts", Acts(), (torch.randn(2, 4, 5, 6),))
    save("in_place", InPlace(), (torch.randn(2, 2, 6, 7),))
    save("attention", Attention(), (torch.randint(0, 11, (2, 5)),))
    save("picture_fixed", Picture(), (torch.randn(1, 3, 12, 12),), dynamic=False)


main()
