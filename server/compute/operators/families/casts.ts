/** Changes of number types. Between floats the gradient passes, from and to anything else there is none. */
import type { Tensor } from '@tensorflow/tfjs';
import type { ElementType } from '../../../../core/artifacts/operators.ts';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import type { Operator, OperatorCall } from '../contract.ts';
import { given } from '../operands.ts';
import { isTensor } from '../tensors/broadcasting.ts';
import { elementTypeOf } from '../tensors/element-codes.ts';
import { roundedTo } from '../tensors/precision.ts';
import { fitted } from '../tensors/whole-numbers.ts';
import { storedAs } from '../values.ts';

export function cast(x: Tensor, to: ElementType, from: ElementType | null, call: OperatorCall): Tensor {
  const { tf, name, attributes } = call;
  if (to === from) return x;
  const stored = storedAs(to);
  if (stored === 'string')
    return tf.tensor(
      x.dtype === 'string'
        ? [...x.dataSync<'string'>()]
        : Array.from(x.dataSync(), (value) => textOf(value, x.dtype === 'float32', x.dtype === 'bool')),
      x.shape,
      'string',
    );
  const values =
    x.dtype === 'string' ? Array.from(x.dataSync<'string'>(), (text) => numberOf(text, name)) : x.dataSync();
  if (stored === 'float32') {
    const round = roundedTo(to, attributes.number('saturate', 1) !== 0);
    if (x.dtype !== 'float32') return tf.tensor(Float32Array.from(values, round), x.shape, 'float32');
    // What float32 holds as it is.
    if (to === 'float32' || to === 'float64') return x;
    return rounded(tf, x, round);
  }
  if (stored === 'bool')
    return tf.tensor(
      Uint8Array.from(values, (value) => (value === 0 ? 0 : 1)),
      x.shape,
      'bool',
    );
  return tf.tensor(
    Int32Array.from(values, (value) => fitted(Number.isNaN(value) ? 0 : value, to, name, true)),
    x.shape,
    'int32',
  );
}

/** The gradient passes, as if nothing were rounded. */
function rounded(tf: Tf, x: Tensor, round: (value: number) => number): Tensor {
  const made = tf.customGrad((...args) => {
    const [own] = args;
    if (!isTensor(own)) throw new Error('one tensor was expected');
    return {
      value: tf.tensor(Float32Array.from(own.dataSync(), round), own.shape, 'float32'),
      gradFunc: (dy: Tensor) => dy.clone(),
    };
  });
  return made(x);
}

/** As NumPy writes a number of single precision. */
function textOf(value: number, float: boolean, truth: boolean): string {
  if (truth) return value ? 'True' : 'False';
  if (!float) return String(value);
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? 'INF' : '-INF';
  // The shortest text that is this number.
  for (let digits = 1; digits <= 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return plainText(Number(text));
  }
  return plainText(value);
}

function plainText(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e16)) {
    const [digits = '', exponent = '0'] = value.toExponential().split('e');
    const power = Number(exponent);
    return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function numberOf(text: string, node: string): number {
  const plain = text.trim();
  const infinite = /^([+-]?)inf(inity)?$/i.exec(plain);
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (/^[+-]?nan$/i.test(plain)) return Number.NaN;
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return Number(plain);
  throw new UserError(
    'invalid',
    `the node ${node} reads a number from the text "${text}"; expected one such as -1.5e3`,
  );
}

export const operators: readonly Operator[] = [
  {
    onnx: 'Cast',
    units: 'kept',
    types: ({ attributes }) => [elementTypeOf(attributes.number('to'), 'Cast')],
    apply: ([x], call) => [
      cast(
        given(x, call.name),
        elementTypeOf(call.attributes.number('to'), call.name),
        call.inputTypes[0] ?? null,
        call,
      ),
    ],
  },
  {
    onnx: 'CastLike',
    units: 'kept',
    types: ({ inputTypes }) => [inputTypes[1] ?? null],
    apply: ([operand, like], call) => {
      const x = given(operand, call.name);
      const model = given(like, call.name);
      const held = model.dtype === 'complex64' ? 'float32' : model.dtype;
      return [cast(x, call.inputTypes[1] ?? held, call.inputTypes[0] ?? null, call)];
    },
  },
  {
    onnx: 'Identity',
    units: 'kept',
    apply: ([operand]) => [operand ?? null],
  },
];
