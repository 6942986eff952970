/** Tensors made of a few numbers: constants, ranges, diagonals, codes of one. */
import type { Tensor } from '@tensorflow/tfjs';
import type { OperatorConstant } from '../../../../core/artifacts/operators.ts';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import type { Operator, OperatorCall } from '../contract.ts';
import { given, numbersOf, optional } from '../operands.ts';
import { aroundAxis, axisOf, bounded, ofRank, sizeOf } from '../tensors/axes.ts';
import { elementTypeOf } from '../tensors/element-codes.ts';
import { pick } from '../tensors/selection.ts';
import { wholeTensor } from '../tensors/whole-numbers.ts';
import { storedAs, tensorOf } from '../values.ts';

/** The value of a node Constant, in whichever attribute it lies. */
function constantOf({ attributes, name }: Pick<OperatorCall, 'attributes' | 'name'>): OperatorConstant {
  if (attributes.has('value')) return attributes.tensor('value');
  if (attributes.has('value_float'))
    return { type: 'float32', shape: [], values: [attributes.number('value_float')] };
  if (attributes.has('value_int'))
    return { type: 'int64', shape: [], values: [attributes.number('value_int')] };
  if (attributes.has('value_string'))
    return { type: 'string', shape: [], values: [attributes.text('value_string')] };
  for (const [attribute, type] of [
    ['value_floats', 'float32'],
    ['value_ints', 'int64'],
  ] as const)
    if (attributes.has(attribute)) {
      const values = [...attributes.numbers(attribute)];
      return { type, shape: [values.length], values };
    }
  if (attributes.has('value_strings')) {
    const values = [...attributes.texts('value_strings')];
    return { type: 'string', shape: [values.length], values };
  }
  throw new UserError('unsupported', `the node ${name} is a constant without a dense value`);
}

function oneHot(
  indices: Tensor,
  depth: number,
  values: Tensor,
  { tf, name, attributes }: OperatorCall,
): Tensor {
  const axis = axisOf(attributes.number('axis', -1), indices.rank + 1, name);
  const shape = bounded([...indices.shape.slice(0, axis), depth, ...indices.shape.slice(axis)], name);
  const [outer, , inner] = aroundAxis(shape, axis);
  const at = indices.dataSync();
  const places = new Int32Array(sizeOf(shape));
  for (let before = 0; before < outer; before++)
    for (let after = 0; after < inner; after++) {
      const told = Math.trunc(at[before * inner + after] ?? 0);
      const place = told < 0 ? told + depth : told;
      // What lies outside has no place that is on.
      if (place >= 0 && place < depth) places[(before * depth + place) * inner + after] = 1;
    }
  return pick(tf, values, places, shape);
}

function triangle(tf: Tf, x: Tensor, k: number, upper: boolean, node: string): Tensor {
  if (x.rank < 2)
    throw new UserError(
      'invalid',
      `the node ${node} takes a triangle of the shape [${x.shape}]; expected matrices`,
    );
  const [rows = 1, columns = 1] = x.shape.slice(-2);
  const kept = Uint8Array.from({ length: rows * columns }, (_, at) => {
    const distance = (at % columns) - Math.floor(at / columns);
    return (upper ? distance >= k : distance <= k) ? 1 : 0;
  });
  if (x.dtype !== 'float32')
    return wholeTensor(
      tf,
      Int32Array.from(x.dataSync(), (value, at) => (kept[at % kept.length] ? value : 0)),
      x.shape,
      x.dtype === 'bool' ? 'bool' : 'int32',
    );
  if (x.size === 0) return x;
  const mask = tf.broadcastTo(tf.tensor(kept, [rows, columns], 'bool'), x.shape);
  return tf.where(mask, x, tf.zerosLike(x));
}

export const operators: readonly Operator[] = [
  {
    onnx: 'Constant',
    units: 'last',
    types: ({ attributes }) => [
      attributes.has('sparse_value') ? null : constantOf({ attributes, name: 'Constant' }).type,
    ],
    apply: (_, call) => [tensorOf(call.tf, constantOf(call))],
  },
  {
    onnx: 'ConstantOfShape',
    units: 'last',
    types: ({ attributes }) => [attributes.has('value') ? attributes.tensor('value').type : 'float32'],
    apply: ([operand], { tf, name, attributes }) => {
      const shape = bounded(numbersOf(given(operand, name)), name);
      if (!attributes.has('value')) return [tf.zeros(shape)];
      const own = attributes.tensor('value');
      const values = tensorOf(tf, { ...own, shape: [own.values.length] });
      const stored = storedAs(own.type);
      if (stored === 'string') return [pick(tf, values, new Int32Array(sizeOf(shape)), shape)];
      return [tf.fill(shape, values.dataSync()[0] ?? 0, stored)];
    },
  },
  {
    onnx: 'Range',
    units: 'last',
    apply: (inputs, { tf, name }) => {
      const [start, limit, delta] = [0, 1, 2].map((at) => given(inputs[at], name));
      if (!start || !limit || !delta) throw new Error('three numbers were expected');
      const [from = 0, to = 0, step = 0] = [start, limit, delta].map((x) => Number(x.dataSync()[0]));
      if (step === 0)
        throw new UserError('invalid', `the node ${name} counts in steps of 0; expected another step`);
      const [count = 0] = bounded([Math.max(0, Math.ceil((to - from) / step))], name);
      const values = { length: count };
      if (start.dtype === 'int32')
        return [
          tf.tensor1d(
            Int32Array.from(values, (_, at) => from + at * step),
            'int32',
          ),
        ];
      return [
        tf.tensor1d(
          Float32Array.from(values, (_, at) => from + at * step),
          'float32',
        ),
      ];
    },
  },
  {
    onnx: 'EyeLike',
    units: 'last',
    types: ({ attributes, inputTypes }) => [
      attributes.has('dtype')
        ? elementTypeOf(attributes.number('dtype'), 'EyeLike')
        : (inputTypes[0] ?? null),
    ],
    apply: ([operand], { tf, name, attributes, outputTypes }) => {
      const x = ofRank(given(operand, name), 2, 'a matrix', name);
      const [rows = 0, columns = 0] = x.shape;
      const k = attributes.number('k', 0);
      const values = Uint8Array.from({ length: rows * columns }, (_, at) =>
        (at % columns) - Math.floor(at / columns) === k ? 1 : 0,
      );
      const type = outputTypes[0] ?? 'float32';
      if (storedAs(type) === 'float32') return [tf.tensor(Float32Array.from(values), x.shape, 'float32')];
      return [wholeTensor(tf, values, x.shape, type)];
    },
  },
  {
    onnx: 'OneHot',
    units: 'last',
    types: ({ inputTypes }) => [inputTypes[2] ?? null],
    apply: ([indices, depth, values], call) => {
      const size = numbersOf(given(depth, call.name))[0] ?? Number.NaN;
      return [oneHot(given(indices, call.name), Math.trunc(size), given(values, call.name), call)];
    },
  },
  {
    onnx: 'Trilu',
    units: 'kept',
    apply: ([operand, offset], { tf, name, attributes }) => {
      const told = optional(offset, name);
      const k = told ? (numbersOf(told)[0] ?? 0) : 0;
      return [triangle(tf, given(operand, name), k, attributes.number('upper', 1) !== 0, name)];
    },
  },
];
