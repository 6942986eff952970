/** Products of matrices of any rank. */
import type { Tensor } from '@tensorflow/tfjs';
import type { ElementType } from '../../../../core/artifacts/operators.ts';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import { bounded, sizeOf } from './axes.ts';
import { broadcastShape, expand } from './broadcasting.ts';
import { fitted, isWhole, wholes, wholeTensor } from './whole-numbers.ts';

/** As NumPy's matmul: vectors are a row on the left and a column on the right, matrices before the last two axes broadcast. */
export function matMul(tf: Tf, a: Tensor, b: Tensor, type: ElementType | null, node: string): Tensor {
  if (a.rank === 0 || b.rank === 0) throw mismatch(a, b, node);
  const [left, right] = [
    a.rank === 1 ? tf.reshape(a, [1, a.size]) : a,
    b.rank === 1 ? tf.reshape(b, [b.size, 1]) : b,
  ];
  const [m = 1, k = 1] = left.shape.slice(-2);
  const [rows = 1, n = 1] = right.shape.slice(-2);
  if (k !== rows) throw mismatch(a, b, node);
  const batch = broadcastShape([left.shape.slice(0, -2), right.shape.slice(0, -2)], node);
  const whole = bounded([...batch, m, n], node);
  // One matrix for all: one large product.
  const made =
    right.rank === 2
      ? product(
          tf,
          tf.reshape(left, [1, sizeOf(left.shape.slice(0, -1)), k]),
          tf.reshape(right, [1, k, n]),
          type,
          node,
        )
      : product(
          tf,
          tf.reshape(expand(tf, left, [...batch, m, k]), [sizeOf(batch), m, k]),
          tf.reshape(expand(tf, right, [...batch, k, n]), [sizeOf(batch), k, n]),
          type,
          node,
        );
  const shape = whole.filter(
    (_, axis) => !(a.rank === 1 && axis === whole.length - 2) && !(b.rank === 1 && axis === whole.length - 1),
  );
  return tf.reshape(made, shape);
}

function mismatch(a: Tensor, b: Tensor, node: string): UserError {
  return new UserError(
    'invalid',
    `the node ${node} multiplies matrices of shapes [${a.shape}] and [${b.shape}]; expected as many columns on the left as rows on the right`,
  );
}

/** (b, m, k) by (b, k, n). */
export function product(tf: Tf, a: Tensor, b: Tensor, type: ElementType | null, node: string): Tensor {
  const [batch = 1, m = 1, k = 1] = a.shape;
  const n = b.shape[2] ?? 1;
  if (isWhole(a)) return wholeProduct(tf, a, b, type, node);
  if (batch * m * n === 0 || k === 0) return tf.zeros([batch, m, n]);
  if (batch === 1) {
    const made = tf.matMul(tf.reshape(a, [m, k]), tf.reshape(b, [k, n]));
    return tf.reshape(made, [1, m, n]);
  }
  return tf.matMul(a, b);
}

function wholeProduct(tf: Tf, a: Tensor, b: Tensor, type: ElementType | null, node: string): Tensor {
  const [batch = 1, m = 1, k = 1] = a.shape;
  const n = b.shape[2] ?? 1;
  const [left, right] = [wholes(a), wholes(b)];
  const made = new Int32Array(batch * m * n);
  for (let i = 0; i < made.length; i++) {
    const [row, column] = [Math.floor(i / n), i % n];
    const start = Math.floor(row / m) * k * n + column;
    let sum = 0;
    for (let at = 0; at < k; at++) sum += (left[row * k + at] ?? 0) * (right[start + at * n] ?? 0);
    made[i] = fitted(sum, type, node);
  }
  return wholeTensor(tf, made, [batch, m, n], type);
}
