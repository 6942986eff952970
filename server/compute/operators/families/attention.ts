/** Attention of ONNX since version 23, rotary embeddings, and attention by a running state. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import { attend } from '../attention/attend.ts';
import { apart, together } from '../attention/heads.ts';
import { biasOf, lengthBias, windowBias } from '../attention/masks.ts';
import { rotated } from '../attention/rotary.ts';
import type { Operand, Operator, OperatorCall } from '../contract.ts';
import { given, numbersOf, optional } from '../operands.ts';

/** Inputs Q, K, V, attn_mask, past_key, past_value, nonpad_kv_seqlen; outputs Y, present_key, present_value, scores. */
function attention(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { tf, name, attributes } = call;
  const flat = given(inputs[0], name).rank === 3;
  const headsOf = (at: number, attribute: string) => {
    const x = given(inputs[at], name);
    return flat ? apart(tf, name, x, attributes.number(attribute)) : x;
  };
  const q = headsOf(0, 'q_num_heads');
  const joined = (past: Tensor | null, own: Tensor) => (past ? tf.concat([past, own], 2) : own);
  const past = optional(inputs[4], name);
  const k = joined(past, headsOf(1, 'kv_num_heads'));
  const v = joined(optional(inputs[5], name), headsOf(2, 'kv_num_heads'));
  const [queries, keys] = [q.shape[2] ?? 1, k.shape[2] ?? 1];
  const lengths = inputs[6] ? numbersOf(given(inputs[6], name)) : null;
  const mask = optional(inputs[3], name);

  const causal = attributes.number('is_causal', 0) === 1;
  const [left, right] = ['left_window_size', 'right_window_size'].map((side) => {
    const found = attributes.number(side, -1);
    return found < 0 ? null : found;
  });
  const biases: Tensor[] = mask ? [biasOf(tf, mask, keys)] : [];
  if (causal || left != null || right != null) {
    const offsets = past ? [past.shape[2] ?? 0] : lengths ? lengths.map((length) => length - queries) : [0];
    const ahead = causal ? 0 : (right ?? null);
    biases.push(windowBias(tf, queries, keys, { left: left ?? null, right: ahead, offsets }));
  }
  if (lengths) biases.push(lengthBias(tf, lengths, keys));

  const { y, stages } = attend(tf, name, q, k, v, {
    scale: attributes.number('scale', 1 / Math.sqrt(q.shape[3] ?? 1)),
    softcap: attributes.number('softcap', 0),
    bias: biases.length > 0 ? biases.reduce((a, b) => tf.add(a, b)) : null,
  });
  const shown = stages[attributes.number('qk_matmul_output_mode', 0)];
  if (!shown)
    throw new UserError(
      'invalid',
      `the node ${name} has qk_matmul_output_mode ${attributes.number('qk_matmul_output_mode', 0)}; expected 0, 1, 2 or 3`,
    );
  return [flat ? together(tf, y) : y, k, v, shown];
}

/** Inputs X, cos_cache, sin_cache, position_ids. */
function rotaryEmbedding(
  inputs: readonly Operand[],
  { tf, name, attributes }: OperatorCall,
): readonly Operand[] {
  const at = optional(inputs[3], name);
  const angles = (input: number) => {
    const cache = given(inputs[input], name);
    return at ? tf.gather(cache, at) : cache;
  };
  return [
    rotated(tf, name, given(inputs[0], name), angles(1), angles(2), {
      heads: attributes.number('num_heads', 0),
      size: attributes.number('rotary_embedding_dim', 0),
      interleaved: attributes.number('interleaved', 0) === 1,
    }),
  ];
}

