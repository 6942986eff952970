import { expect, test } from 'vitest';
import { axisNames } from './names.ts';

test('layers of one model are named by layer, the model once', () => {
  expect(axisNames(['digits-cnn@12/conv2d_1', 'digits-cnn@12/dense_1'], 'layers')).toEqual({
    title: 'digits-cnn@12',
    names: ['conv2d_1', 'dense_1'],
  });
});
test('checkpoints of one layer are named by step', () => {
  expect(axisNames(['digits-cnn@0/dense_1', 'digits-cnn@20/dense_1'], 'checkpoints')).toEqual({
    title: 'digits-cnn/dense_1',
    names: ['@0', '@20'],
  });
});
test('what shares neither keeps its address, and an unknown name stands for itself', () => {
  expect(axisNames(['a@1/l', 'b@2/l'], 'models').names).toEqual(['a@1/l', 'b@2/l']);
  expect(axisNames(['%%'], 'layers').names).toEqual(['%%']);
  expect(axisNames([], 'layers').names).toEqual([]);
});
