/**
 * MultiHeadAttention and GroupedQueryAttention of Keras, as products of matrices: an einsum has no gradient in
 * TensorFlow.js. Formulas as in keras/src/layers/attention. Shapes: b examples, t queries, s keys, n heads, d units.
 */
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import { layerOf, type Masks, type Shape, type WeightSpec } from '../recipe.ts';
import { ShapeFault } from '../reshapes.ts';
import { both, causal, cleared, hidden, near } from './masks.ts';

/** What each input of a call is. */
export const roles = z.array(z.enum(['query', 'value', 'key', 'mask']));
type Role = z.infer<typeof roles>[number];

const config = z.object({
  name: z.string().default('attention'),
  queryHeads: z.number().int(),
  /** As many heads of queries look at each head of keys and values. */
  keyHeads: z.number().int(),
  keyDim: z.number().int(),
  valueDim: z.number().int(),
  useBias: z.boolean(),
  useGate: z.boolean(),
  /** Of what is put out, in place of the queries' own units. */
  outputShape: z.array(z.number().int()).nullable(),
  /** Axes that queries look along; all but the first and the last where null. */
  attentionAxes: z.array(z.number().int()).nullable(),
  slidingWindow: z.number().int().nullable(),
  causal: z.boolean(),
  /** The scores are a second output. */
  scores: z.boolean(),
  /** Keras takes its fused kernel: a query that may look at nothing looks at all evenly, instead of at nothing. */
  fused: z.boolean(),
  roles,
});
type Config = z.infer<typeof config>;

function given<T>(inputs: readonly T[], { roles: own }: Config, role: Role): T | undefined {
  return inputs[own.indexOf(role)];
}

/** Query, key and value; without a key the values are the keys. */
function triple<T>(inputs: readonly T[], config: Config): [T, T, T] {
  const query = given(inputs, config, 'query');
  const value = given(inputs, config, 'value');
  if (query === undefined || value === undefined) throw new Error(`${config.name} lacks query or value`);
  return [query, given(inputs, config, 'key') ?? value, value];
}

/** How a tensor of this rank is taken apart: axes of their own, axes that are looked along. */
function axesOf({ name, attentionAxes }: Config, rank: number): { apart: number[]; along: number[] } {
  const inner = Array.from({ length: Math.max(rank - 2, 0) }, (_, i) => i + 1);
  const along = attentionAxes?.map((axis) => (axis < 0 ? axis + rank : axis)) ?? inner;
  if (rank < 3 || along.some((axis) => !inner.includes(axis)))
    throw new ShapeFault(
      `the layer ${name} attends along the axes ${along.join(', ')} of an input of ${rank} axes; expected axes between the first and the last one`,
    );
  return { apart: [0, ...inner.filter((axis) => !along.includes(axis))], along };
}

const sizeOf = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
const unitsOf = (shape: Shape) => shape.at(-1) ?? 0;

function weights(config: Config, _: Shape, inputs: readonly Shape[]): WeightSpec[] {
  const { queryHeads, keyHeads, keyDim, valueDim, outputShape } = config;
  const [query, key, value] = triple(inputs, config);
  const dense = (name: string, kernel: number[], bias: number[]): WeightSpec[] => [
    { name: `${name}/kernel`, shape: kernel },
    ...(config.useBias ? [{ name: `${name}/bias`, shape: bias }] : []),
  ];
  const heads = (name: string, of: Shape, count: number, size: number) =>
    dense(name, [unitsOf(of), count, size], [count, size]);
  const out = outputShape ?? [unitsOf(query)];
  return [
    ...heads('query', query, queryHeads, keyDim),
    ...heads('key', key, keyHeads, keyDim),
    ...(config.useGate ? heads('gate', query, queryHeads, valueDim) : []),
    ...heads('value', value, keyHeads, valueDim),
    ...dense('attention_output', [queryHeads, valueDim, ...out], out),
  ];
}

function shape(config: Config, inputs: readonly Shape[]): Shape | readonly Shape[] {
  const [query, key, value] = triple(inputs, config);
  const { apart, along } = axesOf(config, query.length);
  if ([key, value].some((one) => one.length !== query.length))
    throw new ShapeFault(
      `the layer ${config.name} gets queries, keys and values of ${[query, key, value].map(({ length }) => length).join(', ')} axes; expected as many of each`,
    );
  const masked = config.causal || config.slidingWindow !== null || config.roles.includes('mask');
  if (masked && query.length !== 3)
    throw new ShapeFault(
      `the layer ${config.name} is called with a mask for inputs of ${query.length} axes; masks are computed for (batch, steps, units) only`,
    );
  const out = [...query.slice(0, -1), ...(config.outputShape ?? [unitsOf(query)])];
  const sizes = (of: Shape, axes: readonly number[]) => axes.map((axis) => of[axis] ?? null);
  return config.scores
    ? [out, [...sizes(query, apart), config.queryHeads, ...sizes(query, along), ...sizes(key, along)]]
    : out;
}

/** The lists of a layer's weights, kernel and bias of each dense part. */
function parts(config: Config, weights: readonly Tensor[]) {
  const own = [...weights];
  const next = () => ({ kernel: own.shift(), bias: config.useBias ? own.shift() : undefined });
  return { query: next(), key: next(), gate: config.useGate ? next() : null, value: next(), out: next() };
}

