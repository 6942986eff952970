/** Python that gets a model and data from the server: a class for each, written into the snippets that need them. */

/** `get(path)`: bytes and headers of something of the project. */
export const GET = `def get(path):
    request = urllib.request.Request(f"{SERVER}/api/v1/projects/{PROJECT}/{path}")
    request.add_header("Authorization", "Bearer " + os.environ["INTERLAYER_TOKEN"])
    with urllib.request.urlopen(request) as response:
        return response.read(), response.headers`;

export const SPLIT = `class Split:
    """Examples as the model is given them, their classes by its outputs (-1: none) and further columns."""

    def __init__(self, model, dataset, split):
        self.model = model
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
        ends = [((end - subtract) / divide) for end in (np.float64(stored.min()), np.float64(stored.max()))]
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

export const MODEL = `class Model:
    """A model layer by layer, so that outputs can be looked at, replaced and edited."""

    def __init__(self, name, step, head):
        export = json.loads(get(f"models/{quote(name)}/export?step={step}")[0])
        config = export["topology"].get("model_config", export["topology"])
        config = config["config"] if isinstance(config["config"], dict) else {"layers": config["config"]}
        self.nodes, self.edits, self.shape = [], {}, None
        self.classes, self.head, self.replaced = head["classes"], head, set()
        values = {}
        for spec in config["layers"]:
            settings = dict(spec["config"])
            shape = settings.pop("batch_input_shape", None)
            self.shape = self.shape or (shape and shape[1:])
            calls = spec.get("inbound_nodes")
            if calls is not None and len(calls) > 1:
                raise SystemExit(f"{settings['name']} is used more than once, which this script does not follow")
            inputs = [call[0] for call in calls[0]] if calls else [self.nodes[-1][0]] if self.nodes and calls is None else []
            if spec["class_name"] == "InputLayer":
                self.nodes.append((settings["name"], None, []))
                values[settings["name"]] = tf.zeros([1, *[size or 1 for size in self.shape]])
                continue
            layer = getattr(keras.layers, spec["class_name"]).from_config(settings)
            self.nodes.append((settings["name"], layer, inputs))
            given = [values[i] for i in inputs] or [tf.zeros([1, *[size or 1 for size in self.shape]])]
            layer(given[0] if len(given) == 1 else given)
            own = [w for w in export["weights"] if w["name"].startswith(settings["name"] + "/")]
            arrays = [np.frombuffer(base64.b64decode(w["data"]), "<f4").reshape(w["shape"]) for w in own]
            named = {w["name"].rsplit("/", 1)[-1]: array for w, array in zip(own, arrays)}
            layer.set_weights([named[w.name] for w in layer.weights] if len(named) == len(own) else arrays)
            values[settings["name"]] = layer(given[0] if len(given) == 1 else given)
        ends = config.get("output_layers")
        self.last = next(node for node in self.nodes if node[0] == (ends[0][0] if ends else self.nodes[-1][0]))

    def run(self, x, replaced={}):
        """Every layer's output; \`replaced\` stand for the outputs of layers."""
        x = tf.convert_to_tensor(x, "float32")
        if self.shape is not None and None not in self.shape:
            x = tf.reshape(x, [-1, *self.shape])
        elif self.shape and len(x.shape) != len(self.shape) + 1 and self.shape.count(None) == 1:
            x = tf.reshape(x, [len(x), *[-1 if size is None else size for size in self.shape]])
        elif self.shape and len(x.shape) == len(self.shape):
            x = tf.expand_dims(x, -1)
        values, self.replaced = {}, set(replaced)
        for name, layer, inputs in self.nodes:
            if name in replaced:
                values[name] = replaced[name]
                continue
            given = [values[i] for i in inputs] or [x]
            y = x if layer is None else layer(given[0] if len(given) == 1 else given)
            values[name] = self.edits[name](y) if name in self.edits else y
        return values

    def output(self, values):
        return values[self.last[0]]

    def before(self, values, term):
        """What goes into a softmax or sigmoid: of the layer that is one, or of the layer that ends in one."""
        layer, inputs = next((l, i) for n, l, i in self.nodes if n == term["layer"])
        given = values[inputs[0]]
        if isinstance(layer, (keras.layers.Softmax, keras.layers.Activation)):
            return given
        activation, layer.activation = layer.activation, keras.activations.linear
        try:
            return layer(given)
        finally:
            layer.activation = activation

    def scores(self, values):
        """(n, units) before the last softmax or sigmoid; the output itself where it has none."""
        if not self.head["scores"]:
            return self.output(values)
        return tf.concat([rows(self.before(values, terms[0])) for terms in self.head["parts"]], 1)

    def logarithms(self, values):
        """Logarithms of the probabilities (n, classes), from what goes into softmaxes and sigmoids."""
        kind, logits = self.head["kind"], self.head["logits"]
        if logits:
            y = rows(self.output(values))
            if kind == "softmax":
                return tf.nn.log_softmax(y)
            said, not_said = -tf.nn.softplus(-y), -tf.nn.softplus(y)
        elif not self.head["apart"] or (self.edits.keys() | self.replaced) & set(self.head["path"]):
            y = rows(self.output(values))
            said, not_said = y if kind == "log_softmax" else tf.math.log(y), tf.math.log(1 - y)
        else:
            said, not_said = self.mixtures(values, 1), self.mixtures(values, -1) if kind == "sigmoid" else None
        return tf.concat([not_said, said], 1) if kind == "sigmoid" and said.shape[-1] == 1 else said

    def mixtures(self, values, sign):
        def log(term):
            z = self.before(values, term)
            axes = term["axes"]
            y = z - tf.reduce_logsumexp(z, axes, keepdims=True) if term["squash"] != "sigmoid" else -tf.nn.softplus(-sign * z)
            for step in term["steps"]:
                if step is not None:
                    y = tf.reshape(y, [-1, *step])
                    continue
                y = tf.reshape(y, [y.shape[0], -1, y.shape[-1]])
                y = tf.reduce_logsumexp(y, 1) - math.log(y.shape[1])
            return rows(y) + math.log(term["weight"])

        return tf.concat([tf.reduce_logsumexp(tf.stack([log(t) for t in terms]), 0) for terms in self.head["parts"]], 1)

    def probabilities(self, values):
        """(n, classes); the outputs as they are where nothing makes them probabilities."""
        y, kind = rows(self.output(values)), self.head["kind"]
        if self.head["logits"]:
            y = tf.nn.softmax(y) if kind == "softmax" else tf.sigmoid(y)
        elif kind == "log_softmax":
            y = tf.exp(y)
        return tf.concat([1 - y, y], 1) if kind == "sigmoid" and y.shape[-1] == 1 else y

    def outputs(self, x, read):
        """What \`read\` makes of all layers' outputs, for any number of examples."""
        return np.concatenate([np.asarray(read(self.run(x[i : i + 256]))) for i in range(0, len(x), 256)])

    def edit(self, layer, unit, factor, offset):
        before = self.edits.get(layer, lambda y: y)

        def after(y):
            y = before(y)
            here = tf.one_hot(unit, y.shape[-1])
            return y * (1 + here * (factor - 1)) + here * offset

        self.edits[layer] = after

    def set(self, layer, tensor, index, value):
        weight = next(w for w in dict((n, l) for n, l, _ in self.nodes)[layer].weights if w.name == tensor)
        array = np.array(weight)
        array[index] = value
        weight.assign(array)


