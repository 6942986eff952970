/** Counted by hand: each formula on a layer small enough for that. */
import { expect, test } from 'vitest';
import { layerCosts } from './costs.ts';
import type { GraphRecord } from './graph.ts';

type Layer = GraphRecord['layers'][number];

const layer = (
  type: string,
  outputShape: (number | null)[],
  weights: number[][] = [],
  rest: Partial<Layer> = {},
): Layer => ({
  ...{ name: type, type, outputShape, params: 0, trainableParams: 0, units: outputShape.at(-1) ?? null },
  weights: weights.map((shape, at) => ({ name: `${type}/${at}`, shape })),
  ...{ config: {}, ...rest },
});

function cost(input: (number | null)[], of: Layer, inputs = 1) {
  const before = Array.from({ length: inputs }, (_, at) => ({
    ...layer('InputLayer', input),
    name: `x${at}`,
  }));
  return layerCosts({
    model: 'm',
    layers: [...before, of],
    edges: before.map(({ name }) => ({ from: name, to: of.name })),
    ...{ inputs: [], outputs: [], params: 0 },
  }).get(of.name);
}

test.each([
  // 3 inputs to 2 units: 6 products and 6 sums (with the bias 2 more), and 2 activations.
  ['a dense layer', [null, 3], layer('Dense', [null, 2], [[3, 2], [2]], { activation: 'relu' }), 16],
  // 2 x (3*3*1*4) at 6*6 places, and a bias for each of 144 outputs.
  ['a convolution', [null, 8, 8, 1], layer('Conv2D', [null, 6, 6, 4], [[3, 3, 1, 4], [4]]), 2736],
  // As ONNX has it, and in 2 groups: each unit is a sum over 1 of 2 channels.
  ['a grouped one', [null, 8, 8, 2], layer('Conv', [null, 6, 6, 4], [[4, 1, 3, 3]]), 2592],
  ['a depthwise one', [null, 8, 8, 2], layer('DepthwiseConv2D', [null, 6, 6, 2], [[3, 3, 2, 1]]), 1296],
  // 2 x (2*2*3*1) at the 4 places of the input.
  ['a transposed one', [null, 2, 2, 1], layer('Conv2DTranspose', [null, 4, 4, 3], [[2, 2, 3, 1]]), 96],
  ['a product of tensors', [null, 5, 4], layer('MatMul', [null, 5, 3]), 120],
  // 10 steps of 2 x (3*16 + 4*16).
  ['an LSTM', [null, 10, 3], layer('LSTM', [null, 4], [[3, 16], [4, 16], [16]]), 2240],
  [
    'a pooling',
    [null, 4, 4, 2],
    layer('MaxPooling2D', [null, 2, 2, 2], [], { config: { pool_size: [2, 2] } }),
    32,
  ],
  ['a pooling over all', [null, 4, 4, 2], layer('GlobalAveragePooling2D', [null, 2]), 32],
  ['a softmax', [null, 5], layer('Softmax', [null, 5]), 15],
  ['a reshape', [null, 4], layer('Reshape', [null, 2, 2]), 0],
  ['a layer of an unknown type', [null, 4], layer('Mystery', [null, 4]), null],
  ['an open size', [null, null, 4], layer('ReLU', [null, null, 4]), null],
] as const)('%s', (_, input, of, flops) => {
  expect(cost([...input], of)?.flops).toBe(flops);
});

test('a sum of three counts two each, and an output is four bytes a number', () => {
  expect(cost([null, 5], layer('Add', [null, 5]), 3)).toEqual({ flops: 10, bytes: 20 });
});
