/** Attentions: what is read of their configuration, and of how they are called. */
import { z } from 'zod';
import { type CallForm, placeOf } from '../call-forms.ts';
import {
  count,
  faulty,
  flag,
  inert,
  type KeyOwner,
  type Keys,
  optional,
  read,
  shown,
  sizes,
  trained,
} from '../keys.ts';
import type { ClassRow, Config, Made, Rows } from './row.ts';

const dense: Keys = {
  use_bias: flag,
  use_gate: flag,
  dropout: read(z.number(), 'a number'),
  sliding_window: optional(count),
  // The same numbers, reckoned otherwise.
  flash_attention: inert,
  seed: inert,
  ...trained('kernel', 'bias'),
  // tf.keras wrote what its parts were built for.
  query_shape: inert,
  key_shape: inert,
  value_shape: inert,
};

/** Arguments by their place, which the version decides. */
const PLACES = {
  keras3: [
    ...['query', 'value', 'key', 'query_mask', 'value_mask', 'key_mask'],
    ...['attention_mask', 'return_attention_scores', 'training', 'use_causal_mask'],
  ],
  keras2: [
    ...['query', 'value', 'key', 'attention_mask'],
    ...['return_attention_scores', 'training', 'use_causal_mask'],
  ],
};
const TENSORS = new Set(['query', 'value', 'key', 'attention_mask']);
const FLAGS = new Set(['return_attention_scores', 'use_causal_mask', 'training']);

interface Called {
  /** By their place among the inputs. */
  readonly roles: readonly string[];
  readonly causal: boolean;
  readonly scores: boolean;
}

/** query, value and key one by one. */
function calledByName(form: CallForm | null, owner: KeyOwner): Called {
  const places = owner.keras3 ? PLACES.keras3 : PLACES.keras2;
  const named = Object.fromEntries(
    (form?.args ?? []).map((value, at) => [places[at] ?? `argument ${at}`, value]),
  );
  const roles: string[] = [];
  const flags: Record<string, boolean> = {};
  for (const [name, value] of Object.entries({ ...named, ...form?.kwargs })) {
    const place = placeOf(value);
    if (value === null || value === undefined) continue;
    if (place !== null && TENSORS.has(name)) roles[place] = name === 'attention_mask' ? 'mask' : name;
    else if (typeof value === 'boolean' && FLAGS.has(name)) flags[name] = value;
    else throw faulty(owner, `is called with ${name}=${shown(value)}, which is not computed here`);
  }
  if (!roles.includes('query') || !roles.includes('value'))
    throw faulty(owner, 'is called without a query or a value; both are needed: layer(query, value)');
  return flagged(roles, flags, owner);
}

function flagged(
  roles: readonly string[],
  flags: Readonly<Record<string, unknown>>,
  owner: KeyOwner,
): Called {
  if (flags.training === true)
    throw faulty(owner, 'is called with training=true, which is not computed here; call it without');
  return { roles, causal: flags.use_causal_mask === true, scores: flags.return_attention_scores === true };
}

/** A list of query, value and perhaps key. */
function calledByList(form: CallForm | null, owner: KeyOwner): Called {
  const [list = [], ...more] = form?.args ?? [];
  const places = Array.isArray(list) ? list.map(placeOf) : [];
  if (places.length < 2 || places.length > 3 || places.some((place, at) => place !== at))
    throw faulty(owner, 'is not called with a list of tensors: [query, value] or [query, value, key]');
  const odd = more.find((value) => value !== null && value !== false);
  if (odd !== undefined) throw faulty(owner, `is called with ${shown(odd)}, which is not computed here`);
  for (const [key, value] of Object.entries(form?.kwargs ?? {}))
    if (value !== null && !(typeof value === 'boolean' && FLAGS.has(key)))
      throw faulty(owner, `is called with ${key}=${shown(value)}, which is not computed here`);
  return flagged(['query', 'value', 'key'].slice(0, places.length), form?.kwargs ?? {}, owner);
}

/** What both kinds of heads come to. */
function headed(config: Config, owner: KeyOwner, heads: Config, dropout: unknown): Made {
  const { roles, causal, scores } = calledByName(owner.form, owner);
  return {
    config: {
      ...heads,
      name: config.name,
      dtype: config.dtype,
      trainable: config.trainable ?? true,
      use_bias: config.use_bias ?? true,
      use_gate: config.use_gate ?? false,
      sliding_window: config.sliding_window ?? null,
      causal,
      scores,
      fused: !scores && !(Number(dropout ?? 0) > 0),
      roles,
    },
  };
}

const headedRow: ClassRow = {
  keys: {
    ...dense,
    num_heads: count,
    key_dim: count,
    value_dim: optional(count),
    output_shape: optional(sizes),
    attention_axes: optional(sizes),
  },
  make: (config, owner) =>
    headed(
      config,
      owner,
      {
        query_heads: config.num_heads,
        key_heads: config.num_heads,
        key_dim: config.key_dim,
        value_dim: config.value_dim ?? config.key_dim,
        output_shape: config.output_shape === undefined ? null : [config.output_shape].flat(),
        attention_axes: config.attention_axes === undefined ? null : [config.attention_axes].flat(),
      },
      config.dropout,
    ),
};

const groupedRow: ClassRow = {
  keys: { ...dense, head_dim: count, num_query_heads: count, num_key_value_heads: count },
  make: (config, owner) => {
    const { num_query_heads: heads, num_key_value_heads: groups, head_dim: size } = config;
    if (Number(heads) % Number(groups) !== 0)
      throw faulty(owner, `has ${heads} heads of queries for ${groups} of keys, which do not divide them`);
    return {
      ...headed(
        config,
        owner,
        {
          ...{ query_heads: heads, key_heads: groups, key_dim: size, value_dim: size },
          ...{ output_shape: null, attention_axes: null },
        },
        config.dropout,
      ),
      className: 'GroupedQueryAttention',
    };
  },
};

function scoring(mode: (config: Config) => unknown, scaled: boolean): ClassRow {
  return {
    keys: {
      use_scale: flag,
      score_mode: read(z.enum(['dot', 'concat']), '"dot" or "concat"'),
      dropout: inert,
      seed: inert,
      // tf.keras up to 2.9 wrote it here.
      causal: flag,
    },
    make: (config, owner) => {
      const { causal, scores } = calledByList(owner.form, owner);
      return {
        config: {
          name: config.name,
          dtype: config.dtype,
          trainable: config.trainable ?? true,
          mode: mode(config),
          use_scale: config.use_scale ?? scaled,
          causal: causal || config.causal === true,
          scores,
        },
      };
    },
  };
}

export const ATTENTION: Rows = {
  MultiHeadAttention: headedRow,
  GroupQueryAttention: groupedRow,
  // The name of the class in Python.
  GroupedQueryAttention: groupedRow,
  Attention: scoring(({ score_mode }) => score_mode ?? 'dot', false),
  AdditiveAttention: scoring(() => 'additive', true),
};
