/** Python that gets a model from the server and runs it layer by layer. */

export const MODEL = `def masked_like(y, original):
    """y, with the mask of what it stands for."""
    mask = getattr(original, "_keras_mask", None)
    if mask is not None:
        y = tf.identity(y)
        y._keras_mask = mask
    return y


class Model:
    """A model layer by layer, so that outputs can be looked at, replaced and edited."""

    def __init__(self, name, step, head):
        export = json.loads(get(f"models/{quote(name)}/export?step={step}")[0])
        config = export["topology"].get("model_config", export["topology"])
        config = config["config"] if isinstance(config["config"], dict) else {"layers": config["config"]}
        self.classes, self.head, self.replaced = head["classes"], head, set()
        self.layers, self.edits, self.shape, self.calls = {}, {}, None, []
        waiting = []
        for at, spec in enumerate(config["layers"]):
            settings = dict(spec["config"])
            shape = settings.pop("batch_input_shape", None)
            self.shape = self.shape or (shape and shape[1:])
            layer = settings["name"]
            self.layers[layer] = None if spec["class_name"] == "InputLayer" else made(spec["class_name"], settings)
            calls = spec.get("inbound_nodes", [[[waiting[-1][0], 0, 0]]] if at else [])
            for number, call in enumerate(calls or [[]]):
                waiting.append((layer, number, [tuple(source[:3]) for source in call]))
        # Each use of a layer after what it needs.
        known = set()
        while waiting:
            ready = [call for call in waiting if all(source[:2] in known for source in call[2])]
            known |= {call[:2] for call in ready}
            self.calls += ready
            waiting = [call for call in waiting if call not in ready]
        ends = config.get("output_layers") or [[*self.calls[-1][:2], 0]]
        self.last = tuple(ends[0][:3])
        self.run(tf.zeros([1, *[size or 32 for size in self.shape]]))
        self.weights = {}
        for layer in filter(None, self.layers.values()):
            own = [w for w in export["weights"] if w["name"].startswith(layer.name + "/")]
            names = [w["name"].rsplit("/", 1)[-1] for w in own]
            arrays = [np.frombuffer(base64.b64decode(w["data"]), "<f4").reshape(w["shape"]) for w in own]
            # Some names differ between versions of Keras; the order does not.
            if sorted(names) == sorted({w.name for w in layer.weights}):
                order = [names.index(w.name) for w in layer.weights]
                names, arrays = [names[i] for i in order], [arrays[i] for i in order]
            layer.set_weights(arrays)
            self.weights[layer.name] = list(zip(names, layer.weights))

    def run(self, x, replaced={}):
        """Every layer's output, of its first use; \`replaced\` stand for the outputs of layers."""
        x = tf.convert_to_tensor(x, "float32")
        if self.shape is not None and None not in self.shape:
            x = tf.reshape(x, [-1, *self.shape])
        elif self.shape and len(x.shape) != len(self.shape) + 1 and self.shape.count(None) == 1:
            x = tf.reshape(x, [len(x), *[-1 if size is None else size for size in self.shape]])
        elif self.shape and len(x.shape) == len(self.shape):
            x = tf.expand_dims(x, -1)
        self.replaced = set(replaced)
        values, known = {"inputs of": {}}, {}
        for name, number, sources in self.calls:
            layer = self.layers[name]
            given = [known[source] for source in sources] or [x]
            given = given[0] if len(given) == 1 else given
            made = tf.nest.flatten(given if layer is None else layer(given))
            if name in replaced and name not in values:
                made[0] = masked_like(replaced[name], made[0])
            elif name in self.edits:
                made[0] = masked_like(self.edits[name](made[0]), made[0])
            values.setdefault(name, made[0])
            known |= {(name, number, i): y for i, y in enumerate(made)}
            if (name, number) == self.last[:2] or name not in values["inputs of"]:
                values["inputs of"][name] = given
        return values | {"output": known[self.last]}

    def output(self, values):
        return values["output"]

    def before(self, values, term):
        """What goes into a softmax or sigmoid: of the layer that is one, or of the layer that ends in one."""
        layer, given = self.layers[term["layer"]], values["inputs of"][term["layer"]]
        inner = getattr(layer, "layer", layer)
        if isinstance(inner, (keras.layers.Softmax, keras.layers.Activation)):
            return given
        activation, inner.activation = inner.activation, keras.activations.linear
        try:
            return layer(given)
        finally:
            inner.activation = activation

    def scores(self, values):
        """(n, units) before the last softmax or sigmoid; the output itself where it has none."""
        if not self.head["scores"]:
            return self.output(values)
        return tf.concat([rows(self.before(values, terms[0])) for terms in self.head["parts"]], 1)

    def logarithms(self, values, dtype="float32"):
        """Logarithms of the probabilities (n, classes), from what goes into softmaxes and sigmoids."""
        kind, logits = self.head["kind"], self.head["logits"]
        if logits:
            y = tf.cast(rows(self.output(values)), dtype)
            if kind == "softmax":
                return tf.nn.log_softmax(y)
            said, not_said = -tf.nn.softplus(-y), -tf.nn.softplus(y)
        elif not self.head["apart"] or (self.edits.keys() | self.replaced) & set(self.head["path"]):
            y = tf.cast(rows(self.output(values)), dtype)
            said, not_said = y if kind == "log_softmax" else tf.math.log(y), tf.math.log(1 - y)
        else:
            said, not_said = self.mixtures(values, 1, dtype), self.mixtures(values, -1, dtype) if kind == "sigmoid" else None
        return tf.concat([not_said, said], 1) if kind == "sigmoid" and said.shape[-1] == 1 else said

    def mixtures(self, values, sign, dtype):
        def log(term):
            z = tf.cast(self.before(values, term), dtype)
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

    def predictions(self, x):
        """Outputs, predicted class and its probability; -1 and no number where there is none."""
        p = self.outputs(x, self.probabilities)
        none = np.isnan(p).any(1) | ~np.isfinite(p.max(1)) | (not self.classes)
        confidence = np.where(none, np.nan, p.max(1) if self.head["probable"] else np.nan)
        return p, np.where(none, -1, p.argmax(1)), confidence

    def outputs(self, x, read):
        """What \`read\` makes of all layers' outputs, for any number of examples."""
        return np.concatenate([np.asarray(read(self.run(x[i : i + 256]))) for i in range(0, len(x), 256)])

    def edit(self, layer, unit, change):
        before = self.edits.get(layer, lambda y: y)

        def after(y):
            y = before(y)
            here = tf.range(y.shape[-1]) == unit
            return tf.where(here, change(y), y)

        self.edits[layer] = after

    def set(self, layer, tensor, index, value):
        weight = next(w for name, w in self.weights[layer] if name == tensor)
        array = np.array(weight)
        array[index] = value
        weight.assign(array)


def rows(y):
    """(n, ...) to (n, numbers)."""
    return tf.reshape(y, [y.shape[0], -1])


def unit_means(y):
    """(n, ..., units) to (n, units): mean over places."""
    return tf.reduce_mean(tf.reshape(y, [y.shape[0], -1, y.shape[-1]]), 1)`;
