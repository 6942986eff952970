/** Activations that recurrent operators name, with their parameters. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import type { Attributes } from '../contract.ts';

export type Activation = (x: Tensor) => Tensor;

interface Kind {
  /** Of alpha and beta; null: it has no such parameter. */
  readonly alpha: number | null;
  readonly beta: number | null;
  of(tf: Tf, x: Tensor, alpha: number, beta: number): Tensor;
}
const plain = (of: Kind['of']): Kind => ({ alpha: null, beta: null, of });

const KINDS: Readonly<Record<string, Kind>> = {
  relu: plain((tf, x) => tf.relu(x)),
  tanh: plain((tf, x) => tf.tanh(x)),
  sigmoid: plain((tf, x) => tf.sigmoid(x)),
  softsign: plain((tf, x) => tf.div(x, tf.add(tf.abs(x), 1))),
  softplus: plain((tf, x) => tf.softplus(x)),
  affine: { alpha: 1, beta: 0, of: (tf, x, alpha, beta) => tf.add(tf.mul(x, alpha), beta) },
  leakyrelu: { alpha: 0.01, beta: null, of: (tf, x, alpha) => tf.leakyRelu(x, alpha) },
  thresholdedrelu: {
    alpha: 1,
    beta: null,
    of: (tf, x, alpha) => tf.where(tf.greater(x, alpha), x, tf.zerosLike(x)),
  },
  scaledtanh: { alpha: 1, beta: 1, of: (tf, x, alpha, beta) => tf.mul(tf.tanh(tf.mul(x, beta)), alpha) },
  hardsigmoid: {
    alpha: 0.2,
    beta: 0.5,
    of: (tf, x, alpha, beta) => tf.clipByValue(tf.add(tf.mul(x, alpha), beta), 0, 1),
  },
  elu: {
    alpha: 1,
    beta: null,
    of: (tf, x, alpha) => tf.where(tf.greater(x, 0), x, tf.mul(tf.expm1(tf.minimum(x, 0)), alpha)),
  },
};

/**
 * Activations of each direction, `defaults` where none are named. The lists of alphas and betas are used up in order by
 * those that take one. Throws UserError('unsupported') for a name that is not known.
 */
export function activationsOf(
  tf: Tf,
  node: string,
  attributes: Attributes,
  directions: number,
  defaults: readonly string[],
): readonly (readonly Activation[])[] {
  const whole = Array.from({ length: directions }, () => defaults).flat();
  const names = attributes.texts('activations', whole);
  if (names.length !== whole.length)
    throw new UserError(
      'invalid',
      `the node ${node} names ${names.length} activations; expected ${whole.length}, for ${directions} directions`,
    );
  const alphas = [...attributes.numbers('activation_alpha', [])];
  const betas = [...attributes.numbers('activation_beta', [])];
  const made = names.map((name): Activation => {
    const kind = kindOf(node, name);
    const alpha = kind.alpha === null ? 0 : (alphas.shift() ?? kind.alpha);
    const beta = kind.beta === null ? 0 : (betas.shift() ?? kind.beta);
    return (x) => kind.of(tf, x, alpha, beta);
  });
  return Array.from({ length: directions }, (_, at) =>
    made.slice(at * defaults.length, (at + 1) * defaults.length),
  );
}

function kindOf(node: string, name: string): Kind {
  const kind = Object.hasOwn(KINDS, name.toLowerCase()) ? KINDS[name.toLowerCase()] : undefined;
  if (kind) return kind;
  throw new UserError(
    'unsupported',
    `the node ${node} names the activation ${name}; expected one of ${Object.keys(KINDS).join(', ')}`,
  );
}

/** One that is fused to another operator, with its parameters in order; '' is none. */
export function activationOf(tf: Tf, node: string, name: string, parameters: readonly number[]): Activation {
  if (name === '') return (x) => x;
  if (name === 'Clip') {
    const [least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY] = parameters;
    return (x) => tf.clipByValue(x, least, most);
  }
  const kind = kindOf(node, name);
  const [alpha = kind.alpha ?? 0, beta = kind.beta ?? 0] = parameters;
  return (x) => kind.of(tf, x, alpha, beta);
}
