"""Questions of the query language about a model and a data set, each with the tensors of its answer.

Left out, since their random numbers are the server's own: shapley, smoothgrad, noise, umap and tsne; and
guided_backprop, which changes how rectifiers are differentiated (its goldens are server/compute/goldens).
"""

import numpy as np
import reference as r
import tensorflow as tf

EXAMPLE = 3


def between(values, share):
    """A number that no value is near to, with about `share` of the values below it."""
    s = np.unique(np.asarray(values, "float64"))
    if len(s) < 2:
        return None
    at = min(len(s) - 2, int(share * len(s)))
    return float(f"{(s[at] + s[at + 1]) / 2:.6g}")


def questions(name, data, subject, brief):
    """(text, tensors); `brief`: those that show how the data were read."""
    specimen = subject.specimen
    one, every = f"{name}@1({data}.all[{EXAMPLE}])", f"{name}@1({data}.all)"
    yield from layers(subject, one, every, brief)
    if specimen.classes:
        yield from predicted(subject, one, every)
    yield from conditions(name, data, subject, brief)
    yield from attributions(subject, one, every, brief)
    if not brief:
        yield from representations(subject, one, every)
        yield from weights(subject, name)
        yield from changes(subject, one, every)


def layers(subject, one, every, brief):
    for layer in ["input", subject.specimen.layer] if brief else subject.layers:
        y = subject.output(layer)
        if y.ndim <= 4:
            yield f"select activation({layer}) from {one}", {"values": r.units_first(y[EXAMPLE])}
        yield f"select stats({layer}) from {every}", r.stats(y)


def predicted(subject, one, every):
    rows = np.arange(len(subject.x))
    found = r.predictions(subject, subject.whole, rows)
    yield f"select predict() from {every}", found
    yield f"select predict() from {one}", {"values": found["probabilities"][EXAMPLE]}
    if subject.y is None:
        return
    classes = subject.specimen.classes
    yield f"select confusion() from {every}", r.confusion(subject.y, found["predicted"], classes)
    yield f"select classmetrics() from {every}", r.classmetrics(subject.y, found["predicted"], classes)
    yield f"select calibration(5) from {every}", r.calibration(subject.y, found["probabilities"], 5)


def conditions(name, data, subject, brief):
    specimen, n = subject.specimen, len(subject.x)
    layer, unit = specimen.layer, specimen.unit
    y = subject.output(layer)
    means = r.unit_means(y).numpy()[:, unit]
    flat = y.reshape(n, -1)
    distance = np.linalg.norm(flat - flat[2], axis=1)
    cases = [
        ("index >= 7", np.arange(n) >= 7),
        (f"{layer}#{unit} > {(t := between(means, 0.5))}", None if t is None else means > t),
        (f"distance({layer}, {data}.all[2]) < {(t := between(distance, 0.4))}", None if t is None else distance < t),
        (f"distance({layer}, {data}.all[2]) = 0", distance == 0),
    ]
    labelled = subject.y is not None
    if labelled:
        order, _ = r.neighbours(y, 3)
        agreement = (subject.y[order] == subject.y[:, None]).mean(1)
        cases += [
            ("label = 1", subject.y == 1),
            ("label in [0, 1] and not index < 4", np.isin(subject.y, [0, 1]) & (np.arange(n) >= 4)),
            (f"agreement({layer}, 3) > 0.5", agreement > 0.5),
        ]
    order_by = [(f"{layer}#{unit}", means, True)]
    if specimen.classes:
        p = subject.probabilities(subject.whole).numpy()
        confidence = p.max(1)
        cases += [
            ("predicted = 1", p.argmax(1) == 1),
            (f"confidence > {(t := between(confidence, 0.5))}", None if t is None else confidence > t),
        ]
        order_by.append(("confidence", confidence, False))
        if labelled:
            losses = subject.losses(subject.whole, subject.y).numpy()
            cases += [
                ("predicted != label", p.argmax(1) != subject.y),
                (f"loss > {(t := between(losses, 0.6))}", None if t is None else losses > t),
            ]
            order_by.append(("loss", losses, True))
    if brief:
        cases, order_by = cases[-3:], order_by[-1:]
    for where, holds in cases:
        if holds is None or not holds.any():
            continue
        rows = np.flatnonzero(holds)
        slice_ = f"{name}@1({data}.all[{where}])"
        if specimen.classes:
            found = r.predictions(subject, subject.walk(subject.x[rows]), rows)
            yield f"select predict() from {slice_}", {"index": rows, "confidence": found["confidence"]}
        else:
            yield f"select stats({layer}) from {slice_}", r.stats(y[rows])
    for key, values, desc in order_by:
        best = np.argsort(-values if desc else values, kind="stable")[:6]
        text = f"order by {key}{' desc' if desc else ''} limit 6"
        if specimen.classes:
            yield f"select predict() from {name}@1({data}.all) {text}", {"index": best}
        else:
            yield f"select stats({layer}) from {name}@1({data}.all) {text}", r.stats(y[best])


