/** Attention as onnxruntime fuses it (com.microsoft). Hidden keys get a large negative number, not an infinite one. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import { attend } from '../attention/attend.ts';
import { apart, together } from '../attention/heads.ts';
import { keyMask, windowBias } from '../attention/masks.ts';
import type { Operand, Operator, OperatorCall } from '../contract.ts';
import { given, optional } from '../operands.ts';

interface Heads {
  readonly q: Tensor;
  readonly k: Tensor;
  readonly v: Tensor;
}

/** What both share: masks, the past, and the product. `past` is that of keys and of values, (b, heads, p, d) each. */
function fused(
  call: OperatorCall,
  { q, k, v }: Heads,
  past: readonly [Tensor | null, Tensor | null],
  mask: Tensor | null,
  bias: Tensor | null,
): { readonly y: Tensor; readonly keys: Tensor; readonly values: Tensor } {
  const { tf, name, attributes } = call;
  const hidden = attributes.number('mask_filter_value', -10000);
  const before = past[0]?.shape[2] ?? 0;
  const keys = past[0] ? tf.concat([past[0], k], 2) : k;
  const values = past[1] ? tf.concat([past[1], v], 2) : v;
  const [batch = 1, , queries = 1, size = 1] = q.shape;
  const total = keys.shape[2] ?? 1;
  const biases: Tensor[] = [];
  if (mask) biases.push(keyMask(tf, name, mask, { batch, queries, keys: total }, hidden));
  if (attributes.number('unidirectional', 0) === 1)
    biases.push(windowBias(tf, queries, total, { left: null, right: 0, offsets: [before] }));
  if (bias) biases.push(bias);
  const { y } = attend(tf, name, q, keys, values, {
    // A scale of 0 stands for none.
    scale: attributes.number('scale', 0) || 1 / Math.sqrt(size),
    softcap: 0,
    bias: biases.length > 0 ? biases.reduce((a, b) => tf.add(a, b)) : null,
  });
  return { y: together(tf, y), keys, values };
}

/** Inputs: input (b, s, i), weights (i, q + k + v), bias, mask_index, past (2, b, heads, p, d), attention_bias. */
function attention(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { tf, name, attributes } = call;
  if (attributes.number('do_rotary', 0) === 1 || attributes.number('past_present_share_buffer', 0) === 1)
    throw new UserError(
      'unsupported',
      `the node ${name} (com.microsoft.Attention) turns its heads or shares its cache, which is not computed here; export the model without onnxruntime's optimisations`,
    );
  const [x, weights, bias] = [given(inputs[0], name), given(inputs[1], name), optional(inputs[2], name)];
  const [b = 1, s = 1, width = 1] = x.shape;
  const third = (weights.shape[1] ?? 3) / 3;
  const sizes = attributes.numbers('qkv_hidden_sizes', [third, third, third]);
  const flat = tf.matMul(tf.reshape(x, [b * s, width]), weights);
  const projected = tf.reshape(bias ? tf.add(flat, bias) : flat, [b, s, weights.shape[1] ?? 1]);
  const heads = attributes.number('num_heads');
  const [q, k, v] = tf.split(projected, [...sizes], -1).map((part) => apart(tf, name, part, heads));
  if (!q || !k || !v)
    throw new UserError('invalid', `the node ${name} has qkv_hidden_sizes [${sizes}]; expected three`);
  const past = optional(inputs[4], name);
  const cache = past ? tf.unstack(past) : [];
  const { y, keys, values } = fused(
    call,
    { q, k, v },
    [cache[0] ?? null, cache[1] ?? null],
    optional(inputs[3], name),
    optional(inputs[5], name),
  );
  return call.outputs > 1 ? [y, tf.stack([keys, values])] : [y];
}

/**
 * Inputs: query (b, s, h), or all three packed (b, s, heads, 3, d); key (b, k, h), packed with the value (b, k, heads, 2, d),
 * or with heads apart (b, heads, k, d); value; bias of all three; key_padding_mask; attention_bias; past_key; past_value.
 */
function multiHead(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { name, attributes } = call;
  const heads = attributes.number('num_heads');
  const [query, key, value] = [given(inputs[0], name), optional(inputs[1], name), optional(inputs[2], name)];
  const { q, k, v } = unpacked(call, heads, query, key, value);
  const bias = optional(inputs[3], name);
  const biased = bias ? withBias(call, { q, k, v }, bias, key?.rank === 4) : { q, k, v };
  const { y, keys, values } = fused(
    call,
    biased,
    [optional(inputs[6], name), optional(inputs[7], name)],
    optional(inputs[4], name),
    optional(inputs[5], name),
  );
  return [y, keys, values];
}

function unpacked(
  { tf, name }: OperatorCall,
  heads: number,
  query: Tensor,
  key: Tensor | null,
  value: Tensor | null,
): Heads {
  /** (b, s, heads, count, d) -> (b, heads, s, d) each. */
  const parts = (packed: Tensor) => {
    const [b = 1, s = 1, h = 1, count = 1, d = 1] = packed.shape;
    return Array.from({ length: count }, (_, at) =>
      tf.transpose(
        tf.reshape(tf.slice(tf.reshape(packed, [b * s * h, count, d]), [0, at, 0], [b * s * h, 1, d]), [
          b,
          s,
          h,
          d,
        ]),
        [0, 2, 1, 3],
      ),
    );
  };
  if (query.rank === 5) {
    const [q, k, v] = parts(query);
    if (q && k && v) return { q, k, v };
  }
  const own = (x: Tensor) => (x.rank === 4 ? x : apart(tf, name, x, heads));
  if (key?.rank === 5) {
    const [k, v] = parts(key);
    if (k && v) return { q: own(query), k, v };
  }
  if (!key || !value)
    throw new UserError(
      'invalid',
      `the node ${name} has a query of shape [${query.shape}] without keys and values; expected them, or all three packed`,
    );
  return { q: own(query), k: own(key), v: own(value) };
}

/** Keys and values whose heads lie apart have had theirs. */
function withBias({ tf }: OperatorCall, { q, k, v }: Heads, bias: Tensor, apartAlready: boolean): Heads {
  const width = (x: Tensor) => (x.shape[1] ?? 1) * (x.shape[3] ?? 1);
  const sizes = [width(q), width(k), width(v)];
  const [ofQ, ofK, ofV] = tf.split(bias, sizes);
  const added = (x: Tensor, part: Tensor | undefined) =>
    part ? tf.add(x, tf.reshape(part, [1, x.shape[1] ?? 1, 1, x.shape[3] ?? 1])) : x;
  return { q: added(q, ofQ), k: apartAlready ? k : added(k, ofK), v: apartAlready ? v : added(v, ofV) };
}

const everyOutput: NonNullable<Operator['types']> = ({ inputTypes, outputs }) =>
  Array.from({ length: outputs }, () => inputTypes[0] ?? null);

export const operators: readonly Operator[] = [
  { onnx: 'com.microsoft.Attention', units: 'last', types: everyOutput, apply: attention },
  { onnx: 'com.microsoft.MultiHeadAttention', units: 'last', types: everyOutput, apply: multiHead },
];
