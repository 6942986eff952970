/**
 * Arithmetic of integers and booleans, element by element outside of the backend: exact in each type's own range, which
 * int32 kernels are not (they divide downwards, and do not wrap around at 8 bits).
 */
import type { Tensor } from '@tensorflow/tfjs';
import type { ElementType } from '../../../../core/artifacts/operators.ts';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import { broadcastIndices, broadcastShape } from './broadcasting.ts';

export type Whole = Int32Array | Uint8Array;

export const isWhole = (tensor: Tensor): boolean => tensor.dtype === 'int32' || tensor.dtype === 'bool';

/** Numbers of an integer or boolean tensor. */
export function wholes(tensor: Tensor): Whole {
  const values = tensor.dataSync();
  return values instanceof Float32Array ? Int32Array.from(values) : values;
}

const LEAST = -(2 ** 31);
const MOST = 2 ** 31 - 1;

/** Bits and sign of the types that wrap around within what int32 holds. */
const WRAPS: Partial<Record<ElementType, (value: number) => number>> = {
  int4: (v) => ((v & 15) << 28) >> 28,
  uint4: (v) => v & 15,
  int8: (v) => (v << 24) >> 24,
  uint8: (v) => v & 255,
  int16: (v) => (v << 16) >> 16,
  uint16: (v) => v & 65535,
  int32: (v) => v | 0,
};

/**
 * A result as its type has it. What int32 cannot hold (of 64 bits, or unsigned ones of 32) is refused: `ends` says that
 * an operand was itself at an end of int32, which stands for any larger number.
 */
export function fitted(value: number, type: ElementType | null, node: string, ends = false): number {
  const whole = Math.trunc(value);
  const wrap = type ? WRAPS[type] : undefined;
  if (wrap) return wrap(modulo(whole));
  const least = type?.startsWith('uint') ? 0 : LEAST;
  if (whole >= least && whole <= MOST) return whole;
  if (ends || !Number.isFinite(whole)) return Math.min(MOST, Math.max(LEAST, whole || 0));
  throw new UserError(
    'unsupported',
    `the node ${node} computes the integer ${whole}; of ${type ?? 'its type'} those from ${least} to ${MOST} are computed here`,
  );
}

/** Within 32 bits, where a number of more is not cut to them by `|` itself (beyond 2^53 it is rounded). */
const modulo = (value: number) =>
  Math.abs(value) <= Number.MAX_SAFE_INTEGER ? value : Number(BigInt.asIntN(32, BigInt(value)));

export const atEnd = (value: number): boolean => value === MOST || value === LEAST;

/** Of booleans, where `type` is bool; of integers else. */
export function wholeTensor(
  tf: Tf,
  values: ArrayLike<number>,
  shape: readonly number[],
  type: ElementType | null,
): Tensor {
  return type === 'bool'
    ? tf.tensor(
        Uint8Array.from(values, (value) => (value ? 1 : 0)),
        [...shape],
        'bool',
      )
    : tf.tensor(Int32Array.from(values), [...shape], 'int32');
}

/** One number from each pair, broadcast. `type`: of the result, which is fitted to it; `bool` for predicates. */
export function combineWholes(
  tf: Tf,
  a: Tensor,
  b: Tensor,
  type: ElementType | null,
  node: string,
  f: (a: number, b: number) => number,
): Tensor {
  const shape = broadcastShape([a.shape, b.shape], node);
  const [left, right] = [wholes(a), wholes(b)];
  const [atLeft, atRight] = [a, b].map((x) => broadcastIndices(x.shape, shape));
  const made = new Int32Array(atLeft?.length ?? 0);
  for (let i = 0; i < made.length; i++) {
    const [x, y] = [left[atLeft?.[i] ?? 0] ?? 0, right[atRight?.[i] ?? 0] ?? 0];
    made[i] = type === 'bool' ? f(x, y) : fitted(f(x, y), type, node, atEnd(x) || atEnd(y));
  }
  return wholeTensor(tf, made, shape, type);
}

export function mapWholes(
  tf: Tf,
  x: Tensor,
  type: ElementType | null,
  node: string,
  f: (x: number) => number,
): Tensor {
  return wholeTensor(
    tf,
    Float64Array.from(wholes(x), (value) => fitted(f(value), type, node, atEnd(value))),
    x.shape,
    type,
  );
}
