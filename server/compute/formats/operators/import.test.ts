/** What is found out about a graph of operators while it is imported: sizes, examples given together, number types. */
import { describe, expect, it } from 'vitest';
import type {
  ElementType,
  OperatorGraph,
  OperatorNode,
  OperatorPort,
} from '../../../../core/artifacts/operators.ts';
import { workbench } from '../testing/bench.ts';
import { finishOperators, type RawOperators } from './model.ts';

const bench = await workbench();

const node = (
  operation: string,
  inputs: string[],
  outputs: string[],
  attributes: OperatorNode['attributes'] = {},
) => ({
  ...{ name: `${operation}_${outputs[0]}`, scope: [], domain: '', operation, attributes, inputs, outputs },
});
const port = (name: string, shape: OperatorPort['shape'], type: ElementType = 'float32'): OperatorPort => ({
  ...{ name, type, shape },
});

function raw(
  graph: Partial<OperatorGraph> & Pick<OperatorGraph, 'nodes' | 'inputs' | 'outputs'>,
  weights: Record<string, { shape: number[]; values: number[]; type?: ElementType }> = {},
): RawOperators {
  const kept = Object.entries(weights).map(([name, { shape, values, type = 'float32' as const }]) => ({
    ...{ name, shape, type },
    read: () => (/int/.test(type) ? Int32Array.from(values) : Float32Array.from(values)),
  }));
  return {
    ...{ format: 'onnx', file: 'm.onnx', name: 'm', weights: kept, warnings: [] },
    graph: {
      opsets: { '': 17 },
      constants: {},
      weights: kept.map(({ read: _, ...weight }) => weight),
      ...graph,
    },
  };
}

const imported = async (model: RawOperators) => {
  const before = bench.tf.memory().numTensors;
  const { manifest } = await finishOperators(model, bench.context);
  expect(bench.tf.memory().numTensors).toBe(before);
  return manifest;
};

const chain = raw(
  {
    inputs: [port('x', ['batch', 2])],
    nodes: [node('MatMul', ['x', 'w'], ['h']), node('Relu', ['h'], ['y'])],
    outputs: [port('y', ['batch', 3])],
  },
  { w: { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] } },
);

describe('sizes', () => {
  it('any number of examples, where each is answered for itself', async () => {
    const manifest = await imported(chain);
    expect(manifest.operators).toMatchObject({
      batch: null,
      shapes: { x: [null, 2], h: [null, 3], y: [null, 3] },
    });
    expect(manifest.warnings).toEqual([]);
    expect(manifest.inputs).toEqual([{ name: 'x', shape: [null, 2] }]);
    expect(manifest.graph).toMatchObject({
      params: 6,
      vocabulary: 'onnx',
      inputs: ['x'],
      outputs: ['Relu_y'],
    });
  });

  it('also where the file says one', async () => {
    const one = { ...chain, graph: { ...chain.graph, inputs: [port('x', [1, 2])] } };
    expect((await imported(one)).operators).toMatchObject({ batch: null, shapes: { y: [null, 3] } });
  });

  it('one at a time, where examples given together have a part in each other', async () => {
    const manifest = await imported(
      raw({
        inputs: [port('x', ['batch', 2])],
        nodes: [node('Softmax', ['x'], ['y'], { axis: 0 })],
        outputs: [port('y', ['batch', 2])],
      }),
    );
    expect(manifest.operators).toMatchObject({ batch: 1, shapes: { y: [null, 2] } });
    expect(manifest.warnings).toEqual([
      'Examples given together are not answered as each for itself, so that one is given at a time.',
    ]);
  });

  it('as many at a time as a fixed reshape asks for', async () => {
    const manifest = await imported(
      raw({
        inputs: [port('x', [4, 2])],
        nodes: [node('Reshape', ['x', 'shape'], ['h']), node('Relu', ['h'], ['y'])],
        outputs: [port('y', [4, 2])],
        constants: { shape: { type: 'int64', shape: [2], values: [4, 2] } },
      }),
    );
    expect(manifest.operators).toMatchObject({ batch: 4 });
    expect(manifest.warnings).toEqual([
      'No other number of examples runs than 4, so that 4 are given at a time.',
    ]);
  });

  it('open ones stay open where others run, and are told where only one does', async () => {
    const open = await imported({
      ...chain,
      graph: { ...chain.graph, inputs: [port('x', ['batch', 'steps', 2])] },
    });
    expect(open.operators).toMatchObject({ batch: null, shapes: { y: [null, null, 3] } });
    const only = await imported(
      raw(
        {
          inputs: [port('x', ['batch', 'width'])],
          nodes: [node('MatMul', ['x', 'w'], ['y'])],
          outputs: [port('y', ['batch', 3])],
        },
        { w: { shape: [16, 3], values: Array.from({ length: 48 }, (_, i) => i) } },
      ),
    );
    expect(only.inputs).toEqual([{ name: 'x', shape: [null, 16] }]);
    expect(only.warnings).toEqual([
      'The file leaves sizes of its input open, and of those tried only 16 runs; data of other sizes may not fit.',
    ]);
  });

  it('a model that does not run is refused with the node at which it ends', async () => {
    const wrong = { ...chain, graph: { ...chain.graph, inputs: [port('x', ['batch', 5])] } };
    await expect(imported(wrong)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/^m\.onnx: it does not run: .*MatMul_h/),
    });
    for (const [input, message] of [
      [port('x', null), 'm.onnx: its input x has no shape; export the model with the shape of an example'],
      [port('x', ['batch', 2], 'string'), 'm.onnx: its input x is text, and numbers are needed'],
    ] as const)
      await expect(imported({ ...chain, graph: { ...chain.graph, inputs: [input] } })).rejects.toMatchObject({
        code: 'unsupported',
        message,
      });
  });
});

