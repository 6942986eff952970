"""
Networks of their published sizes with random weights, as ONNX files, and what onnxruntime takes for them.
    models.py RUNS make FOLDER     writes resnet50.onnx (102 MB) and gpt2.onnx (498 MB)
    models.py RUNS time FILE       prints milliseconds: opening with the first answer, and one pass (median of RUNS)
Needs torch with onnxscript to make them, and onnxruntime.
"""
import json
import sys
import time
import warnings

# A script beside this one has the name of a module of Python's own.
sys.path.pop(0)
warnings.filterwarnings('ignore')


def make(folder):
    import torch
    from torch import nn

    torch.manual_seed(0)

    class Bottleneck(nn.Module):
        def __init__(self, inputs, width, stride):
            super().__init__()
            outputs = 4 * width
            self.conv1, self.bn1 = nn.Conv2d(inputs, width, 1, bias=False), nn.BatchNorm2d(width)
            self.conv2, self.bn2 = nn.Conv2d(width, width, 3, stride, 1, bias=False), nn.BatchNorm2d(width)
            self.conv3, self.bn3 = nn.Conv2d(width, outputs, 1, bias=False), nn.BatchNorm2d(outputs)
            self.relu = nn.ReLU()
            narrow = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
            self.downsample = narrow if stride != 1 or inputs != outputs else nn.Identity()

        def forward(self, x):
            y = self.relu(self.bn1(self.conv1(x)))
            y = self.relu(self.bn2(self.conv2(y)))
            return self.relu(self.bn3(self.conv3(y)) + self.downsample(x))

    def stage(inputs, width, count, stride):
        rest = [Bottleneck(4 * width, width, 1) for _ in range(count - 1)]
        return nn.Sequential(Bottleneck(inputs, width, stride), *rest)

    resnet = nn.Sequential(
        *[nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)],
        *[stage(64, 64, 3, 1), stage(256, 128, 4, 2), stage(512, 256, 6, 2), stage(1024, 512, 3, 2)],
        *[nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(2048, 1000)],
    )

    class Block(nn.Module):
        def __init__(self, width, heads):
            super().__init__()
            self.ln_1, self.ln_2 = nn.LayerNorm(width), nn.LayerNorm(width)
            self.c_attn, self.c_proj = nn.Linear(width, 3 * width), nn.Linear(width, width)
            gelu = nn.GELU(approximate='tanh')
            self.mlp = nn.Sequential(nn.Linear(width, 4 * width), gelu, nn.Linear(4 * width, width))
            self.heads = heads

        def forward(self, x, mask):
            n, t, c = x.shape
            q, k, v = (
                part.view(n, t, self.heads, c // self.heads).transpose(1, 2)
                for part in self.c_attn(self.ln_1(x)).split(c, dim=2)
            )
            scores = q @ k.transpose(2, 3) / (c // self.heads) ** 0.5 + mask
            x = x + self.c_proj((scores.softmax(-1) @ v).transpose(1, 2).reshape(n, t, c))
            return x + self.mlp(self.ln_2(x))

    class Gpt2(nn.Module):
        """GPT-2 small: 12 blocks of width 768; the head is the table of its 50,257 words. 64 of them are given."""

        def __init__(self, length=64, width=768, depth=12, heads=12, words=50257):
            super().__init__()
            self.wte, self.wpe = nn.Embedding(words, width), nn.Embedding(1024, width)
            self.h = nn.ModuleList(Block(width, heads) for _ in range(depth))
            self.ln_f = nn.LayerNorm(width)
            self.register_buffer('places', torch.arange(length))
            self.register_buffer('mask', torch.full((length, length), -1e9).triu(1))

        def forward(self, ids):
            x = self.wte(ids) + self.wpe(self.places)
            for block in self.h:
                x = block(x, self.mask)
            return self.ln_f(x) @ self.wte.weight.T

    for name, model, x in (
        ('resnet50', resnet, torch.rand(1, 3, 224, 224)),
        ('gpt2', Gpt2(), torch.randint(0, 50257, (1, 64))),
    ):
        file = f'{folder}/{name}.onnx'
        torch.onnx.export(model.eval(), (x,), file, dynamo=True, external_data=False, verbose=False)
    print(json.dumps({'made': True}))


def measure(file, runs):
    import numpy as np
    import onnxruntime

    began = time.perf_counter()
    session = onnxruntime.InferenceSession(file, providers=['CPUExecutionProvider'])
    (given,) = session.get_inputs()
    count = int(np.prod(given.shape))
    x = (np.arange(count) % 7).reshape(given.shape).astype(np.float32 if 'float' in given.type else np.int64)
    run = lambda: session.run(None, {given.name: x})
    run()
    opened = 1000 * (time.perf_counter() - began)
    times = []
    for _ in range(runs):
        began = time.perf_counter()
        run()
        times.append(1000 * (time.perf_counter() - began))
    versions = f'onnxruntime {onnxruntime.__version__}'
    print(json.dumps({'opened': opened, 'forward': float(np.median(times)), 'versions': versions}))


if sys.argv[2] == 'make':
    make(sys.argv[3])
else:
    measure(sys.argv[3], int(sys.argv[1]))
