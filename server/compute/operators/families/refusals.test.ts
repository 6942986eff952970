/** What operators of mathematics and of shapes refuse, by name. */
import { beforeAll, expect, it } from 'vitest';
import { UserError } from '../../../../core/errors/index.ts';
import { loadBackend } from '../../backend/backend.ts';
import type { Tf } from '../../tf.ts';
import type { Operand } from '../contract.ts';
import { type OneNode, runNode } from '../testing/one.ts';

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await loadBackend('wasm'));
});

type Given = readonly Operand[];
const floats = (...shape: number[]) => tf.ones(shape);
const ints = (...values: number[]) => tf.tensor1d(values, 'int32');
const int = (value: number) => tf.scalar(value, 'int32');
const REFUSALS: readonly (readonly [string, () => Given, OneNode, string])[] = [
  [
    'Softmax',
    () => [floats(2, 3)],
    { attributes: { axis: 2 } },
    'the node n names the axis 2 of a tensor of rank 2; expected one from -2 to 1',
  ],
  [
    'Concat',
    () => [tf.scalar(1)],
    { attributes: { axis: 0 } },
    'the node n names the axis 0 of a tensor of rank 0; expected none',
  ],
  ['ReduceSum', () => [floats(2, 3), ints(1, -1)], {}, 'the node n names an axis twice: 1, 1'],
  [
    'ConstantOfShape',
    () => [ints(2, -3)],
    {},
    'the node n makes a tensor of shape [2, -3]; expected sizes of 0 and more',
  ],
  [
    'Add',
    () => [floats(2, 3), floats(2)],
    {},
    'the node n puts tensors of shapes [2,3] and [2] together; expected sizes that are equal or 1',
  ],
  [
    'Einsum',
    () => [floats(2)],
    { attributes: { equation: 'i,j->ij' } },
    'the node n has the equation "i,j->ij", of 2 terms; found 1 tensors',
  ],
  ['Einsum', () => [floats(2)], { attributes: { equation: 'i!' } }, 'which has other signs than letters'],
  [
    'Einsum',
    () => [floats(2)],
    { attributes: { equation: 'ij' } },
    'whose term 1 has not the 1 axes of its tensor',
  ],
  ['Einsum', () => [floats(2)], { attributes: { equation: 'i->i.' } }, 'whose output has single dots'],
  ['Einsum', () => [floats(2)], { attributes: { equation: 'i->ii' } }, 'whose output names an axis twice'],
  [
    'Einsum',
    () => [floats(2)],
    { attributes: { equation: 'i->j' } },
    'whose output names an axis that no term has',
  ],
  [
    'Einsum',
    () => [floats(2), floats(3)],
    { attributes: { equation: 'i,i->i' } },
    'the node n (i,i->i) has the sizes 2 and 3 for one axis, i',
  ],
  ['Einsum', () => [], { attributes: { equation: '' } }, 'of 1 terms; found 0 tensors'],
  [
    'Gelu',
    () => [floats(2)],
    { attributes: { approximate: 'sine' } },
    'the node n approximates Gelu by "sine"; expected none or tanh',
  ],
  ['Div', () => [ints(1), ints(0)], {}, 'the node n divides an integer by zero'],
  [
    'Mul',
    () => [ints(2 ** 20), ints(2 ** 20)],
    {},
    'the node n computes the integer 1099511627776; of int64 those from -2147483648 to 2147483647 are computed here',
  ],
  [
    'SpaceToDepth',
    () => [floats(1, 1, 4, 5)],
    { attributes: { blocksize: 2 } },
    'the node n has blocks of 2 for sizes of 4 and 5; expected one that divides them',
  ],
  [
    'Col2Im',
    () => [floats(1, 5, 5), ints(5, 5), ints(1, 5)],
    { attributes: { pads: [0, 0, 0, 1] } },
    'the node n has columns of shape [1,5,5] for blocks of 1 x 5 of a picture of 5 x 5; expected 10 blocks of a multiple of 5 elements',
  ],
  [
    'DepthToSpace',
    () => [floats(1, 6, 1, 1)],
    { attributes: { blocksize: 2 } },
    'the node n spreads 6 channels over blocks of 2 x 2; expected a multiple of 4',
  ],
  [
    'DepthToSpace',
    () => [floats(1, 4, 1, 1)],
    { attributes: { blocksize: 2, mode: 'RCD' } },
    'the node n spreads channels by the mode "RCD"; expected DCR or CRD',
  ],
  [
    'Cast',
    () => [tf.tensor1d(['1.5', 'two'], 'string')],
    { attributes: { to: 1 } },
    'the node n reads a number from the text "two"; expected one such as -1.5e3',
  ],
  [
    'Cast',
    () => [floats(1)],
    { attributes: { to: 14 } },
    'makes numbers of the type with the code 14, which are not computed here',
  ],
  [
    'GatherElements',
    () => [floats(2, 3), tf.zeros([3, 3], 'int32')],
    { attributes: { axis: 1 } },
    'the node n has indices of shape [3,3] for a tensor of shape [2,3]; expected no larger ones but along the axis 1',
  ],
  [
    'Gather',
    () => [floats(2, 3), ints(2)],
    {},
    'the node n takes the place 2 of 2; expected one from -2 to 1',
  ],
  [
    'GatherND',
    () => [floats(2, 3), tf.zeros([1, 3], 'int32')],
    {},
    'the node n has indices of shape [1,3] for a tensor of shape [2,3]; expected a last axis of at most 2',
  ],
  [
    'GatherND',
    () => [floats(2, 3), tf.zeros([3, 1], 'int32')],
    { attributes: { batch_dims: 1 } },
    'the node n gathers by 1 axes of batches from the shape [2,3] with indices of shape [3,1]; expected that these begin alike',
  ],
  ['Constant', () => [], {}, 'is a constant without a dense value'],
  ['Trilu', () => [floats(3)], {}, 'the node n takes a triangle of the shape [3]; expected matrices'],
  ['Range', () => [int(0), int(5), int(0)], {}, 'the node n counts in steps of 0; expected another step'],
  [
    'Concat',
    () => [floats(2, 3), floats(3, 3)],
    { attributes: { axis: 1 } },
    'the node n puts tensors of shapes [2,3] and [3,3] together along the axis 1; expected equal sizes along all others',
  ],
  [
    'Split',
    () => [floats(5), ints(2, 2)],
    { outputs: 2 },
    'the node n splits 5 places into parts of 2, 2; expected sizes that add up to it',
  ],
  [
    'SplitToSequence',
    () => [floats(5), ints(2, 2)],
    {},
    'the node n splits 5 places into parts of 2, 2; expected sizes that add up to it',
  ],
  [
    'SplitToSequence',
    () => [floats(5), int(0)],
    {},
    'the node n splits into parts of 0; expected 1 and more',
  ],
  [
    'ConcatFromSequence',
    () => [[]],
    { attributes: { axis: 0, new_axis: 1 } },
    'the node n puts no tensors together',
  ],
  [
    'ConcatFromSequence',
    () => [floats(5)],
    { attributes: { axis: 0 } },
    'the node n puts a sequence together, found a tensor',
  ],
  [
    'BitShift',
    () => [ints(1), ints(1)],
    { attributes: { direction: 'UP' } },
    'the node n shifts bits UP; expected LEFT or RIGHT',
  ],
  ['Pad', () => [floats(2, 3), ints(1, 1)], {}, 'the node n has 2 pads for 2 axes; expected two for each'],
  [
    'Pad',
    () => [floats(0), ints(1, 1)],
    { attributes: { mode: 'edge' } },
    'the node n pads an axis without elements by the mode edge',
  ],
  [
    'Pad',
    () => [floats(2), ints(1, 1)],
    { attributes: { mode: 'mirror' } },
    'the node n pads by the mode "mirror"; expected constant, reflect, edge, wrap',
  ],
  [
    'CenterCropPad',
    () => [floats(2, 3), ints(1)],
    {},
    'the node n is told 1 sizes for 2 axes; expected as many',
  ],
  [
    'Gemm',
    () => [floats(2, 3), floats(3, 2), floats(3, 2, 2)],
    {},
    'the node n adds a tensor of shape [3,2,2] to a product of shape [2,2]; expected one that broadcasts to it',
  ],
  ['Gemm', () => [floats(2), floats(2, 2)], {}, 'the node n takes matrices of rank 2, found the shape [2]'],
  [
    'Det',
    () => [floats(2, 3)],
    {},
    'the node n takes the determinant of a tensor of shape [2,3]; expected square matrices',
  ],
  [
    'MatMul',
    () => [floats(2, 3), floats(2, 3)],
    {},
    'the node n multiplies matrices of shapes [2,3] and [2,3]; expected as many columns on the left as rows on the right',
  ],
  [
    'ScatterElements',
    () => [floats(3), ints(0, 1), floats(3)],
    {},
    'the node n has updates of shape [3] for 2 places; expected as many',
  ],
  [
    'ScatterElements',
    () => [floats(3), ints(0), floats(1)],
    { attributes: { reduction: 'mean' } },
    'the node n reduces by "mean"; expected none, add, mul, max, min',
  ],
  [
    'TensorScatter',
    () => [floats(1, 3, 2), floats(1, 1, 2), ints(0)],
    { attributes: { mode: 'spiral' } },
    'the node n writes by the mode "spiral"; expected linear or circular',
  ],
  [
    'TensorScatter',
    () => [floats(1, 3, 2), floats(1, 2, 2), ints(2)],
    {},
    'the node n writes to the place 3 of 3; expected updates that fit, or the mode circular',
  ],
  ['ArgMax', () => [floats(0, 2)], {}, 'the node n looks for an extreme along an axis without elements'],
  ['TopK', () => [floats(3), ints(4)], {}, 'the node n takes the 4 largest of 3; expected 0 to 3'],
  ['SequenceLength', () => [floats(3)], {}, 'the node n takes a sequence, found a tensor'],
  ['OptionalGetElement', () => [null], {}, 'the node n takes the value of an optional that has none'],
  [
    'Reshape',
    () => [floats(2, 3), ints(4, -1)],
    {},
    'the node n reshapes [2,3] to [4, -1]; expected a shape of 6 elements',
  ],
  [
    'Squeeze',
    () => [floats(2, 3), ints(0)],
    {},
    'the node n squeezes the axis 0 of the shape [2,3]; expected a size of 1',
  ],
  [
    'Transpose',
    () => [floats(2, 3)],
    { attributes: { perm: [0, 0] } },
    'the node n puts the axes of the shape [2,3] in the order 0, 0; expected each of 2 once',
  ],
  [
    'Tile',
    () => [floats(2, 3), ints(2)],
    {},
    'the node n repeats the shape [2,3] 2 times; expected a number for each axis',
  ],
  [
    'Slice',
    () => [floats(2), ints(0), ints(1, 2)],
    {},
    'the node n has 1 starts, 2 ends, 1 axes and 1 steps; expected as many of each',
  ],
  [
    'Slice',
    () => [floats(2), ints(0), ints(1), ints(0), ints(0)],
    {},
    'the node n slices in steps of 0; expected another step',
  ],
  [
    'ReverseSequence',
    () => [floats(2, 3, 4), ints(1, 1)],
    { attributes: { batch_axis: 0, time_axis: 2 } },
    'the node n reverses the axis 2 by the axis 0 of the shape [2,3,4]; expected the axes 0 and 1',
  ],
  [
    'ReverseSequence',
    () => [floats(2, 3), ints(1, 1, 4)],
    {},
    'the node n reverses sequences of lengths 1, 1, 4; expected 3, from 0 to 2',
  ],
  [
    'Resize',
    () => [floats(1, 1, 2, 2), null, tf.tensor1d([1, 1, 2, 2])],
    { attributes: { mode: 'lanczos' } },
    'the node n resizes by the mode "lanczos"; expected nearest, linear or cubic',
  ],
  [
    'Resize',
    () => [floats(1, 1, 2, 2), null, tf.tensor1d([1, 1, 2, 2])],
    { attributes: { antialias: 1 } },
    'the node n smooths what it takes the nearest of, which has no meaning',
  ],
  [
    'Resize',
    () => [floats(1, 1, 2, 2), null, tf.tensor1d([1, 1, 2, 2])],
    { attributes: { coordinate_transformation_mode: 'outer' } },
    'the node n finds places by "outer", which is not known here',
  ],
  [
    'Resize',
    () => [floats(1, 1, 2, 2), null, tf.tensor1d([1, 1, 2, 2])],
    { attributes: { nearest_mode: 'left' } },
    'the node n takes the nearest by "left", which is not known here',
  ],
  [
    'Resize',
    () => [floats(1, 1, 2, 2), null, tf.tensor1d([2, 2])],
    {},
    'the node n is told 2 scales for 4 axes; expected 4',
  ],
  [
    'Resize',
    () => [floats(1, 1, 2, 2)],
    {},
    'the node n resizes without scales and sizes; expected one of them',
  ],
  [
    'Resize',
    () => [floats(1, 1, 2, 2), null, tf.tensor1d([1, 1, 0, 2])],
    {},
    'the node n resizes by a scale of 0; expected one above 0',
  ],
  [
    'Resize',
    () => [floats(1, 1, 0, 2), null, null, ints(1, 1, 2, 2)],
    {},
    'the node n resizes an axis without elements to 2',
  ],
  [
    'Upsample',
    () => [floats(1, 1, 2, 2), tf.tensor1d([2, 2])],
    { opset: 9 },
    'the node n is told 2 scales for 4 axes; expected 4',
  ],
  [
    'GridSample',
    () => [floats(1, 1, 2, 2), floats(1, 2, 2, 3)],
    {},
    'the node n samples the shape [1,1,2,2] at places of shape [1,2,2,3]; expected as many batches, and 2 numbers for each place',
  ],
  [
    'GridSample',
    () => [floats(1, 1, 2, 2), floats(1, 2, 2, 2)],
    { attributes: { padding_mode: 'wrap' } },
    'the node n samples by the modes "linear" and "wrap"; known are nearest, linear and cubic',
  ],
  [
    'AffineGrid',
    () => [floats(1, 2, 2), ints(1, 1, 2, 2)],
    {},
    'the node n has matrices of shape [1,2,2] for the size [1, 1, 2, 2]; expected (1, 2, 3) or (1, 3, 4)',
  ],
  [
    'RandomNormal',
    () => [],
    { attributes: { shape: [2] } },
    'the operator RandomNormal (node n) draws random numbers, which no answer can be checked against',
  ],
  [
    'StringConcat',
    () => [tf.tensor1d(['a']), tf.tensor1d(['b'])],
    {},
    'the operator StringConcat (node n) works on texts, which have no gradient',
  ],
  ['ImageDecoder', () => [ints(1)], {}, 'the operator ImageDecoder (node n) decodes a file of a picture'],
];

