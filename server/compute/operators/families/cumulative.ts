/** Sums and products up to each place of an axis. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Operator, OperatorCall } from '../contract.ts';
import { given, numbersOf } from '../operands.ts';
import { axisOf } from '../tensors/axes.ts';
import { eachLine } from '../tensors/lines.ts';
import { take } from '../tensors/selection.ts';
import { fitted, isWhole, wholes, wholeTensor } from '../tensors/whole-numbers.ts';

interface Way {
  readonly axis: number;
  readonly exclusive: boolean;
  readonly reverse: boolean;
}

/** Of integers, which have no gradient. */
function onHost(x: Tensor, { axis, exclusive, reverse }: Way, call: OperatorCall, product: boolean): Tensor {
  const values = wholes(x);
  const type = call.inputTypes[0] ?? null;
  const made = new Int32Array(values.length);
  eachLine(x.shape, axis, (places) => {
    let all = product ? 1 : 0;
    const order = reverse ? Int32Array.from(places).reverse() : places;
    for (const at of order) {
      const before = all;
      all = fitted(product ? all * (values[at] ?? 0) : all + (values[at] ?? 0), type, call.name);
      made[at] = exclusive ? before : all;
    }
  });
  return wholeTensor(call.tf, made, x.shape, type);
}

/** Step by step: TensorFlow.js has no gradient of its own kernel. */
function products(x: Tensor, { axis, exclusive, reverse }: Way, { tf }: OperatorCall): Tensor {
  const size = x.shape[axis] ?? 0;
  const steps = Array.from({ length: size }, (_, at) => take(tf, x, Int32Array.of(at), axis));
  if (reverse) steps.reverse();
  const made: Tensor[] = [];
  let all: Tensor = tf.ones(x.shape.map((own, at) => (at === axis ? 1 : own)));
  for (const step of steps) {
    const before = all;
    all = tf.mul(all, step);
    made.push(exclusive ? before : all);
  }
  if (reverse) made.reverse();
  return made.length > 0 ? tf.concat(made, axis) : x;
}

export const operators: readonly Operator[] = (['CumSum', 'CumProd'] as const).map(
  (onnx): Operator => ({
    onnx,
    units: 'kept',
    apply: ([operand, along], call) => {
      const { tf, name, attributes } = call;
      const x = given(operand, name);
      const way = {
        axis: axisOf(numbersOf(given(along, name))[0] ?? Number.NaN, x.rank, name),
        exclusive: attributes.number('exclusive', 0) !== 0,
        reverse: attributes.number('reverse', 0) !== 0,
      };
      if (isWhole(x)) return [onHost(x, way, call, onnx === 'CumProd')];
      if (onnx === 'CumProd') return [products(x, way, call)];
      return [x.size === 0 ? x : tf.cumsum(x, way.axis, way.exclusive, way.reverse)];
    },
  }),
);
