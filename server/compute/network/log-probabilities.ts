/** Logarithms of probabilities from what goes into softmaxes and sigmoids: nothing underflows, nothing is clipped. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs';
import type { Head, Term } from '../../../core/algebra/index.ts';
import type { Tf } from '../tf.ts';

/**
 * (n, classes); of one sigmoid both classes, the one that it says last. `scores` gives what a term squashes, batch axis
 * first. Differentiable.
 */
export function logProbabilities<T>(tf: Tf, head: Head<T>, scores: (term: Term<T>) => Tensor): Tensor2D {
  const mixture = (terms: readonly Term<T>[], sign: 1 | -1): Tensor2D => {
    const logs = terms.map((term) => {
      const log = stepped(tf, squashed(tf, term, scores(term), sign), term);
      return term.weight === 1 ? log : tf.add(log, Math.log(term.weight));
    });
    const [only] = logs;
    if (!only) throw new Error('a mixture of nothing');
    const sum = logs.length === 1 ? only : tf.logSumExp(tf.stack(logs), 0);
    return sum.as2D(sum.shape[0] ?? 0, -1);
  };
  const said = tf.concat2d(
    head.parts.map((terms) => mixture(terms, 1)),
    1,
  );
  if (head.kind !== 'sigmoid' || head.units !== 1) return said;
  const [terms = []] = head.parts;
  return tf.concat2d([mixture(terms, -1), said], 1);
}

/** As logProbabilities, from the output (n, units) itself, where what goes into it is not to be had. */
export function logOfOutput(tf: Tf, kind: Head<unknown>['kind'], output: Tensor2D): Tensor2D {
  if (kind === 'log_softmax') return output;
  const both = kind === 'sigmoid' && output.shape[1] === 1;
  return safeLog(tf, both ? tf.concat2d([tf.sub(1, output), output], 1) : output);
}

/** The logarithm, minus infinity of what is not above 0, where its slope is 0: that of the logarithm would be no number. */
function safeLog(tf: Tf, p: Tensor2D): Tensor2D {
  const some = tf.greater(p, 0);
  const log = tf.log(tf.where(some, p, tf.onesLike(p)));
  return tf.where(some, log, tf.fill(p.shape, Number.NEGATIVE_INFINITY)).as2D(p.shape[0], p.shape[1]);
}

/** `sign` -1: of the opposite of what a sigmoid says. */
function squashed<T>(tf: Tf, { squash, axes }: Term<T>, scores: Tensor, sign: 1 | -1): Tensor {
  if (squash === 'sigmoid') return tf.neg(tf.softplus(sign === 1 ? tf.neg(scores) : scores));
  const [axis] = axes;
  if (axes.length === 1 && axis === scores.rank - 1) return tf.logSoftmax(scores);
  return tf.sub(scores, tf.logSumExp(scores, [...axes], true));
}

function stepped<T>(tf: Tf, value: Tensor, { steps }: Term<T>): Tensor {
  let now = value;
  for (const step of steps) {
    if (step !== 'mean over places') {
      now = tf.reshape(now, [now.shape[0] ?? 0, ...step.reshape]);
      continue;
    }
    const units = now.shape.at(-1) ?? 1;
    const flat = tf.reshape(now, [now.shape[0] ?? 0, -1, units]);
    now = tf.sub(tf.logSumExp(flat, 1), Math.log(flat.shape[1] ?? 1));
  }
  return now;
}
