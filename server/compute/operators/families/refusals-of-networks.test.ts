/** What operators of networks refuse, by name: convolutions, poolings, attention, quantised numbers, loops. */
import { beforeAll, expect, it, vi } from 'vitest';
import type { OperatorGraph } from '../../../../core/artifacts/operators.ts';
import { UserError } from '../../../../core/errors/index.ts';
import { loadBackend } from '../../backend/backend.ts';
import { gradientOf } from '../../network/gradients.ts';
import type { Tf } from '../../tf.ts';
import type { Operand } from '../contract.ts';
import { type OneNode, runNode, runOne } from '../testing/one.ts';

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await loadBackend('wasm'));
});

type Given = readonly Operand[];
const floats = (...shape: number[]) => tf.ones(shape);
const ints = (...shape: number[]) => tf.zeros(shape, 'int32');
const MICROSOFT = { domain: 'com.microsoft' };
const REFUSALS: readonly (readonly [string, () => Given, OneNode, string])[] = [
  [
    'Conv',
    () => [floats(1, 2), floats(3, 2)],
    {},
    'the node n convolves along 0 axes; expected one to three',
  ],
  [
    'Conv',
    () => [floats(1, 2, 5), floats(3, 2, 3)],
    { attributes: { kernel_shape: [2] } },
    'the node n has a filter of shape [3,2,3] for an input of shape [1,2,5] and a kernel_shape of [2]; expected them to agree',
  ],
  [
    'Conv',
    () => [floats(1, 4, 5), floats(3, 2, 3)],
    {},
    'the node n has a filter of shape [3,2,3] in 1 groups for 4 channels; expected one for as many channels',
  ],
  [
    'Conv',
    () => [floats(1, 2, 5), floats(3, 2, 3)],
    { attributes: { strides: [0] } },
    'the node n has strides [0]; expected 1 whole numbers from 1',
  ],
  [
    'Conv',
    () => [floats(1, 2, 5), floats(3, 2, 3)],
    { attributes: { auto_pad: 'SAME' } },
    'the node n has auto_pad "SAME"; expected one of NOTSET, SAME_UPPER, SAME_LOWER, VALID',
  ],
  [
    'Conv',
    () => [floats(1, 2, 2), floats(3, 2, 3)],
    {},
    'the node n has windows of 3 along an axis of 2 (padded by 0 and 0); expected no larger ones',
  ],
  [
    'ConvTranspose',
    () => [floats(1, 2, 2), floats(2, 3, 1)],
    { attributes: { pads: [1, 1] } },
    'the node n would give 0 places along an axis of 2; expected one at least',
  ],
  [
    'MaxPool',
    () => [floats(1, 2, 5)],
    { attributes: { kernel_shape: [2, 2] } },
    'the node n pools by a kernel_shape of [2,2] over an input of shape [1,2,5]; expected one size for each axis of places',
  ],
  [
    'MaxPool',
    () => [floats(1, 1, 2, 2, 2, 2)],
    { attributes: { kernel_shape: [1, 1, 1, 1] } },
    'the node n pools along 4 axes; expected one to three',
  ],
  [
    'GlobalMaxPool',
    () => [floats(3)],
    {},
    'the node n pools an input of shape [3]; expected (batch, channels, places)',
  ],
  [
    'MaxUnpool',
    () => [floats(1, 1, 1), tf.tensor([9], [1, 1, 1], 'int32')],
    { attributes: { kernel_shape: [2] } },
    'the node n has an index outside of its output of shape [1,1,2]; expected indices of a MaxPool',
  ],
  [
    'MaxRoiPool',
    () => [floats(1, 1, 4, 4), tf.tensor([3, 0, 0, 1, 1], [1, 5])],
    { attributes: { pooled_shape: [1, 1] } },
    'the node n pools regions of an input of shape [1,1,4,4]; expected (batch, channels, height, width), and regions of its examples',
  ],
  [
    'RoiAlign',
    () => [floats(1, 1, 4, 4), floats(1, 4), ints(1)],
    { attributes: { mode: 'least' } },
    'the node n has mode "least"; expected avg or max',
  ],
  [
    'BatchNormalization',
    () => [floats(1, 2, 3), floats(3), floats(3), floats(3), floats(3)],
    {},
    'the node n has scales of shape [3] for an input of shape [1,2,3]; expected one for each channel',
  ],
  [
    'GroupNormalization',
    () => [floats(1, 3, 3), floats(3), floats(3)],
    { attributes: { num_groups: 2 } },
    'the node n has 2 groups for 3 channels; expected a number that divides them',
  ],
  ['LpNormalization', () => [floats(2)], { attributes: { p: 3 } }, 'the node n has p 3; expected 1 or 2'],
  [
    'LayerNormalization',
    () => [floats(2, 3), floats(3)],
    { attributes: { axis: 2 } },
    'the node n has axis 2 of a tensor of rank 2; expected one from -2 to 1',
  ],
  [
    'Dropout',
    () => [floats(2), tf.scalar(0.5), tf.scalar(true, 'bool')],
    {},
    'the node n (Dropout) drops at random, as in training; export the model for inference',
  ],
  [
    'EmbedLayerNormalization',
    () => [ints(1, 3), null, floats(4, 2), floats(2, 2), null, floats(2), floats(2)],
    MICROSOFT,
    'the node n is given 3 tokens; expected no more than its 2 positions',
  ],
  [
    'RNN',
    () => [floats(2, 1, 3), floats(1, 4, 3), floats(1, 4, 4)],
    { attributes: { direction: 'sideways' } },
    'the node n has direction "sideways"; expected one of forward, reverse, bidirectional',
  ],
  [
    'GRU',
    () => [floats(2, 1, 3), floats(1, 4, 3), floats(1, 4, 4)],
    {},
    'the node n has weights of shapes [1,4,3] and [1,4,4] for an input of shape [2,1,3]; expected [1,12, inputs] and [1,12, units] for a sequence',
  ],
  [
    'RNN',
    () => [floats(2, 1, 3), floats(1, 4, 3), floats(1, 4, 4)],
    { attributes: { activations: ['Tanh', 'Tanh'] } },
    'the node n names 2 activations; expected 1, for 1 directions',
  ],
  [
    'RNN',
    () => [floats(2, 1, 3), floats(1, 4, 3), floats(1, 4, 4)],
    { attributes: { activations: ['Sine'] } },
    'the node n names the activation Sine; expected one of relu, tanh,',
  ],
  [
    'Attention',
    () => [floats(1, 3, 2, 4), floats(1, 2, 2, 4), floats(1, 2, 2, 4)],
    { opset: 23 },
    'the node n has queries of shape [1,3,2,4] for keys of shape [1,2,2,4]; expected (batch, heads, sequence, size) with heads that divide and sizes that agree',
  ],
  [
    'Attention',
    () => [floats(1, 2, 4), floats(1, 2, 4), floats(1, 2, 4)],
    { opset: 23, attributes: { q_num_heads: 3, kv_num_heads: 1 } },
    'the node n has 3 heads for an input of shape [1,2,4]; expected (batch, sequence, units) with units that the heads divide',
  ],
  [
    'Attention',
    () => [floats(1, 1, 2, 4), floats(1, 1, 2, 4), floats(1, 1, 2, 4)],
    { opset: 23, attributes: { qk_matmul_output_mode: 4 } },
    'the node n has qk_matmul_output_mode 4; expected 0, 1, 2 or 3',
  ],
  [
    'RotaryEmbedding',
    () => [floats(1, 1, 2, 4), floats(1, 2, 3), floats(1, 2, 3)],
    { opset: 23 },
    'the node n turns 4 numbers of each head by 3 angles; expected half as many angles',
  ],
  [
    'LinearAttention',
    () => [floats(1, 2, 2), floats(1, 2, 2), floats(1, 2, 2)],
    { opset: 27, attributes: { q_num_heads: 1, kv_num_heads: 1 } },
    'the node n has update_rule "gated_delta" without decay and without beta; expected one of linear, gated, delta, gated_delta, decay where it is gated and beta where it is a delta',
  ],
  [
    'CausalConvWithState',
    () => [floats(1, 2, 3), floats(2, 1, 2)],
    { opset: 27, attributes: { activation: 'relu' } },
    'the node n has activation "relu"; expected none, silu or swish',
  ],
  [
    'Attention',
    () => [floats(1, 2, 2), floats(2, 6)],
    { ...MICROSOFT, attributes: { num_heads: 1, do_rotary: 1 } },
    'the node n (com.microsoft.Attention) turns its heads or shares its cache, which is not computed here',
  ],
  [
    'Attention',
    () => [floats(1, 2, 2), floats(2, 6)],
    { ...MICROSOFT, attributes: { num_heads: 1, qkv_hidden_sizes: [3, 3] } },
    'the node n has qkv_hidden_sizes [3,3]; expected three',
  ],
  [
    'MultiHeadAttention',
    () => [floats(1, 2, 2), null, null],
    { ...MICROSOFT, attributes: { num_heads: 1 } },
    'the node n has a query of shape [1,2,2] without keys and values; expected them, or all three packed',
  ],
  [
    'MultiHeadAttention',
    () => [floats(1, 2, 2), floats(1, 2, 2), floats(1, 2, 2), null, ints(5)],
    { ...MICROSOFT, attributes: { num_heads: 1 } },
    'the node n has a mask of shape [5] for 2 keys of 1 examples; expected one number, two, or one for each key of each example',
  ],
  [
    'FusedMatMul',
    () => [floats(2, 2), floats(2, 2)],
    { ...MICROSOFT, attributes: { transBatchA: 1 } },
    'the node n (com.microsoft.FusedMatMul) turns the axes of its batch, which is not computed here',
  ],
  [
    'NegativeLogLikelihoodLoss',
    () => [floats(2, 3), ints(3)],
    {},
    'the node n has classes of shape [3] for scores of shape [2,3]; expected [2]',
  ],
  [
    'NegativeLogLikelihoodLoss',
    () => [floats(2, 3), ints(2)],
    { attributes: { reduction: 'most' } },
    'the node n has reduction "most"; expected none, sum or mean',
  ],
  [
    'QuantizeLinear',
    () => [floats(2, 3), floats(2)],
    {},
    'the node n has scales or zero points of shape [2] for a tensor of shape [2,3] along axis 1; expected one, one for each index, or one for each block of 0',
  ],
  [
    'QuantizeLinear',
    () => [floats(2), tf.scalar(1), tf.scalar(0, 'int32')],
    { types: ['float32', 'float32', 'int32'] },
    'the node n quantises to int32; expected integers of 4, 8 or 16 bits, or floats of 8',
  ],
  [
    'MatMulInteger',
    () => [ints(1, 40_000), ints(40_000, 1)],
    {},
    'the node n adds up 40000 products, which integers of 32 bits do not hold; expected no more than 33025',
  ],
  [
    'DFT',
    () => [floats(1, 4, 3)],
    { attributes: { onesided: 1 } },
    'the node n transforms a tensor of shape [1,4,3] to one side; expected real or complex numbers last, and one side of real ones only',
  ],
  [
    'DFT',
    () => [floats(1, 5000, 1)],
    {},
    'the node n needs a table of 25000000 numbers; at most 16777216 are computed here',
  ],
  [
    'SequenceMap',
    () => [floats(2)],
    { attributes: { body: { graph: bodyOf([], []) } } },
    'the node n maps a tensor; expected a sequence',
  ],
  [
    'Scan',
    () => [floats(2), floats(3)],
    { attributes: { num_scan_inputs: 2, body: { graph: bodyOf(['a', 'b'], ['a']) } } },
    'the node n scans inputs of the lengths 2, 3; expected one length',
  ],
];