def representations(subject, one, every):
    specimen = subject.specimen
    layer, unit, rows = specimen.layer, specimen.unit, np.arange(len(subject.x))
    y = subject.output(layer)
    means = r.unit_means(y).numpy()
    yield f"select histogram({layer}) from {every}", r.histogram(y)
    yield f"select histogram({layer}#{unit}) from {every}", r.histogram(y[..., unit])
    yield f"select stats({layer}#{unit}) from {every}", r.stats(y[..., unit : unit + 1])
    yield f"select top({layer}#{unit}, 4) from {every}", r.top(means[:, unit], subject.label, rows, 4)
    order, distance = r.neighbours(y, 4)
    one_row = {"index": order[EXAMPLE], "value": distance[EXAMPLE]}
    yield f"select neighbours({layer}, 4) from {one}", one_row
    if subject.y is not None:
        agreement = (subject.y[order] == subject.y[:, None]).mean(1).astype("float64")
        every_row = {"index": rows, "neighbours": order, "distance": distance, "agreement": agreement}
        yield f"select neighbours({layer}, 4) from {every}", every_row
        yield f"select classmeans({layer}) from {every}", r.classmeans(means, subject.y, subject.y.max() + 1)
    outputs = [subject.output(name) for name in subject.layers]
    table = np.array([[r.cka(a, b) for b in outputs] for a in outputs])
    yield f"select similarity() from {every}", {"values": table}
    yield f"select similarity(input, {layer}) from {every}", {"values": np.array([[r.cka(outputs[0], y)]])}


def weights(subject, name):
    for layer in subject.model._flatten_layers(include_self=False):
        kind = type(layer).__name__
        if layer.name not in subject.layers or not layer.weights or kind in ("Bidirectional", "TimeDistributed"):
            continue
        yield f"select weights({layer.name}) from {name}@1", {name_of(kind, w): w.numpy() for w in layer.weights}
        if kind in ("Dense", "Conv1D", "Conv2D", "Conv3D"):
            own = {"kernel": layer.kernel.numpy()[..., 0], "bias": layer.bias.numpy()[:1]}
            yield f"select weights({layer.name}#0) from {name}@1", own


def name_of(kind, weight):
    """Keras 3 calls the kernel of a depthwise convolution `kernel`, earlier ones and the server `depthwise_kernel`."""
    return "depthwise_kernel" if kind == "DepthwiseConv2D" and weight.name == "kernel" else weight.name


