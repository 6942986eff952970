/** Einstein sums as transposes and products of matrices: TensorFlow.js has no gradient of its own kernel, nor one on WebAssembly. */
import type { Tensor } from '@tensorflow/tfjs';
import type { ElementType } from '../../../../core/artifacts/operators.ts';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import { bounded, sizeOf, stridesOf } from './axes.ts';
import { expand, gridIndices } from './broadcasting.ts';
import { product } from './matrices.ts';
import { pick } from './selection.ts';
import { isWhole, wholes, wholeTensor } from './whole-numbers.ts';

/** A tensor whose axes have names, each once. */
interface Named {
  readonly tensor: Tensor;
  readonly axes: readonly string[];
}

export function einsum(
  tf: Tf,
  equation: string,
  tensors: readonly Tensor[],
  type: ElementType | null,
  node: string,
): Tensor {
  const { inputs, output } = parsed(equation, tensors, node);
  const sizes = sizesOf(inputs, tensors, equation, node);
  bounded(
    output.map((axis) => sizes.get(axis) ?? 1),
    node,
  );
  let operands = tensors.map((tensor, at): Named => diagonal(tf, { tensor, axes: inputs[at] ?? [] }));
  while (operands.length > 1) {
    const [a, b, ...rest] = operands;
    if (!a || !b) break;
    const wanted = new Set([...output, ...rest.flatMap(({ axes }) => axes)]);
    operands = [contracted(tf, a, b, wanted, sizes, type, node), ...rest];
  }
  const [last] = operands;
  if (!last) throw new UserError('invalid', `the node ${node} sums nothing: ${equation}`);
  const kept = summed(tf, last, new Set(output));
  const whole = withAxes(tf, kept, output, sizes);
  return tf.reshape(
    whole,
    output.map((axis) => sizes.get(axis) ?? 1),
  );
}

/** Axes by name; those of `...` are numbers from the last on. Without an arrow those that stand once, in order. */
function parsed(
  equation: string,
  tensors: readonly Tensor[],
  node: string,
): { inputs: string[][]; output: string[] } {
  const plain = equation.replace(/\s/g, '');
  const [left = '', right] = plain.split('->');
  const terms = left.split(',');
  const wrong = (why: string) =>
    new UserError('invalid', `the node ${node} has the equation "${equation}", ${why}`);
  if (!/^[A-Za-z.,]*(->[A-Za-z.]*)?$/.test(plain))
    throw wrong('which has other signs than letters, dots, commas and ->');
  if (terms.length !== tensors.length)
    throw wrong(`of ${terms.length} terms; found ${tensors.length} tensors`);
  let dots = 0;
  const inputs = terms.map((term, at) => {
    const letters = term.replace('...', '');
    const rank = tensors[at]?.rank ?? 0;
    const own = term.includes('...') ? rank - letters.length : 0;
    if (letters.includes('.') || own < 0 || letters.length + own !== rank)
      throw wrong(`whose term ${at + 1} has not the ${rank} axes of its tensor`);
    dots = Math.max(dots, own);
    return named(term, own);
  });
  if (right !== undefined) {
    if (right.replace('...', '').includes('.')) throw wrong('whose output has single dots');
    const output = named(right, right.includes('...') ? dots : 0);
    if (new Set(output).size < output.length) throw wrong('whose output names an axis twice');
    if (output.some((axis) => !inputs.some((axes) => axes.includes(axis))))
      throw wrong('whose output names an axis that no term has');
    return { inputs, output };
  }
  const all = inputs.flat();
  const once = [...new Set(all)]
    .filter((axis) => /[A-Za-z]/.test(axis) && all.filter((other) => other === axis).length === 1)
    .sort();
  return { inputs, output: [...named('...', dots), ...once] };
}

function named(term: string, dots: number): string[] {
  const [before = '', after = ''] = term.split('...');
  const between = term.includes('...') ? Array.from({ length: dots }, (_, at) => String(dots - at)) : [];
  return [...before, ...between, ...after];
}

function sizesOf(
  inputs: readonly (readonly string[])[],
  tensors: readonly Tensor[],
  equation: string,
  node: string,
): Map<string, number> {
  const sizes = new Map<string, number>();
  inputs.forEach((axes, at) => {
    axes.forEach((axis, place) => {
      const size = tensors[at]?.shape[place] ?? 1;
      const known = sizes.get(axis) ?? 1;
      if (known !== 1 && size !== 1 && known !== size)
        throw new UserError(
          'invalid',
          `the node ${node} (${equation}) has the sizes ${known} and ${size} for one axis, ${axis}`,
        );
      sizes.set(axis, Math.max(size === 0 ? 0 : known, size));
    });
  });
  return sizes;
}

