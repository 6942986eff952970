/** What PyTorch's exporters write: layers by their modules, weights by their names. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { readOnnxBytes } from './read.ts';

const golden = (name: string) =>
  readOnnxBytes(readFileSync(path.join(import.meta.dirname, 'goldens', name)), name);

it('reads what the exporter of today writes', () => {
  const { graph, weights, warnings, about } = golden('torch_dynamo.onnx');
  expect(about).toMatchObject({ producer: 'pytorch', irVersion: 10 });
  expect(warnings).toEqual([]);
  expect(graph.opsets).toEqual({ '': 20 });
  expect(graph.inputs).toEqual([{ name: 'x', type: 'float32', shape: ['batch', 1, 8, 8] }]);
  expect(graph.outputs).toEqual([{ name: 'softmax', type: 'float32', shape: ['batch', 3] }]);
  expect(graph.nodes.map(({ name, scope }) => `${name} ${scope.join('/')}`)).toMatchInlineSnapshot(`
    [
      "stem/Conv stem",
      "layer1/layer1.0/conv1/Conv layer1/layer1.0/conv1",
      "layer1/layer1.0/Add layer1/layer1.0",
      "layer1/layer1.0/Relu layer1/layer1.0",
      "layer1/layer1.1/conv1/Conv layer1/layer1.1/conv1",
      "layer1/layer1.1/Add layer1/layer1.1",
      "layer1/layer1.1/Relu layer1/layer1.1",
      "mean ",
      "blocks.0/Gemm blocks.0",
      "tanh ",
      "blocks.1/Gemm blocks.1",
      "tanh_1 ",
      "fc/Gemm fc",
      "softmax ",
    ]
  `);
  expect(graph.weights.map(({ name }) => name)).toEqual(weights.map(({ name }) => name));
  expect(Object.fromEntries(weights.map(({ name, shape }) => [name, shape]))).toMatchObject({
    'stem.weight': [4, 1, 3, 3],
    'fc.bias': [3],
  });
  for (const weight of weights)
    expect(weight.read()).toHaveLength(weight.shape.reduce((count, size) => count * size, 1));
  const mean = graph.nodes.find(({ operation }) => operation === 'ReduceMean')!;
  expect(graph.constants[mean.inputs[1]!]).toEqual({ type: 'int64', shape: [2], values: [2, 3] });
});

it('reads what the older exporter writes', () => {
  const { graph, warnings } = golden('torch_script.onnx');
  expect(warnings).toEqual([]);
  expect(graph.nodes.map(({ name, scope }) => `${name} ${scope.join('/')}`)).toMatchInlineSnapshot(`
    [
      "stem/Conv stem",
      "layer1/layer1.0/conv1/Conv layer1/layer1.0/conv1",
      "layer1/layer1.0/Add layer1/layer1.0",
      "layer1/layer1.0/Relu layer1/layer1.0",
      "layer1/layer1.1/conv1/Conv layer1/layer1.1/conv1",
      "layer1/layer1.1/Add layer1/layer1.1",
      "layer1/layer1.1/Relu layer1/layer1.1",
      "ReduceMean ",
      "blocks.0/Gemm blocks.0",
      "Tanh ",
      "blocks.1/Gemm blocks.1",
      "Tanh_1 ",
      "fc/Gemm fc",
      "Softmax ",
    ]
  `);
});
