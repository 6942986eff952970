/** Tensors of constants, and how TensorFlow.js holds number types. */
import type { Tensor } from '@tensorflow/tfjs';
import type { ElementType, OperatorConstant } from '../../../core/artifacts/operators.ts';
import type { Tf } from '../tf.ts';

export type StoredAs = 'float32' | 'int32' | 'bool' | 'string';

/** Integers of 64 bits that do not fit into 32 become the nearest that does: an end of a slice may be the largest of all. */
export function storedAs(type: ElementType): StoredAs {
  if (type === 'bool' || type === 'string') return type;
  return /^u?int/.test(type) ? 'int32' : 'float32';
}

const LEAST = -(2 ** 31);
const LARGEST = 2 ** 31 - 1;
const SPELLED: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

export function tensorOf(tf: Tf, { type, shape, values }: OperatorConstant): Tensor {
  const stored = storedAs(type);
  if (stored === 'string') return tf.tensor(values.map(String), [...shape], 'string');
  const numbers = values.map((value) => (typeof value === 'number' ? value : (SPELLED[value] ?? Number.NaN)));
  if (stored === 'int32')
    return tf.tensor(
      Int32Array.from(numbers, (value) => Math.min(LARGEST, Math.max(LEAST, value))),
      [...shape],
      'int32',
    );
  if (stored === 'bool') return tf.tensor(Uint8Array.from(numbers), [...shape], 'bool');
  return tf.tensor(Float32Array.from(numbers), [...shape], 'float32');
}
