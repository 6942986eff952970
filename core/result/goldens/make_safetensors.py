"""Writes reference.safetensors with the format's own library, so that our reader and writer are held against it.

Run: pip install safetensors numpy && python core/result/goldens/make_safetensors.py
Tensors have unequal dimensions, every type that we read, an empty one, a scalar, and a name outside ASCII.
"""

from pathlib import Path

import numpy as np
import safetensors
from safetensors.numpy import save_file

save_file(
    {
        "values": np.arange(24, dtype=np.float32).reshape(2, 3, 4) / 8 - 1,
        "exact": np.array([np.pi, -0.0, np.inf, 5e-324]),
        "label": np.array([7, -1, 2**31 - 1], dtype=np.int32),
        "pixels": np.array([[0, 255, 16]], dtype=np.uint8),
        "dead": np.array([True, False, True, True, False]),
        "none": np.zeros((0, 5), dtype=np.float32),
        "scalar": np.array(2.5, dtype=np.float32),
        "größe": np.array([1], dtype=np.int32),
    },
    Path(__file__).with_name("reference.safetensors"),
    metadata={"library": f"safetensors {safetensors.__version__}, numpy {np.__version__}"},
)
