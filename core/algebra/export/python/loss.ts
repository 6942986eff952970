/** Python of losses, and of inputs moved up them. */

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

export const LOSS = `def model_loss(model, values, classes, dtype="float32"):
    """Minus the logarithm of the class's probability, from the scores; no number without a class."""
    classes = tf.cast(classes, "int32")
    known = tf.gather(model.logarithms(values, dtype), tf.maximum(classes, 0), axis=1, batch_dims=1)
    return tf.where(classes < 0, tf.constant(np.nan, dtype), -known)`;
