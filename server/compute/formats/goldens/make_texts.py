"""An .h5 file whose attribute names one long text 4,000 times: 64 KB there, 256 MB in memory. Writes shared-text.h5."""

import struct
from pathlib import Path

import h5py

N, LENGTH = 4000, 65_000
target = Path(__file__).with_name("shared-text.h5")
with h5py.File(target, "w") as file:
    texts = ["a" * LENGTH] + ["b"] * (N - 1)
    file.attrs.create("model_config", texts, dtype=h5py.string_dtype())

# A reference is the length, the address of the heap and the place there. All become the first one.
data = bytearray(target.read_bytes())
first = data.index(struct.pack("<I", LENGTH), data.index(b"model_config"))
reference = data[first : first + 16]
for at in range(first, first + 16 * N, 16):
    assert at == first or struct.unpack_from("<I", data, at)[0] == 1
    data[at : at + 16] = reference
target.write_bytes(data)