/** An axis that a term names twice is its diagonal. */
function diagonal(tf: Tf, { tensor, axes }: Named): Named {
  const own = [...new Set(axes)];
  if (own.length === axes.length) return { tensor, axes };
  const strides = stridesOf(tensor.shape);
  const shape = own.map((axis) => tensor.shape[axes.indexOf(axis)] ?? 1);
  const steps = own.map((axis) =>
    axes.reduce((all, other, at) => all + (other === axis ? (strides[at] ?? 0) : 0), 0),
  );
  return { tensor: pick(tf, tensor, gridIndices(shape, steps), shape), axes: own };
}

/** Without the axes that nobody wants. */
function summed(tf: Tf, { tensor, axes }: Named, wanted: ReadonlySet<string>): Named {
  const gone = axes.flatMap((axis, at) => (wanted.has(axis) ? [] : [at]));
  if (gone.length === 0) return { tensor, axes };
  const kept = axes.filter((axis) => wanted.has(axis));
  if (!isWhole(tensor)) return { tensor: tf.sum(tensor, gone), axes: kept };
  const strides = stridesOf(tensor.shape);
  const values = wholes(tensor);
  const line = (of: readonly string[]) => {
    const places = of.map((axis) => axes.indexOf(axis));
    return gridIndices(
      places.map((at) => tensor.shape[at] ?? 1),
      places.map((at) => strides[at] ?? 0),
    );
  };
  const shifts = line(axes.filter((axis) => !wanted.has(axis)));
  const sums = Array.from(line(kept), (start) =>
    shifts.reduce((all, shift) => all + (values[start + shift] ?? 0), 0),
  );
  const shape = kept.map((axis) => tensor.shape[axes.indexOf(axis)] ?? 1);
  return { tensor: wholeTensor(tf, sums, shape, null), axes: kept };
}

/** In this order; an axis that is not there has the size 1. */
function withAxes(
  tf: Tf,
  { tensor, axes }: Named,
  order: readonly string[],
  sizes: ReadonlyMap<string, number>,
): Tensor {
  const present = order.filter((axis) => axes.includes(axis));
  const turned = tf.transpose(
    tensor,
    present.map((axis) => axes.indexOf(axis)),
  );
  const own = order.map((axis) => (axes.includes(axis) ? (tensor.shape[axes.indexOf(axis)] ?? 1) : 1));
  return expand(
    tf,
    tf.reshape(turned, own),
    order.map((axis, at) => (axes.includes(axis) ? (sizes.get(axis) ?? 1) : (own[at] ?? 1))),
  );
}

/** Two operands as one batched product of matrices: what both and the rest have is the batch, what only both have is summed. */
function contracted(
  tf: Tf,
  left: Named,
  right: Named,
  wanted: ReadonlySet<string>,
  sizes: ReadonlyMap<string, number>,
  type: ElementType | null,
  node: string,
): Named {
  const a = summed(tf, left, new Set([...wanted, ...right.axes]));
  const b = summed(tf, right, new Set([...wanted, ...left.axes]));
  const both = a.axes.filter((axis) => b.axes.includes(axis));
  const batch = both.filter((axis) => wanted.has(axis));
  const inner = both.filter((axis) => !wanted.has(axis));
  const rows = a.axes.filter((axis) => !both.includes(axis));
  const columns = b.axes.filter((axis) => !both.includes(axis));
  const size = (axes: readonly string[]) => sizeOf(axes.map((axis) => sizes.get(axis) ?? 1));
  const [n, m, k, l] = [size(batch), size(rows), size(inner), size(columns)];
  bounded([n, m, l], node);
  const made = product(
    tf,
    tf.reshape(withAxes(tf, a, [...batch, ...rows, ...inner], sizes), [n, m, k]),
    tf.reshape(withAxes(tf, b, [...batch, ...inner, ...columns], sizes), [n, k, l]),
    type,
    node,
  );
  const axes = [...batch, ...rows, ...columns];
  return {
    tensor: tf.reshape(
      made,
      axes.map((axis) => sizes.get(axis) ?? 1),
    ),
    axes,
  };
}
