/** Windows of signals, and their spectra as products with tables of cosines and sines, which have gradients on every backend. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Operand, Operator, OperatorCall } from '../contract.ts';
import { given, numbersOf, optional } from '../operands.ts';
import { axisOf } from '../statistics.ts';
import { elementTypeOf } from '../tensors/element-codes.ts';
import { storedAs } from '../values.ts';

/** Of each window the factors of 1, cos(2 pi n / N) and cos(4 pi n / N). */
const WINDOWS: Readonly<Record<string, readonly [number, number, number]>> = {
  HannWindow: [0.5, -0.5, 0],
  HammingWindow: [25 / 46, -21 / 46, 0],
  BlackmanWindow: [0.42, -0.5, 0.08],
};
const LARGEST = 2 ** 24;

function bounded(name: string, count: number): void {
  if (count > LARGEST)
    throw new UserError(
      'too_large',
      `the node ${name} needs a table of ${count} numbers; at most ${LARGEST} are computed here`,
    );
}

const typeOf = (code: number, name: string) => elementTypeOf(code, name);

const window =
  ([constant, once, twice]: readonly [number, number, number]) =>
  (inputs: readonly Operand[], { tf, name, attributes }: OperatorCall): readonly Operand[] => {
    const [size = 0] = numbersOf(given(inputs[0], name));
    bounded(name, size);
    const length = attributes.number('periodic', 1) === 1 ? size : size - 1;
    const values = Float32Array.from({ length: Math.max(0, size) }, (_, n) => {
      const angle = length === 0 ? 0 : (2 * Math.PI * n) / length;
      return constant + once * Math.cos(angle) + twice * Math.cos(2 * angle);
    });
    const stored = storedAs(typeOf(attributes.number('output_datatype', 1), name));
    return [stored === 'float32' ? tf.tensor1d(values) : tf.cast(tf.tensor1d(values), stored)];
  };

/** Inputs: signals (..., 1) or complex ones (..., 2), the length of the transform, and since version 20 the axis. */
function fourier(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { tf, name, attributes } = call;
  const x = given(inputs[0], name);
  const parts = x.shape.at(-1) ?? 0;
  const inverse = attributes.number('inverse', 0) === 1;
  const onesided = attributes.number('onesided', 0) === 1;
  if (parts < 1 || parts > 2 || (onesided && (inverse || parts === 2)))
    throw new UserError(
      'unsupported',
      `the node ${name} transforms a tensor of shape [${x.shape}]${onesided ? ' to one side' : ''}${inverse ? ' back' : ''}; expected real or complex numbers last, and one side of real ones only`,
    );
  const told = optional(inputs[2], name);
  const named = told ? (numbersOf(told)[0] ?? -2) : call.opset < 20 ? attributes.number('axis', 1) : -2;
  const axis = axisOf(name, named, x.rank);
  const asked = optional(inputs[1], name);
  const size = asked ? (numbersOf(asked)[0] ?? 0) : (x.shape[axis] ?? 0);
  const count = onesided ? Math.floor(size / 2) + 1 : size;
  bounded(name, size * count);

  // (parts, ..., signal), cut or lengthened.
  const others = x.shape.map((_, at) => at).filter((at) => at !== axis && at !== x.rank - 1);
  const turned = tf.transpose(x, [x.rank - 1, ...others, axis]);
  const length = turned.shape.at(-1) ?? 0;
  const rows = turned.size / Math.max(1, length);
  const flat = tf.reshape(turned, [rows, length]);
  const fitted =
    length < size
      ? tf.pad(flat, [
          [0, 0],
          [0, size - length],
        ])
      : tf.slice(flat, [0, 0], [rows, size]);
  const [real, imaginary] = parts === 2 ? tf.split(fitted, 2) : [fitted];
  const table = (of: (angle: number) => number) =>
    tf.tensor2d(
      Float32Array.from({ length: size * count }, (_, i) => {
        // The angle's multiple within one turn, so that no digits are lost.
        const turns = (Math.floor(i / count) * (i % count)) % size;
        return of((2 * Math.PI * turns) / size) / (inverse ? size : 1);
      }),
      [size, count],
    );
  const [cos, sin] = [table(Math.cos), table((angle) => (inverse ? 1 : -1) * Math.sin(angle))];
  if (!real) return [x];
  const product = (a: Tensor, b: Tensor) => tf.matMul(a, b);
  const [re, im] = imaginary
    ? [
        tf.sub(product(real, cos), product(imaginary, sin)),
        tf.add(product(real, sin), product(imaginary, cos)),
      ]
    : [product(real, cos), product(real, sin)];
  const shape = [2, ...others.map((at) => x.shape[at] ?? 1), count];
  const made = tf.reshape(tf.concat([re, im]), shape);
  // Back to where the axis was, real and imaginary parts last.
  const order = x.shape.map((_, at) =>
    at === x.rank - 1 ? 0 : at === axis ? made.rank - 1 : others.indexOf(at) + 1,
  );
  return [tf.transpose(made, order)];
}

export const operators: readonly Operator[] = [
  ...Object.entries(WINDOWS).map(
    ([onnx, factors]): Operator => ({
      onnx,
      units: 'kept',
      types: ({ attributes }) => [typeOf(attributes.number('output_datatype', 1), onnx)],
      apply: window(factors),
    }),
  ),
  { onnx: 'DFT', units: 'kept', apply: fourier },
];
