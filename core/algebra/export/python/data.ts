/** Python that gets data from the server, as the model is given them. */

/** `get(path)`: bytes and headers of something of the project. */
export const GET = `def get(path):
    request = urllib.request.Request(f"{SERVER}/api/v1/projects/{PROJECT}/{path}")
    request.add_header("Authorization", "Bearer " + os.environ["INTERLAYER_TOKEN"])
    with urllib.request.urlopen(request) as response:
        return response.read(), response.headers`;

export const SPLIT = `class Split:
    """Examples as the model is given them, their classes by its outputs (-1: none) and further columns."""

    def __init__(self, model, dataset, split):
        self.model, self.dataset, self.name = model, dataset, split
        given = json.loads(get(f"models/{quote(model)}/preprocessing/{quote(dataset)}")[0])
        data = get(f"datasets/{quote(dataset)}/splits/{quote(split)}/export")[0]
        start = 8 + int.from_bytes(data[:8], "little")
        header = json.loads(data[8:start])
        types = {"U8": "u1", "I32": "<i4", "F32": "<f4", "F64": "<f8"}

        def read(name):
            info = header[name]
            begin, end = info["data_offsets"]
            return np.frombuffer(data[start + begin : start + end], types[info["dtype"]]).reshape(info["shape"])

        if given["problem"]:
            raise SystemExit(given["problem"])
        shapes, spec = given["shapes"], given["spec"]
        stored = read("x").reshape(-1, *shapes["stored"])
        if spec["layout"]["kind"] == "transpose":
            stored = stored.transpose(0, *[axis + 1 for axis in spec["layout"]["axes"]])
        stored = stored.reshape(-1, *shapes["shown"])
        along = [1] * len(shapes["shown"])
        if along:
            along[shapes["channels"]] = -1
        subtract, divide = [np.float64(spec["scale"][part]) for part in ("subtract", "divide")]
        subtract, divide = [number if number.ndim == 0 else number.reshape(along) for number in (subtract, divide)]
        self.x = ((stored - subtract) / divide).astype("float32")
        if shapes["whole"]:
            self.x = np.trunc(self.x)
        known = stored[np.isfinite(stored)] if np.isfinite(stored).any() else np.zeros(1)
        ends = [((end - subtract) / divide) for end in (np.float64(known.min()), np.float64(known.max()))]
        self.low, self.high = [np.float32(pick(*ends)) for pick in (np.minimum, np.maximum)]
        self.y = read("y") if "y" in header else np.full(len(self.x), -1)
        if given["classes"] != given["storedClasses"]:
            order = np.array([given["classes"].index(name) for name in given["storedClasses"]])
            self.y = np.where(self.y < 0, -1, order[self.y])
        halves = [name for name, type in header.get("__metadata__", {}).items() if type == "float16"]
        self.columns = {
            name[7:]: read(name).astype("float16") if name in halves else read(name)
            for name in header
            if name.startswith("column.")
        }

    def alike(self, a, b):
        """Two columns in the coarser of their types, so that what was written alike is equal."""
        a, b = self.columns[a], self.columns[b]
        coarse = [t for t in ("float16", "float32") if t in (a.dtype, b.dtype)]
        return (a.astype(coarse[0]), b.astype(coarse[0])) if coarse else (a, b)`;
