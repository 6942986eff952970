/** Comparisons, logic, bits, and choices. What they give but for Where has no gradient. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import type { Operator } from '../contract.ts';
import { given } from '../operands.ts';
import { broadcastIndices, broadcastShape, expand } from '../tensors/broadcasting.ts';
import { pick } from '../tensors/selection.ts';
import { combineWholes, mapWholes, wholeTensor } from '../tensors/whole-numbers.ts';

type Comparison = (a: number | string, b: number | string) => boolean;
const COMPARISONS: Readonly<Record<string, Comparison>> = {
  Equal: (a, b) => a === b,
  Greater: (a, b) => a > b,
  GreaterOrEqual: (a, b) => a >= b,
  Less: (a, b) => a < b,
  LessOrEqual: (a, b) => a <= b,
};
const COMBINATIONS: Readonly<Record<string, (a: number, b: number) => number>> = {
  And: (a, b) => a & b,
  Or: (a, b) => a | b,
  Xor: (a, b) => a ^ b,
};
const BITS: Readonly<Record<string, (a: number, b: number) => number>> = {
  BitwiseAnd: (a, b) => a & b,
  BitwiseOr: (a, b) => a | b,
  BitwiseXor: (a, b) => a ^ b,
};

/** Outside of the backend: of any type, of no gradient. */
function compare(tf: Tf, a: Tensor, b: Tensor, node: string, comparison: Comparison): Tensor {
  const shape = broadcastShape([a.shape, b.shape], node);
  const [left, right] = [valuesOf(a), valuesOf(b)];
  const [atLeft, atRight] = [broadcastIndices(a.shape, shape), broadcastIndices(b.shape, shape)];
  const made = new Uint8Array(atLeft.length);
  for (let i = 0; i < made.length; i++)
    made[i] = comparison(left[atLeft[i] ?? 0] ?? 0, right[atRight[i] ?? 0] ?? 0) ? 1 : 0;
  return tf.tensor(made, shape, 'bool');
}

const valuesOf = (x: Tensor): ArrayLike<number | string> =>
  x.dtype === 'string' ? x.dataSync<'string'>() : x.dataSync();

function mapped(tf: Tf, x: Tensor, is: (value: number) => boolean): Tensor {
  return tf.tensor(
    Uint8Array.from(x.dataSync(), (value) => (is(value) ? 1 : 0)),
    x.shape,
    'bool',
  );
}

export const operators: readonly Operator[] = [
  ...Object.entries(COMPARISONS).map(
    ([onnx, comparison]): Operator => ({
      onnx,
      units: 'kept',
      types: () => ['bool'],
      apply: ([a, b], { tf, name }) => [compare(tf, given(a, name), given(b, name), name, comparison)],
    }),
  ),
  ...Object.entries(COMBINATIONS).map(
    ([onnx, f]): Operator => ({
      onnx,
      units: 'kept',
      types: () => ['bool'],
      apply: ([a, b], { tf, name }) => [combineWholes(tf, given(a, name), given(b, name), 'bool', name, f)],
    }),
  ),
  ...Object.entries(BITS).map(
    ([onnx, f]): Operator => ({
      onnx,
      units: 'kept',
      apply: ([a, b], { tf, name, inputTypes }) => [
        combineWholes(tf, given(a, name), given(b, name), inputTypes[0] ?? null, name, f),
      ],
    }),
  ),
  {
    onnx: 'BitwiseNot',
    units: 'kept',
    apply: ([x], { tf, name, inputTypes }) => [
      mapWholes(tf, given(x, name), inputTypes[0] ?? null, name, (value) => ~value),
    ],
  },
  {
    onnx: 'BitShift',
    units: 'kept',
    apply: ([a, b], { tf, name, inputTypes, attributes }) => {
      const direction = attributes.text('direction');
      if (direction !== 'LEFT' && direction !== 'RIGHT')
        throw new UserError('invalid', `the node ${name} shifts bits ${direction}; expected LEFT or RIGHT`);
      // By less than none is by more than all bits.
      const shift =
        direction === 'LEFT'
          ? (x: number, n: number) => (n < 0 ? 0 : x * 2 ** n)
          : (x: number, n: number) => (n < 0 ? Math.sign(Math.min(x, 0)) : Math.floor(x / 2 ** n));
      return [combineWholes(tf, given(a, name), given(b, name), inputTypes[0] ?? null, name, shift)];
    },
  },
  {
    onnx: 'Not',
    units: 'kept',
    apply: ([x], { tf, name }) => [mapped(tf, given(x, name), (value) => value === 0)],
  },
  {
    onnx: 'IsNaN',
    units: 'kept',
    types: () => ['bool'],
    apply: ([x], { tf, name }) => [mapped(tf, given(x, name), Number.isNaN)],
  },
  {
    onnx: 'IsInf',
    units: 'kept',
    types: () => ['bool'],
    apply: ([x], { tf, name, attributes }) => {
      const [negative, positive] = ['detect_negative', 'detect_positive'].map(
        (attribute) => attributes.number(attribute, 1) !== 0,
      );
      return [
        mapped(
          tf,
          given(x, name),
          (value) =>
            (positive === true && value === Number.POSITIVE_INFINITY) ||
            (negative === true && value === Number.NEGATIVE_INFINITY),
        ),
      ];
    },
  },
  {
    onnx: 'Where',
    units: 'kept',
    types: ({ inputTypes }) => [inputTypes[1] ?? null],
    apply: ([condition, yes, no], { tf, name }) => {
      const [mask, a, b] = [given(condition, name), given(yes, name), given(no, name)];
      const shape = broadcastShape([mask.shape, a.shape, b.shape], name);
      if (a.dtype === 'float32')
        return [tf.where(tf.broadcastTo(mask, shape), expand(tf, a, shape), expand(tf, b, shape))];
      const [atMask, atA, atB] = [mask, a, b].map((x) => broadcastIndices(x.shape, shape));
      const chosen = mask.dataSync();
      const places = Int32Array.from(atA ?? [], (at, i) =>
        chosen[atMask?.[i] ?? 0] ? at : a.size + (atB?.[i] ?? 0),
      );
      const both = joined(tf, a, b);
      return [pick(tf, both, places, shape)];
    },
  },
];

/** All elements of two tensors of one type, in a row. */
function joined(tf: Tf, a: Tensor, b: Tensor): Tensor {
  if (a.dtype === 'string')
    return tf.tensor([...a.dataSync<'string'>(), ...b.dataSync<'string'>()], [a.size + b.size], 'string');
  return wholeTensor(
    tf,
    [...a.dataSync(), ...b.dataSync()],
    [a.size + b.size],
    a.dtype === 'bool' ? 'bool' : 'int32',
  );
}