it('number types that are computed otherwise here are told with every answer', async () => {
  const half = raw({
    inputs: [port('x', ['batch', 2], 'float16')],
    nodes: [node('Relu', ['x'], ['y'])],
    outputs: [port('y', ['batch', 2], 'float16')],
  });
  const said = [
    'The file computes in float16, with about 3 digits; here with about 7, so that answers differ in those.',
  ];
  expect(await imported(half)).toMatchObject({ caveats: said, warnings: said });
});

it('layers are what makes floats of the input: what computes shapes is led around', async () => {
  const { graph } = await imported(
    raw(
      {
        inputs: [port('x', ['batch', 2, 3])],
        nodes: [
          node('Shape', ['x'], ['s']),
          node('Gather', ['s', 'zero'], ['n']),
          node('Concat', ['n', 'rest'], ['shape'], { axis: 0 }),
          node('Relu', ['x'], ['h']),
          node('Reshape', ['h', 'shape'], ['r']),
          node('MatMul', ['r', 'w'], ['y']),
        ],
        outputs: [port('y', ['batch', 1])],
        constants: {
          zero: { type: 'int64', shape: [1], values: [0] },
          rest: { type: 'int64', shape: [1], values: [-1] },
        },
      },
      { w: { shape: [6, 1], values: [1, 1, 1, 1, 1, 1] } },
    ),
  );
  expect(graph.layers.map(({ name, weights }) => [name, weights.map((weight) => weight.name)])).toEqual([
    ['x', []],
    ['Relu_h', []],
    ['Reshape_r', []],
    ['MatMul_y', ['MatMul_y/weight']],
  ]);
  expect(graph.edges).toEqual([
    { from: 'x', to: 'Relu_h' },
    { from: 'Relu_h', to: 'Reshape_r' },
    { from: 'Reshape_r', to: 'MatMul_y' },
  ]);
});

it('a weight that is turned before it is used belongs to the layer that uses it', async () => {
  const { graph } = await imported(
    raw(
      {
        inputs: [port('x', ['batch', 2])],
        nodes: [node('Transpose', ['w'], ['t'], { perm: [1, 0] }), node('MatMul', ['x', 't'], ['y'])],
        outputs: [port('y', ['batch', 3])],
      },
      { w: { shape: [3, 2], values: [1, 2, 3, 4, 5, 6] } },
    ),
  );
  expect(graph).toMatchObject({
    params: 6,
    layers: [{ name: 'x' }, { name: 'MatMul_y', weights: [{ name: 'MatMul_y/w', shape: [3, 2] }] }],
  });
});
