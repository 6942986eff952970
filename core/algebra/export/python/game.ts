/** Python that attributes: the target as a function of the features at one place, and the methods that play with it. */
import type { ScriptedMethod } from '../../dictionary/methods.ts';

export const GAME = `class Game:
    """The target as a function of the features at one place, for one example x (1, ...)."""

    def __init__(self, model, x, label, baseline, layer=None, target=None, window=None):
        self.model, self.layer, self.target = model, layer, target
        self.class_ = self.fixed(model.run(x), label)
        mask = np.ones(x.shape[1:], bool)
        if window is not None:
            x1, y1, x2, y2 = window
            mask[:] = False
            mask[y1:y2, x1:x2] = True
            x = np.where(mask, x, baseline)
        self.x = tf.constant(x, "float32")
        self.baseline = tf.constant(baseline, "float32")
        if layer is None:
            self.features, self.players = self.x, np.flatnonzero(mask)
        else:
            self.features, self.baseline = model.run(self.x)[layer], model.run(self.baseline)[layer]
            self.players = np.arange(int(np.prod(self.features.shape)))

    def fixed(self, values, label):
        kind, index = self.target or ("class" if self.model.head["probable"] else "logit", None)
        if kind == "loss" or index is not None:
            return label if kind == "loss" else index
        rows = self.model.probabilities(values) if kind == "class" else unit_means(self.model.output(values))
        return int(tf.argmax(rows[0]))

    def value(self, points):
        """Target at m points (m, ...)."""
        if self.layer is None:
            values = self.model.run(points)
        else:
            values = self.model.run(tf.repeat(self.x, points.shape[0], 0), {self.layer: points})
        kind = (self.target or ("class" if self.model.head["probable"] else "logit", None))[0]
        if kind == "class":
            return self.model.probabilities(values)[:, self.class_]
        if kind == "loss":
            return model_loss(self.model, values, tf.fill([points.shape[0]], self.class_))
        if kind == "unit":
            layer, unit = self.class_
            return unit_means(values[layer])[:, unit]
        return unit_means(self.model.scores(values))[:, self.class_]

    def values(self, points):
        return np.concatenate([self.value(points[i : i + 256]).numpy() for i in range(0, len(points), 256)])

    def gradient(self, points):
        parts = []
        for i in range(0, points.shape[0], 64):
            part = points[i : i + 64]
            with tf.GradientTape() as tape:
                tape.watch(part)
                value = tf.reduce_sum(self.value(part))
            found = tape.gradient(value, part)
            parts.append((tf.zeros_like(part) if found is None else found).numpy())
        return np.concatenate(parts)

    def with_players(self, present):
        """Points (m, ...) from rows that say which players are present."""
        x, b = self.features.numpy().ravel(), self.baseline.numpy().ravel()
        points = np.repeat(b[None], len(present), 0)
        points[:, self.players] = np.where(present, x[self.players], b[self.players])
        return tf.constant(points.reshape(-1, *self.features.shape[1:]))

    def only_players(self, values):
        out = np.zeros(values.size, "float64")
        out[self.players] = values.ravel()[self.players]
        return out.reshape(values.shape)`;

/** By method: a Python function of a game and the method's parameters. */
export const METHOD_CODE = {
  gradient: `def explain(game):
    return game.only_players(game.gradient(game.features)[0])`,
  gradient_x_input: `def explain(game):
    return game.only_players(((game.features - game.baseline) * game.gradient(game.features))[0].numpy())`,
  smoothgrad: `def explain(game, samples, sd, seed):
    # The noise is this script's own: the numbers vary a little.
    noise = np.random.default_rng(seed).normal(size=(samples, *game.features.shape[1:])).astype("float32")
    spread = sd * float(tf.reduce_max(game.features) - tf.reduce_min(game.features))
    return game.only_players(game.gradient(game.features + spread * noise).mean(0))`,
  ig: `def explain(game, steps):
    alpha = ((np.arange(steps, dtype="float32") + 0.5) / steps).reshape(-1, *[1] * (len(game.features.shape) - 1))
    points = game.baseline + alpha * (game.features - game.baseline)
    mean = game.gradient(points).astype("float64").mean(0)
    return game.only_players(mean * (game.features - game.baseline)[0].numpy())`,
  gradcam: `def explain(game):
    x, gradient = game.features[0].numpy(), game.gradient(game.features)[0]
    return x * gradient.mean(axis=(0, 1))`,
  occlusion: `def explain(game, window, stride):
    shape = game.features.shape[1:]
    channels = shape[-1] if len(shape) > 1 else 1
    places = shape[:-1] if len(shape) > 1 else []

    def starts(size):
        last = max(0, size - window)
        return [*range(0, last, stride), last]

    covers = []
    flat = np.arange(int(np.prod(shape))).reshape(shape)
    if not places:
        covers = [np.array([player]) for player in game.players]
    else:
        units = [slice(None)] if game.layer is None else [slice(u, u + 1) for u in range(channels)]
        for unit in units:
            for corner in itertools.product(*[starts(size) for size in places]):
                found = flat[tuple(slice(at, at + window) for at in corner) + (unit,)].ravel()
                found = found[np.isin(found, game.players)]
                if len(found):
                    covers.append(found)
    x, b = game.features.numpy().ravel(), game.baseline.numpy().ravel()
    points = np.repeat(x[None], len(covers), 0)
    for point, cover in zip(points, covers):
        point[cover] = b[cover]
    whole = game.values(game.features)[0]
    drops = whole - game.values(tf.constant(points.reshape(-1, *shape)))
    sums, counts = np.zeros(x.size), np.zeros(x.size)
    for drop, cover in zip(drops, covers):
        sums[cover] += drop
        counts[cover] += 1
    return (sums / np.maximum(counts, 1)).reshape(shape)`,
  exact_shapley: `def explain(game):
    n = len(game.players)
    subsets = (np.arange(2**n)[:, None] >> np.arange(n)) & 1
    target = game.values(game.with_players(subsets.astype(bool))).astype("float64")
    size = subsets.sum(1)
    values = np.zeros(int(np.prod(game.features.shape[1:])))
    for p, player in enumerate(game.players):
        without = np.flatnonzero(subsets[:, p] == 0)
        weight = 1 / (n * np.array([math.comb(n - 1, s) for s in size[without]]))
        values[player] = np.sum(weight * (target[without | (1 << p)] - target[without]))
    return values.reshape(game.features.shape[1:])`,
  shapley: `def explain(game, samples, seed):
    # The orders are this script's own: the numbers vary by the standard error.
    random = np.random.default_rng(seed)
    n = len(game.players)
    sums = np.zeros(n)
    pairs = max(2, -(-samples // 2))
    for _ in range(pairs):
        order = random.permutation(n)
        for order in (order, order[::-1]):
            present = np.zeros((n + 1, n), bool)
            for i, p in enumerate(order):
                present[i + 1 :, p] = True
            sums[order] += np.diff(game.values(game.with_players(present)).astype("float64"))
    values = np.zeros(int(np.prod(game.features.shape[1:])))
    values[game.players] = sums / (2 * pairs)
    return values.reshape(game.features.shape[1:])`,
} as const satisfies Readonly<Record<Exclude<ScriptedMethod, 'pca'>, string>>;
