import { expect, test } from 'vitest';
import { attentionOrderCaveats } from './attention-order.ts';
import type { FlatNetwork } from './flatten.ts';

type Layer = FlatNetwork['layers'][number];
const layer = (className: string, name: string, inputs: readonly string[], config = {}): Layer => ({
  ...{ className, name, config, path: [name] },
  calls: [inputs.map((from) => ({ layer: from, call: 0, tensor: 0 }))],
});
const start = (masks: boolean) => [
  layer('InputLayer', 'ids', []),
  layer('Embedding', 'tokens', ['ids'], { mask_zero: masks }),
  layer('MultiHeadAttention', 'attention', ['tokens', 'tokens']),
];

test('A layer beside an attention that reads what is masked is told of, as is what joins it', () => {
  const beside = [...start(true), layer('Attention', 'other', ['tokens', 'tokens'])];
  expect(attentionOrderCaveats({ layers: beside })).toEqual([
    "Keras' MultiHeadAttention takes the mask off what it reads, so that what Keras does with masks at other depends on the order in which it calls layers; masked steps may be treated otherwise here.",
  ]);
  const joined = [...start(true), layer('Concatenate', 'both', ['tokens', 'attention'])];
  expect(attentionOrderCaveats({ layers: joined })[0]).toContain('masks at both depends');
});

test('Where the order is settled, or nothing is masked, nothing is said', () => {
  const residual = [...start(true), layer('Add', 'sum', ['tokens', 'attention'])];
  expect(attentionOrderCaveats({ layers: residual })).toEqual([]);
  expect(
    attentionOrderCaveats({
      layers: [...start(false), layer('Concatenate', 'both', ['tokens', 'attention'])],
    }),
  ).toEqual([]);
  expect(attentionOrderCaveats({ layers: start(true).slice(0, 2) })).toEqual([]);
});