def rows(y):
    """(n, ...) to (n, numbers)."""
    return tf.reshape(y, [y.shape[0], -1])


def unit_means(y):
    """(n, ..., units) to (n, units): mean over places."""
    return tf.reduce_mean(tf.reshape(y, [y.shape[0], -1, y.shape[-1]]), 1)`;

export const ATTACK = `def attack(model, x, label, epsilon, step, steps, split):
    """Climbs the loss of the label, or of the predicted class where there is none."""
    low, high = split.low, split.high
    said = model.outputs(x, lambda v: tf.argmax(model.probabilities(v), 1))
    classes = tf.constant(np.where(label < 0, said, label), "int32")
    now = tf.constant(x)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            tape.watch(now)
            loss = tf.reduce_sum(model_loss(model, model.run(now), classes))
        moved = tf.clip_by_value(now + step * tf.sign(tape.gradient(loss, now)), low, high)
        now = tf.clip_by_value(moved, x - epsilon, x + epsilon)
    return now.numpy()`;

export const LOSS = `def model_loss(model, values, classes):
    """Minus the logarithm of the class's probability, from the scores; no number without a class."""
    classes = tf.cast(classes, "int32")
    known = tf.gather(model.logarithms(values), tf.maximum(classes, 0), axis=1, batch_dims=1)
    return tf.where(classes < 0, np.float32("nan"), -known)`;
