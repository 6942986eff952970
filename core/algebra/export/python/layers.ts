/** Python that makes a layer of Keras of what a model's export says of it. */

export const LAYERS = `FUNCTIONS = {
    "elu": lambda x, alpha=1: keras.activations.elu(x, alpha),
    "relu": lambda x, slope=0, threshold=0, max=None: keras.activations.relu(x, slope, max, threshold),
    "leakyRelu": lambda x, slope=0.2: keras.activations.leaky_relu(x, slope),
    "softmax": lambda x, axis=-1: keras.activations.softmax(x, int(axis)),
    "logSoftmax": lambda x, axis=-1: keras.activations.log_softmax(x, int(axis)),
    "geluTanh": lambda x: keras.activations.gelu(x, approximate=True),
    # That of Keras 1 and 2; the name has another meaning in Keras 3.
    "hard_sigmoid": lambda x: tf.clip_by_value(0.2 * x + 0.5, 0, 1),
    "hardSigmoidOfSixths": lambda x: tf.nn.relu6(x + 3) / 6,
    "hardSilu": lambda x: x * tf.nn.relu6(x + 3) / 6,
    "hardTanh": lambda x: tf.clip_by_value(x, -1, 1),
    "celu": lambda x, alpha=1: keras.activations.celu(x, alpha),
    "exponential": lambda x: tf.exp(x),
    "logSigmoid": lambda x: tf.math.log_sigmoid(x),
    "softShrink": lambda x, threshold=0.5: keras.activations.soft_shrink(x, threshold),
    "hardShrink": lambda x, threshold=0.5: keras.activations.hard_shrink(x, threshold),
    "tanhShrink": lambda x: x - tf.tanh(x),
    "sparsePlus": lambda x: keras.activations.sparse_plus(x),
    "sparseSigmoid": lambda x: keras.activations.sparse_sigmoid(x),
    "squareplus": lambda x, b=4: keras.activations.squareplus(x, b),
}


def function(call):
    """An activation by the call that an export writes for it, elu(alpha=0.3); None for a name of Keras."""
    name, opened, given = call.removesuffix(")").partition("(")
    if not opened and name != "hard_sigmoid":
        return None
    values = {key: float(value) for key, value in (part.split("=") for part in given.split(",") if part)}
    return lambda x: FUNCTIONS[name](x, **values)


def made(kind, settings):
    """A layer of Keras; of a wrapper, with the layer within."""
    within = settings.get("layer")
    if not isinstance(within, dict):
        return activated(named(kind, settings), settings)
    # Bidirectional makes copies of a layer by its names, so that functions come after.
    inner = within["class_name"], within["config"]
    own = {key: settings[key] for key in ("name", "merge_mode") if key in settings}
    if kind != "Bidirectional":
        return getattr(keras.layers, kind)(made(*inner), **own)
    whole = keras.layers.Bidirectional(named(*inner), **own)
    for copy in (whole.forward_layer, whole.backward_layer):
        activated(copy, within["config"])
    return whole


ACTIVATIONS = ("activation", "recurrent_activation")


def activated(layer, settings):
    for key in ACTIVATIONS:
        found = function(settings.get(key) or "")
        if found:
            setattr(getattr(layer, "cell", layer), key, found)
    return layer


def named(kind, settings):
    """A layer of Keras, linear where its activation is one that Keras has no name for."""
    # What a file leaves out, an export writes as TensorFlow.js takes it.
    settings = ({"reset_after": False} if kind == "GRU" else {}) | settings
    # Names of the server's own layers.
    if kind == "ResetAfterGRU":
        kind, settings["reset_after"] = "GRU", True
    elif kind == "BilinearUpSampling2D":
        kind, settings["interpolation"] = "UpSampling2D", "bilinear"
    elif kind in ("GroupedConvolution", "DepthwiseConvolution", "SeparableConvolution"):
        kind = f"{kind.removesuffix('olution').removeprefix('Grouped')}{len(settings['kernel_size'])}D"
    plain = {key: "linear" for key in ACTIVATIONS if function(settings.get(key) or "")}
    return getattr(keras.layers, kind).from_config(settings | plain)`;