def attributions(subject, one, every, brief):
    specimen = subject.specimen
    x = subject.x[EXAMPLE : EXAMPLE + 1]
    if specimen.classes:
        best = int(subject.probabilities(subject.whole).numpy()[EXAMPLE].argmax())
        default = ("class", best)
    else:
        default = ("logit", int(r.unit_means(subject.whole.output).numpy()[EXAMPLE].argmax()))
    targets = [("", *default), (f" for unit {specimen.layer}#{specimen.unit}", "unit", (specimen.layer, specimen.unit))]
    if specimen.head != "mixture":
        targets.append((" for logit 0", "logit", 0))
    if specimen.classes:
        targets.append((f" for class {specimen.classes - 1}", "class", specimen.classes - 1))
        if subject.y is not None:
            targets.append((" for loss", "loss", int(subject.y[EXAMPLE])))
    if specimen.smooth and x.ndim <= 4:
        shown = lambda values: values if values.ndim != 2 else values[..., None]
        for words, kind, index in targets[-1:] if brief else targets:
            place = r.Place(subject, x, None, kind, index)
            yield order_of(f"* from {one}", words, "gradient"), {"values": shown(r.gradient(place))}
        if brief:
            return
        place = r.Place(subject, x, None, *default)
        mean = np.broadcast_to(subject.x.mean(0, keepdims=True), x.shape)
        other = r.Place(subject, x, None, *default, baseline=mean)
        yield order_of(f"* from {one}", "", "gradient_x_input(baseline=mean)"), {"values": shown(r.gradient_x_input(other))}
        yield order_of(f"* from {one}", "", "ig(steps=12)"), {"values": shown(r.ig(place, 12))}
        yield order_of(f"* from {one}", "", "occlusion(window=2, stride=2)"), {"values": shown(r.occlusion(place, 2, 2))}
        if x.size <= 6:
            yield order_of(f"* from {one}", "", "exact_shapley"), {"values": shown(r.exact_shapley(place))}
        second = r.ig(r.Place(subject, subject.x[5:6], None, *default), 12)
        first = r.ig(place, 12)
        target = f" for {default[0]} {default[1]}"
        right = one.replace(f"[{EXAMPLE}]", "[5]")
        shared = np.where(first * second > 0, np.sign(first) * np.minimum(abs(first), abs(second)), 0)
        for word, values in (("join", shared), ("left join", first - second)):
            yield (
                f"{order_of(f'* from {one}', target, 'ig(steps=12)')} {word} ({order_of(f'* from {right}', target, 'ig(steps=12)')})",
                {"values": shown(values)},
            )
    if brief:
        return
    if specimen.maps:
        place = r.Place(subject, x, specimen.maps, *default)
        parts = r.gradcam(place)
        yield order_of(f"{specimen.maps} from {one}", "", "gradcam"), {"values": r.units_first(parts)}
    for layer in specimen.places:
        for words, kind, index in targets:
            if kind == "unit" and layer != index[0] and subject.layers.index(layer) > subject.layers.index(index[0]):
                continue
            if kind == "logit" and layer == specimen.scorer:
                continue
            place = r.Place(subject, x, layer, kind, index)
            yield order_of(f"{layer} from {one}", words, "gradient"), {"values": r.units_first(r.gradient(place))}
        place = r.Place(subject, x, layer, *default)
        # A layer of means over masked steps has none for an input of padding alone.
        compared = np.isfinite(place.baseline).all()
        if compared:
            yield order_of(f"{layer} from {one}", "", "ig(steps=8)"), {"values": r.units_first(r.ig(place, 8))}
        if compared and np.prod(place.shape) <= 40:
            values = r.units_first(r.occlusion(place, 1, 1))
            yield order_of(f"{layer} from {one}", "", "occlusion(window=1, stride=1)"), {"values": values}
        sums = []
        for i in range(5):
            each = r.Place(subject, subject.x[i : i + 1], layer, *default)
            sums.append(r.gradient(each).reshape(-1, each.shape[-1]).sum(0))
        target = f" for {default[0]} {default[1]}"
        yield (
            f"{order_of(f'{layer} from {every}', target, 'gradient')} limit 5",
            {"values": np.mean(sums, 0), "sd": np.std(sums, 0)},
        )


def order_of(what, target, method):
    """Clauses as the language writes them."""
    return f"select {what}{target} using {method}"


def changes(subject, one, every):
    specimen = subject.specimen
    layer, unit = specimen.layer, specimen.unit
    x, rows = subject.x, np.arange(len(subject.x))

    def answer(points, edits=None):
        walk = subject.walk(points, edits=edits)
        if specimen.classes:
            found = r.predictions(subject, walk, rows)
            return {"probabilities": found["probabilities"], "confidence": found["confidence"]}
        return r.stats(walk.output.numpy())

    asked = f"select predict() from {every}" if specimen.classes else f"select stats(output) from {every}"
    here = tf.one_hot(unit, subject.output(layer).shape[-1], dtype=specimen.precision)
    for text, edit in [
        (f"ablate({layer}#{unit})", lambda y: y * (1 - here)),
        (f"clamp({layer}#{unit}, 0.5)", lambda y: y * (1 - here) + 0.5 * here),
        (f"scale({layer}#{unit}, -2)", lambda y: y * (1 - 3 * here)),
    ]:
        yield f"{asked} with {text}", answer(x, {layer: edit})
    last = next(each for each in subject.model._flatten_layers() if each.name == specimen.scorer)
    if getattr(last, "kernel", None) is not None:
        before = last.kernel.numpy()
        after = before.copy()
        after[1, 0] = 1.5
        last.kernel.assign(after)
        yield f"{asked} with set({specimen.scorer}.kernel[1,0], 1.5)", answer(x)
        last.kernel.assign(before)
    if specimen.classes and specimen.smooth:
        for text, step, steps in (("fgsm(0.05)", 0.05, 1), ("pgd(0.05, 3)", 2.5 * 0.05 / 3, 3)):
            yield f"{asked} with {text}", answer(r.attack(subject, x, subject.label, 0.05, step, steps))
