/** An encoder of text as PyTorch's modules nest it: twelve equal layers, each of an attention and a feed-forward part. */
import type { GraphRecord } from '@/core/result/types.ts';
import { type Fixture, make } from '../fixtures/make.ts';

const LAYERS = 12;
const WIDTH = 48;
type Layer = GraphRecord['layers'][number];

const layer = (path: string, type: string, params = 0, units = WIDTH): Layer => ({
  ...{ name: path, type, outputShape: [null, 16, units], params, trainableParams: params, units },
  ...{ weights: [], config: { container: path.slice(0, path.lastIndexOf('/')) } },
});

function block(index: number): Layer[] {
  const path = `encoder/layer.${index}`;
  const dense = (name: string, units = WIDTH) =>
    layer(`${path}/${name}/MatMul`, 'MatMul', WIDTH * units, units);
  return [
    ...['query', 'key', 'value'].map((name) => dense(`attention/self/${name}`)),
    layer(`${path}/attention/self/MatMul`, 'MatMul', 0, 16),
    layer(`${path}/attention/self/Softmax`, 'Softmax', 0, 16),
    layer(`${path}/attention/self/MatMul_1`, 'MatMul'),
    dense('attention/output/dense'),
    layer(`${path}/attention/output/Add`, 'Add'),
    layer(`${path}/attention/output/LayerNorm`, 'LayerNormalization', 2 * WIDTH),
    dense('intermediate/dense', 4 * WIDTH),
    layer(`${path}/intermediate/Gelu`, 'Gelu', 0, 4 * WIDTH),
    layer(`${path}/output/dense/MatMul`, 'MatMul', 4 * WIDTH * WIDTH),
    layer(`${path}/output/Dropout`, 'Dropout'),
    layer(`${path}/output/Add`, 'Add'),
    layer(`${path}/output/LayerNorm`, 'LayerNormalization', 2 * WIDTH),
  ];
}

/** From one of a block's layers to the next, with what its residual paths skip. */
function edgesOf(names: readonly string[], before: string): { from: string; to: string }[] {
  const at = (index: number) => names[index] ?? '';
  const pairs: (readonly [string, string])[] = [
    ...[0, 1, 2].map((index) => [before, at(index)] as const),
    ...[0, 1].map((index) => [at(index), at(3)] as const),
    [at(2), at(5)],
    ...names.slice(3, -1).map((name, index) => [name, at(index + 4)] as const),
    [before, at(7)],
    [at(8), at(13)],
  ];
  return pairs.map(([from, to]) => ({ from, to }));
}

export function encoder(count = LAYERS): GraphRecord {
  const first: Layer[] = [
    { ...layer('input_ids', 'InputLayer', 0, 16), outputShape: [null, 16], config: {} },
    layer('embeddings/word_embeddings/Gather', 'Gather', 30_522 * WIDTH),
    layer('embeddings/Add', 'Add', 16 * WIDTH),
    layer('embeddings/LayerNorm', 'LayerNormalization', 2 * WIDTH),
  ];
  const last: Layer[] = [
    layer('pooler/Gather', 'Gather'),
    layer('pooler/dense/MatMul', 'MatMul', WIDTH * WIDTH),
    layer('pooler/Tanh', 'Tanh'),
    { ...layer('classifier', 'MatMul', WIDTH * 2, 2), outputShape: [null, 2], config: {} },
  ];
  const chain = (names: readonly string[]) =>
    names.slice(1).map((to, index) => ({ from: names[index] ?? '', to }));
  const layers = [...first];
  const edges = chain(first.map(({ name }) => name));
  for (let index = 0; index < count; index++) {
    const own = block(index);
    edges.push(
      ...edgesOf(
        own.map(({ name }) => name),
        layers.at(-1)?.name ?? '',
      ),
    );
    layers.push(...own);
  }
  edges.push(...chain([layers.at(-1)?.name ?? '', ...last.map(({ name }) => name)]));
  layers.push(...last);
  const params = layers.reduce((sum, each) => sum + each.params, 0);
  return {
    ...{ model: 'encoder', vocabulary: 'onnx', layers, edges, params },
    ...{ inputs: ['input_ids'], outputs: ['classifier'] },
  };
}

const record = encoder();
const result = make({
  ...{ type: 'graph', title: 'Architecture of encoder, in groups', tensors: {}, record },
  query: 'select graph() from encoder@0',
  reading: 'A box with a stack below it is a group of layers; a frame is an open one.',
  axes: [{ name: 'layer', size: record.layers.length, labels: record.layers.map(({ name }) => name) }],
});
export const fixtures: readonly Fixture[] = [{ name: 'Architecture in groups', result }];
