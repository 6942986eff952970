"""Small files as torch.save and torch.jit write them, with what is in them: python make.py (torch 2.13).

values.json holds, by file and name, the shape and the numbers as float64.
"""

import argparse
import json
from collections import OrderedDict
from pathlib import Path

import torch

HERE = Path(__file__).parent
torch.manual_seed(7)


def network():
    return torch.nn.Sequential(
        OrderedDict(
            conv=torch.nn.Conv2d(2, 3, 2),
            norm=torch.nn.BatchNorm2d(3),
            head=torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(12, 2)),
        )
    )


def listed(state):
    return {
        name: {"shape": list(tensor.shape), "values": tensor.double().flatten().tolist()}
        for name, tensor in state.items()
        if not name.endswith("num_batches_tracked")
    }


def main():
    values = {"versions": {"torch": torch.__version__}}
    model = network()
    state = model.state_dict()
    torch.save(state, HERE / "state.pt")
    torch.save(state, HERE / "legacy.pth", _use_new_zipfile_serialization=False)
    values["state.pt"] = values["legacy.pth"] = listed(state)

    for protocol in (2, 4, 5):
        torch.save(state, HERE / f"protocol{protocol}.pt", pickle_protocol=protocol)
        values[f"protocol{protocol}.pt"] = listed(state)

    base = torch.arange(24.0).reshape(4, 6)
    kinds = {
        "views.transposed": base.T,
        "views.slice": base[1:3, ::2],
        "views.expanded": base[0, :1].expand(3, 2),
        "views.number": torch.tensor(3.5),
        "views.empty": torch.zeros(0, 4),
        **{
            f"types.{name}": torch.tensor([1.0, -2.5, 3.14159]).to(getattr(torch, name))
            for name in ("float16", "bfloat16", "float64", "int64", "int32", "int16", "int8", "bool")
        },
        "types.uint8": torch.tensor([0, 7, 255], dtype=torch.uint8),
    }
    torch.save(kinds, HERE / "kinds.pt")
    values["kinds.pt"] = listed(kinds)
    torch.save(kinds, HERE / "kinds-legacy.pt", _use_new_zipfile_serialization=False)
    values["kinds-legacy.pt"] = listed(kinds)

    torch.save(model, HERE / "module.pt")
    values["module.pt"] = listed(state)

    optimizer = torch.optim.Adam(model.parameters())
    model(torch.ones(2, 2, 3, 3)).sum().backward()
    optimizer.step()
    torch.save(
        {
            "epoch": 3,
            "state_dict": {f"module.{name}": tensor for name, tensor in model.state_dict().items()},
            "optimizer_states": [optimizer.state_dict()],
            "ema": {"decay": torch.tensor(0.9)},
            "hyper_parameters": argparse.Namespace(rate=0.1),
        },
        HERE / "training.ckpt",
    )
    values["training.ckpt"] = listed(model.state_dict())

    torch.jit.trace(model.eval(), torch.ones(1, 2, 3, 3)).save(str(HERE / "script.pt"))
    values["script.pt"] = listed(model.state_dict())
    (HERE / "values.json").write_text(json.dumps(values) + "\n")


main()
