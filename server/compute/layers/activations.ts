/**
 * Activation functions of Keras that TensorFlow.js has not, or has without their arguments. A topology calls them by what
 * they compute, `elu(alpha=0.3)`, so that the call alone says everything, also where a layer is copied by its
 * configuration. Formulas and corners are those of Keras' TensorFlow backend (keras/src/backend/tensorflow/nn.py).
 */
import type { Tensor } from '@tensorflow/tfjs';
import type { Tf } from '../tf.ts';

type Arguments = Readonly<Record<string, number>>;
type Formula = (tf: Tf, x: Tensor, given: Arguments) => Tensor;

const FORMULAS: Readonly<Record<string, Formula>> = {
  elu: (tf, x, { alpha = 1 }) => tf.where(tf.greater(x, 0), tf.elu(x), tf.mul(tf.elu(x), alpha)),
  relu: (tf, x, { slope = 0, threshold = 0, max }) => rectified(tf, x, slope, threshold, max ?? null),
  leakyRelu: (tf, x, { slope = 0.2 }) => tf.leakyRelu(x, slope),
  softmax: (tf, x, { axis = -1 }) => alongLast(tf, x, axis, (y) => tf.softmax(y)),
  logSoftmax: (tf, x, { axis = -1 }) => alongLast(tf, x, axis, (y) => tf.logSoftmax(y)),
  /** Hendrycks & Gimpel's approximation by tanh; the exact one is TensorFlow.js' own. */
  geluTanh: (tf, x) => {
    const inner = tf.mul(Math.sqrt(2 / Math.PI), tf.add(x, tf.mul(0.044715, tf.mul(x, tf.mul(x, x)))));
    return tf.mul(tf.mul(0.5, x), tf.add(1, tf.tanh(inner)));
  },
  /** Keras 3; that of Keras 1 and 2 has the slope 0.2. */
  hardSigmoidOfSixths: (tf, x) => sixths(tf, x),
  hardSilu: (tf, x) => tf.mul(x, sixths(tf, x)),
  hardTanh: (tf, x) => tf.clipByValue(x, -1, 1),
  celu: (tf, x, { alpha = 1 }) =>
    tf.add(tf.maximum(x, 0), tf.mul(alpha, tf.expm1(tf.div(tf.minimum(x, 0), alpha)))),
  exponential: (tf, x) => tf.exp(x),
  logSigmoid: (tf, x) => tf.neg(tf.softplus(tf.neg(x))),
  softShrink: (tf, x, { threshold = 0.5 }) =>
    tf.where(
      tf.greater(x, threshold),
      tf.sub(x, threshold),
      tf.where(tf.greater(-threshold, x), tf.add(x, threshold), tf.zerosLike(x)),
    ),
  hardShrink: (tf, x, { threshold = 0.5 }) => tf.where(tf.greater(tf.abs(x), threshold), x, tf.zerosLike(x)),
  tanhShrink: (tf, x) => tf.sub(x, tf.tanh(x)),
  sparsePlus: (tf, x) =>
    tf.where(
      tf.greaterEqual(-1, x),
      tf.zerosLike(x),
      tf.where(tf.greater(1, x), tf.mul(0.25, tf.square(tf.add(x, 1))), x),
    ),
  sparseSigmoid: (tf, x) => tf.clipByValue(tf.mul(0.5, tf.add(x, 1)), 0, 1),
  squareplus: (tf, x, { b = 4 }) => tf.mul(0.5, tf.add(x, tf.sqrt(tf.add(tf.square(x), b)))),
};

/** `elu(alpha=0.3)`. No underscores: TensorFlow.js takes them for another spelling of capitals. */
export function activationCall(name: string, given: Arguments = {}): string {
  if (!(name in FORMULAS)) throw new Error(`no formula for ${name}`);
  return `${name}(${Object.entries(given)
    .map(([key, value]) => `${key}=${value}`)
    .join(',')})`;
}

/** Runs `build`, which makes layers, while TensorFlow.js knows the functions that the topology calls. */
export function withActivations<T>(tf: Tf, topology: unknown, build: () => T): T {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  const added: string[] = [];
  for (const call of callsIn(topology)) {
    if (call in classNameMap) continue;
    tf.serialization.SerializationMap.register(activationClass(tf, call));
    added.push(call);
  }
  try {
    return build();
  } finally {
    for (const call of added) delete classNameMap[call];
  }
}

function activationClass(tf: Tf, call: string) {
  const formula = formulaOf(call);
  const given = argumentsOf(call);
  class Activation extends tf.serialization.Serializable {
    static readonly className = call;
    apply(x: Tensor): Tensor {
      return tf.tidy(() => formula(tf, x, given));
    }
    override getConfig() {
      return {};
    }
  }
  return Activation;
}

function formulaOf(call: string): Formula {
  const formula = FORMULAS[call.slice(0, call.indexOf('('))];
  if (!formula) throw new Error(`no formula for ${call}`);
  return formula;
}

const CALL = /^([a-zA-Z]+)\(([^()]*)\)$/;

function argumentsOf(call: string): Arguments {
  const [, , inside = ''] = CALL.exec(call) ?? [];
  return Object.fromEntries(
    inside
      .split(',')
      .filter(Boolean)
      .map((part) => part.split('='))
      .map(([key = '', value]) => [key, Number(value)]),
  );
}

function callsIn(value: unknown, found = new Set<string>()): Set<string> {
  if (typeof value !== 'object' || value === null) return found;
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner === 'string' && /activation$/i.test(key)) {
      if ((CALL.exec(inner)?.[1] ?? '') in FORMULAS) found.add(inner);
    } else callsIn(inner, found);
  }
  return found;
}

/** keras.ops.relu's own steps, so that its corners are those of Keras. */
export function rectified(tf: Tf, x: Tensor, slope: number, threshold: number, max: number | null): Tensor {
  if (slope !== 0 && max === null && threshold === 0) return tf.leakyRelu(x, slope);
  const negative = slope === 0 ? null : tf.relu(threshold === 0 ? tf.neg(x) : tf.sub(threshold, x));
  let y =
    threshold === 0
      ? max === 6
        ? tf.relu6(x)
        : tf.relu(x)
      : tf.mul(x, tf.cast(tf.greater(x, threshold), 'float32'));
  if (max !== null && (threshold !== 0 || max !== 6)) y = tf.clipByValue(y, 0, max);
  return negative ? tf.sub(y, tf.mul(slope, negative)) : y;
}

function sixths(tf: Tf, x: Tensor): Tensor {
  return tf.div(tf.relu6(tf.add(x, 3)), 6);
}

/** TensorFlow.js' softmax knows the last axis only. */
export function alongLast(tf: Tf, x: Tensor, axis: number, body: (y: Tensor) => Tensor): Tensor {
  const at = axis < 0 ? axis + x.rank : axis;
  if (at === x.rank - 1) return body(x);
  const swapped = Array.from({ length: x.rank }, (_, i) =>
    i === at ? x.rank - 1 : i === x.rank - 1 ? at : i,
  );
  return tf.transpose(body(tf.transpose(x, swapped)), swapped);
}