/** com.microsoft: inputs X, position_ids (one offset, or a place for each token), cos_cache, sin_cache. */
function microsoftRotary(
  inputs: readonly Operand[],
  { tf, name, attributes }: OperatorCall,
): readonly Operand[] {
  const x = given(inputs[0], name);
  const ids = given(inputs[1], name);
  const length = (x.rank === 4 ? x.shape[2] : x.shape[1]) ?? 1;
  const angles = (input: number) => {
    const cache = given(inputs[input], name);
    if (ids.size !== 1 || ids.rank === 2) return tf.gather(cache, ids);
    const first = numbersOf(ids)[0] ?? 0;
    return tf.expandDims(tf.slice(cache, first, length), 0);
  };
  return [
    rotated(tf, name, x, angles(2), angles(3), {
      heads: attributes.number('num_heads', 0),
      size: attributes.number('rotary_embedding_dim', 0),
      interleaved: attributes.number('interleaved', 0) === 1,
    }),
  ];
}

const RULES = ['linear', 'gated', 'delta', 'gated_delta'];

/**
 * Inputs query (b, t, heads * d), key (b, t, groups * d), value (b, t, groups * e), past_state (b, groups, d, e), decay and
 * beta: a state of outer products of keys and values, read by queries step by step.
 */
function linearAttention(
  inputs: readonly Operand[],
  { tf, name, attributes }: OperatorCall,
): readonly Operand[] {
  const rule = attributes.text('update_rule', 'gated_delta');
  const [gated, corrected] = [rule.startsWith('gated'), rule.endsWith('delta')];
  const [decay, beta] = [optional(inputs[4], name), optional(inputs[5], name)];
  if (!RULES.includes(rule) || gated !== (decay !== null) || corrected !== (beta !== null))
    throw new UserError(
      'invalid',
      `the node ${name} has update_rule ${JSON.stringify(rule)} ${decay ? 'with' : 'without'} decay and ${beta ? 'with' : 'without'} beta; expected one of ${RULES.join(', ')}, decay where it is gated and beta where it is a delta`,
    );
  const [heads, groups] = [attributes.number('q_num_heads'), attributes.number('kv_num_heads')];
  const q = apart(tf, name, given(inputs[0], name), heads);
  const [k, v] = [
    apart(tf, name, given(inputs[1], name), groups),
    apart(tf, name, given(inputs[2], name), groups),
  ];
  const [b = 1, , steps = 1, d = 1] = q.shape;
  const e = v.shape[3] ?? 1;
  const scale = attributes.number('scale', 0) || 1 / Math.sqrt(d);
  const perHead = (x: Tensor | null) => x && apart(tf, name, x, (x.shape[2] ?? 1) === 1 ? 1 : groups);
  const [decays, betas] = [perHead(decay), perHead(beta)];
  const step = (x: Tensor, at: number) =>
    tf.squeeze(tf.slice(x, [0, 0, at, 0], [x.shape[0] ?? 1, x.shape[1] ?? 1, 1, x.shape[3] ?? 1]), [2]);
  let state = optional(inputs[3], name) ?? tf.zeros([b, groups, d, e]);
  const read: Tensor[] = [];
  for (let at = 0; at < steps; at++) {
    if (decays) state = tf.mul(state, tf.exp(tf.expandDims(step(decays, at), -1)));
    const key = step(k, at);
    let value = step(v, at);
    if (betas) {
      const known = tf.squeeze(tf.matMul(tf.expandDims(key, 2), state), [2]);
      value = tf.mul(step(betas, at), tf.sub(value, known));
    }
    state = tf.add(state, tf.mul(tf.expandDims(key, 3), tf.expandDims(value, 2)));
    const query = tf.reshape(step(q, at), [b, groups, heads / groups, d]);
    read.push(tf.reshape(tf.matMul(query, state), [b, 1, heads * e]));
  }
  return [tf.mul(tf.concat(read, 1), scale), state];
}

const everyOutput: NonNullable<Operator['types']> = ({ inputTypes, outputs }) =>
  Array.from({ length: outputs }, () => inputTypes[0] ?? null);

export const operators: readonly Operator[] = [
  { onnx: 'Attention', units: 'last', types: everyOutput, apply: attention },
  { onnx: 'RotaryEmbedding', units: 'last', apply: rotaryEmbedding },
  { onnx: 'com.microsoft.RotaryEmbedding', units: 'last', apply: microsoftRotary },
  { onnx: 'LinearAttention', units: 'last', types: everyOutput, apply: linearAttention },
];