it.each(REFUSALS)('%s: %#', (operation, given, own, sentence) => {
  const before = tf.memory().numTensors;
  const run = () =>
    tf.tidy(() => {
      runNode(tf, operation, given(), own);
    });
  expect(run).toThrowError(UserError);
  expect(run).toThrowError(sentence);
  expect(tf.memory().numTensors).toBe(before);
});

/** Gives back what it names. */
function bodyOf(inputs: readonly string[], outputs: readonly string[]): OperatorGraph {
  const port = (name: string) => ({ name, type: 'float32' as const, shape: null });
  return {
    opsets: { '': 21 },
    nodes: [],
    inputs: inputs.map(port),
    outputs: outputs.map(port),
    constants: {},
    weights: [],
  };
}

it('ends a loop that has no end', () => {
  const clock = vi.spyOn(Date, 'now');
  let now = 0;
  clock.mockImplementation(() => {
    now += 20_000;
    return now;
  });
  const before = tf.memory().numTensors;
  const body = bodyOf(['i', 'going', 'x'], ['going', 'x']);
  const run = () =>
    tf.tidy(() => {
      runNode(tf, 'Loop', [null, tf.scalar(true, 'bool'), floats(2)], {
        attributes: { body: { graph: body } },
      });
    });
  try {
    expect(run).toThrowError(
      /^the loop n has not ended after \d+ trips; expected an end within 1000000 trips and 60 seconds$/,
    );
  } finally {
    clock.mockRestore();
  }
  expect(tf.memory().numTensors).toBe(before);
});

it.each([
  [
    'rounds its input to uint8',
    (x: ReturnType<typeof floats>) =>
      tf.cast(
        runOne(tf, 'QuantizeLinear', [x, tf.scalar(0.5), tf.scalar(0, 'int32')], {
          types: ['float32', 'float32', 'uint8'],
        }),
        'float32',
      ),
  ],
  [
    'cuts regions at corners',
    (x: ReturnType<typeof floats>) =>
      runOne(tf, 'RoiAlign', [floats(1, 1, 4, 4), tf.reshape(x, [1, 4]), ints(1)]),
  ],
])('refuses a gradient: %s', (why, of) => {
  const x = tf.ones([4]);
  const before = tf.memory().numTensors;
  expect(() => gradientOf(tf, of, x)).toThrowError(
    `the node n ${why}, which has no gradient; use occlusion or shapley, which need none, or ask about a later layer`,
  );
  expect(tf.memory().numTensors).toBe(before);
  x.dispose();
});