it.each(REFUSALS)('%s %#', (operation, inputs, own, message) => {
  const before = tf.memory().numTensors;
  tf.tidy(() => {
    const refused = () => runNode(tf, operation, inputs(), own);
    expect(refused).toThrow(UserError);
    expect(refused).toThrow(message);
  });
  expect(tf.memory().numTensors).toBe(before);
});

it('says what is too large, before it is made', () => {
  const huge: readonly (readonly [string, () => Given, OneNode])[] = [
    ['ConstantOfShape', () => [ints(2 ** 15, 2 ** 15)], {}],
    ['Expand', () => [floats(1), ints(2 ** 30)], {}],
    ['Tile', () => [floats(2), ints(2 ** 29)], {}],
    ['Range', () => [int(0), int(2 ** 31 - 1), int(1)], {}],
    ['OneHot', () => [ints(1, 2, 3), int(2 ** 28), tf.tensor1d([0, 1])], {}],
    ['Pad', () => [floats(1, 1), ints(0, 0, 2 ** 15, 2 ** 15)], {}],
    ['Gather', () => [tf.zeros([1, 2 ** 20]), tf.zeros([2 ** 9], 'int32')], {}],
    ['MatMul', () => [floats(2 ** 15, 1), floats(1, 2 ** 15)], {}],
    ['Resize', () => [floats(1, 1, 2, 2), null, tf.tensor1d([1, 1, 2 ** 15, 2 ** 15])], {}],
    ['AffineGrid', () => [floats(1, 2, 3), ints(1, 1, 2 ** 15, 2 ** 15)], {}],
    ['Add', () => [floats(2 ** 15, 1), floats(1, 2 ** 15)], {}],
    ['Einsum', () => [floats(2 ** 15), floats(2 ** 15)], { attributes: { equation: 'i,j->ij' } }],
  ];
  for (const [operation, inputs, own] of huge)
    tf.tidy(() => {
      expect(() => runNode(tf, operation, inputs(), own), operation).toThrow(
        /the node n makes a tensor of \d+ elements, shape \[.*\]; at most 268435456 are computed here/,
      );
    });
});
