/** Attentions and operators that are called in ways that are not computed: the sentence that names layer and argument. */
import { beforeAll, expect, it } from 'vitest';
import { functional, type KerasConfig, tensor, type Workbench, workbench } from '../testing/bench.ts';
import { finishModel } from '../topology/model.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const x = tensor('in');
const NUMPY = { module: 'keras.src.ops.numpy' };
const build = (className: string, config: KerasConfig, args: unknown[], kwargs: object, beside: object) =>
  finishModel(
    {
      format: 'keras',
      file: 'm.keras',
      keras3: true,
      weights: [],
      architecture: functional([
        ['InputLayer', 'in', { batch_shape: [null, 4, 6] }],
        [className, 'it', config, { ...beside, inbound_nodes: [{ args, kwargs }] }],
      ]),
    },
    bench.context,
  );

it.each<[string, string, KerasConfig, unknown[], object]>([
  ['has no list of tensors xs', 'Concatenate', {}, [x], {}],
  ['has lists of different lengths as x2', 'Add', {}, [x, [[1, 2], [3]]], {}],
  ['acts along the axis 5 of a tensor of 3 axes', 'Mean', { axis: 5 }, [x], {}],
  ['is a norm of matrices; norms of vectors are computed', 'Norm', { ord: 2, axis: [1, 2] }, [x], {}],
  ['is the norm 3; 1 and 2 are computed', 'Norm', { ord: 3, axis: 1 }, [x], {}],
  ['normalises by another norm than 2', 'Normalize', { order: 1 }, [x], {}],
  ['is a dot product by 3 axes; at most two are computed', 'Dot', {}, [x, x], {}],
  ['multiplies [2, 4, 6] by [2, 4, 6], which do not fit', 'Matmul', {}, [x, x], {}],
  ['picks along 4 axes of a tensor of 3', 'GetItem', {}, [x, [0, 0, 0, 0]], {}],
  ['picks the number 9 of 6', 'GetItem', {}, [x, [{ class_name: '__ellipsis__' }, 9]], {}],
  [
    'picks by steps of 0',
    'GetItem',
    {},
    [x, [{ class_name: '__slice__', config: { start: null, stop: null, step: 0 } }]],
    {},
  ],
  ['picks by "a"; numbers and slices are computed', 'GetItem', {}, [x, ['a']], {}],
  ['takes away axes of [2, 4, 6] whose size is not 1', 'Squeeze', { axis: 1 }, [x], {}],
  ['rolls along no one axis; one is computed', 'Roll', { shift: 1 }, [x], {}],
  ['has no pair of widths for each axis', 'Pad', { pad_width: [[1, 1]] }, [x], {}],
  [
    'pads by "reflect"; "constant" is computed',
    'Pad',
    {
      pad_width: [
        [0, 0],
        [1, 1],
        [0, 0],
      ],
      mode: 'reflect',
    },
    [x],
    {},
  ],
  ['cannot make [5, 5] of [2, 4, 6]', 'Reshape', { newshape: [5, 5] }, [x], {}],
  ['splits 6 into 4 equal parts', 'Split', { indices_or_sections: 4, axis: 2 }, [x], {}],
  [
    'makes a tensor of the shape [2, 4, 6000000000], which is too large to be computed',
    'Repeat',
    { repeats: 1_000_000_000, axis: 2 },
    [x],
    {},
  ],
  ['casts to "string"; numbers are computed', 'Cast', { dtype: 'string' }, [x], {}],
  ['rounds to decimals; whole numbers are computed', 'Round', { decimals: 2 }, [x], {}],
  ['has an initial value, which is not computed', 'Max', { initial: 0 }, [x], {}],
])('an operator %s', (what, className, config, args, kwargs) =>
  expect(build(className, config, args, kwargs, NUMPY)).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringContaining(`the operator it (${className}) ${what}`),
  }),
);

const heads = { num_heads: 2, key_dim: 2 };
it.each<[string, string, KerasConfig, unknown[], object]>([
  [
    'is called without a query or a value; both are needed: layer(query, value)',
    'MultiHeadAttention',
    heads,
    [x],
    {},
  ],
  [
    'is called with attention_mask=[1], which is not computed here',
    'MultiHeadAttention',
    heads,
    [x, x],
    { attention_mask: [1] },
  ],
  ['is not called with a list of tensors: [query, value] or [query, value, key]', 'Attention', {}, [x], {}],
  ['has score_mode="sum"; "dot" or "concat" was expected', 'Attention', { score_mode: 'sum' }, [[x, x]], {}],
  [
    'has 3 heads of queries for 2 of keys, which do not divide them',
    'GroupQueryAttention',
    { head_dim: 2, num_query_heads: 3, num_key_value_heads: 2 },
    [x, x],
    {},
  ],
])('an attention %s', (what, className, config, args, kwargs) =>
  expect(build(className, config, args, kwargs, {})).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringContaining(`the layer it (${className}) ${what}`),
  }),
);
