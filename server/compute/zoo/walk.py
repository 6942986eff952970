"""A Keras model run layer by layer, eagerly: every layer's output can be looked at, replaced and edited.

Keras itself computes each layer, masks ride on the tensors as Keras has them; only the order is kept here. Models within
models are entered, so that their layers have outputs too.
"""

import keras
import tensorflow as tf


def mask_of(tensor):
    return getattr(tensor, "_keras_mask", None)


def like(tensor, original):
    """The tensor with the mask of what it stands for."""
    mask = mask_of(original)
    if mask is not None:
        tensor = tf.identity(tensor)
        tensor._keras_mask = mask
    return tensor


class Walk:
    """Outputs of all layers for one batch, by name (the first use of each); `output` is the model's first one.

    `scores` is what the layer `scorer` puts out before its softmax or sigmoid.
    """

    def __init__(self, model, x, scorer=None, replaced=None, edits=None):
        self.replaced, self.edits = replaced or {}, edits or {}
        self.scorer = scorer
        self.values, self.scores = {}, None
        x = tf.cast(x, model.inputs[0].dtype)
        self.output = self.through(functional(model), [x], True)[0]

    def through(self, model, inputs, outermost):
        known = {}
        for symbol, value in zip(model.inputs, inputs):
            name = symbol._keras_history.operation.name
            known[id(symbol)] = self.take(name, value) if outermost else value
        nodes = [n for depth in sorted(model._nodes_by_depth, reverse=True) for n in model._nodes_by_depth[depth]]
        for node in nodes:
            if node.is_input:
                continue
            op = node.operation
            args, kwargs = node.arguments.fill_in(known)
            if isinstance(op, (keras.Model, keras.Sequential)):
                outs = self.through(functional(op), tf.nest.flatten(args), False)
            else:
                y = op(*args, **kwargs)
                if op.name == self.scorer:
                    self.scores = before_activation(op, args, kwargs)
                outs = [self.take(op.name, part) if i == 0 else part for i, part in enumerate(tf.nest.flatten(y))]
            for symbol, value in zip(node.outputs, outs):
                known[id(symbol)] = value
        return [known[id(symbol)] for symbol in model.outputs]

    def take(self, name, y):
        first = name not in self.values
        if first and name in self.replaced:
            y = like(self.replaced[name], y)
        elif name in self.edits:
            y = like(self.edits[name](y), y)
        if first:
            self.values[name] = y
        return y


def functional(model):
    return model._functional if isinstance(model, keras.Sequential) else model


def before_activation(layer, args, kwargs):
    """What the layer puts out without its softmax or sigmoid; of an activation alone, its input."""
    if isinstance(layer, (keras.layers.Softmax, keras.layers.Activation)):
        return args[0]
    activation = getattr(layer, "activation", None)
    if activation not in (keras.activations.softmax, keras.activations.sigmoid):
        return None
    layer.activation = keras.activations.linear
    try:
        return layer(*args, **kwargs)
    finally:
        layer.activation = activation


def layer_names(model):
    """All layers, those within inner models in place of these; inner inputs have no outputs of their own."""
    names = []

    def visit(network, outermost):
        for layer in network.layers:
            if isinstance(layer, (keras.Model, keras.Sequential)):
                visit(layer, False)
            elif outermost or not isinstance(layer, keras.layers.InputLayer):
                if layer.name not in names:
                    names.append(layer.name)

    visit(functional(model), True)
    return names