function call(tf: Tf, inputs: readonly Tensor[], config: Config, weights: readonly Tensor[], masks: Masks) {
  const tensors = triple(inputs, config);
  const [query, key] = tensors;
  const { apart, along } = axesOf(config, query.rank);
  const order = [...apart, ...along, query.rank - 1];
  const sizes = (x: Tensor, axes: readonly number[]) => axes.map((axis) => x.shape[axis] ?? 1);
  const lead = sizes(query, apart);
  const [b, t, s] = [sizeOf(lead), sizeOf(sizes(query, along)), sizeOf(sizes(key, along))];
  const [q3, k3, v3] = tensors.map((x) => {
    const turned = order.every((axis, at) => axis === at) ? x : tf.transpose(x, order);
    return tf.reshape(turned, [b, -1, unitsOf(x.shape)]);
  });
  if (!q3 || !k3 || !v3) throw new Error(`${config.name} lacks an input`);
  const { queryHeads: n, keyHeads, keyDim, valueDim } = config;
  const dense = parts(config, weights);
  const queries = tf.mul(projected(tf, q3, dense.query, n, keyDim), 1 / Math.sqrt(keyDim));
  const keys = projected(tf, k3, dense.key, keyHeads, keyDim);
  const values = projected(tf, v3, dense.value, keyHeads, valueDim);
  const each = n / keyHeads;
  const folded = tf.reshape(queries, [b, keyHeads, each * t, keyDim]);
  const scores = tf.reshape(tf.matMul(folded, keys, false, true), [b, n, t, s]);
  const mask = maskOf(tf, inputs, config, masks, t, s);
  const probabilities = attended(tf, scores, mask, config.fused);
  const seen = tf.matMul(tf.reshape(probabilities, [b, keyHeads, each * t, s]), values);
  const heads = tf.reshape(seen, [b, n, t, valueDim]);
  const gated = dense.gate ? tf.mul(heads, tf.sigmoid(projected(tf, q3, dense.gate, n, valueDim))) : heads;
  const together = tf.reshape(tf.transpose(gated, [0, 2, 1, 3]), [b * t, n * valueDim]);
  const out = config.outputShape ?? [unitsOf(query.shape)];
  const flat = affine(tf, together, dense.out, n * valueDim, sizeOf(out));
  const shaped = tf.reshape(flat, [...lead, ...sizes(query, along), ...out]);
  const moved = order.slice(0, -1);
  const back = [...moved.map((_, axis) => moved.indexOf(axis)), ...out.map((_, at) => moved.length + at)];
  const y = back.every((axis, at) => axis === at) ? shaped : tf.transpose(shaped, back);
  if (!config.scores) return y;
  return [y, tf.reshape(probabilities, [...lead, n, ...sizes(query, along), ...sizes(key, along)])];
}

interface DensePart {
  readonly kernel: Tensor | undefined;
  readonly bias: Tensor | undefined;
}

/** (rows, from) -> (rows, to). */
function affine(tf: Tf, x: Tensor, { kernel, bias }: DensePart, from: number, to: number): Tensor {
  if (!kernel) throw new Error('an attention has no kernel');
  const y = tf.matMul(x, tf.reshape(kernel, [from, to]));
  return bias ? tf.add(y, tf.reshape(bias, [to])) : y;
}

/** (b, t, d) -> (b, heads, t, size). */
function projected(tf: Tf, x: Tensor, part: DensePart, heads: number, size: number): Tensor {
  const [b = 1, t = 1, d = 1] = x.shape;
  const y = affine(tf, tf.reshape(x, [b * t, d]), part, d, heads * size);
  return tf.transpose(tf.reshape(y, [b, t, heads, size]), [0, 2, 1, 3]);
}

function attended(tf: Tf, scores: Tensor, mask: Tensor | null, fused: boolean): Tensor {
  if (!mask) return tf.softmax(scores);
  const seen = tf.softmax(hidden(tf, scores, mask));
  return fused ? seen : cleared(tf, seen, mask);
}

/** Broadcasts to (b, n, t, s). */
function maskOf(
  tf: Tf,
  inputs: readonly Tensor[],
  config: Config,
  masks: Masks,
  queries: number,
  keys: number,
): Tensor | null {
  const flowing = (role: Role, shape: (mask: Tensor) => number[]) => {
    const mask = given(masks, config, role) ?? null;
    if (mask === null) return null;
    if (mask.rank !== 2)
      throw new UserError(
        'unsupported',
        `the layer ${config.name} gets a mask of shape [${mask.shape.join(', ')}]; one mark for each step was expected; end the mask before this layer, for example with a Reshape`,
      );
    return tf.reshape(mask, shape(mask));
  };
  const rows = (mask: Tensor) => [mask.shape[0] ?? 1, 1, mask.shape[1] ?? 1, 1];
  const columns = (mask: Tensor) => [mask.shape[0] ?? 1, 1, 1, mask.shape[1] ?? 1];
  const own = given(inputs, config, 'mask');
  return both(tf, [
    own === undefined ? null : visible(tf, own),
    flowing('query', rows),
    flowing('value', columns),
    flowing('key', columns),
    config.causal ? causal(tf, queries, keys) : null,
    config.slidingWindow === null ? null : near(tf, queries, keys, config.slidingWindow),
  ]);
}

/** A mask of (t, s), (b, t, s) or (b, n, t, s), whatever its numbers are. */
function visible(tf: Tf, mask: Tensor): Tensor {
  const marks = tf.notEqual(mask, 0);
  return marks.rank === 3 ? tf.expandDims(marks, 1) : marks;
}

export const headedAttentions = (tf: Tf) =>
  ['MultiHeadAttention', 'GroupedQueryAttention'].map((className) =>
    layerOf(tf, { className, config, weights, shape, call }),
  );
