/** Graph models of TensorFlow.js: answers are those of its own loadGraphModel on the same backend. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Tensor } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { evaluateGraph } from '../../operators/evaluate.ts';
import { given } from '../../operators/operands.ts';
import { typesOf } from '../../operators/types.ts';
import { importModel } from '../index.ts';
import { type Workbench, workbench } from '../testing/bench.ts';
import { compileGraphDef, type GraphWeight } from './compile.ts';
import { graphDefOf } from './graph-def.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const FILE = 'model.json';
const text = (value: string) => ({ s: Buffer.from(value).toString('base64') });
const wholes = (...i: number[]) => ({ list: { i: i.map(String) } });
const FLOAT = { type: 'DT_FLOAT' };

interface Drawn {
  readonly node: { name: string; op: string; input?: string[]; attr?: Record<string, unknown> }[];
  readonly weights: Map<string, GraphWeight>;
}

/** A graph on an input `x`, with constants of made-up numbers where only a shape is given. */
class Draw implements Drawn {
  readonly node: Drawn['node'] = [];
  readonly weights = new Map<string, GraphWeight>();
  constructor(...shape: number[]) {
    const dim = shape.map((size) => ({ size: String(size) }));
    this.add('x', 'Placeholder', [], { dtype: FLOAT, shape: { shape: { dim } } });
  }
  add(name: string, op: string, input: string[], attr: Record<string, unknown> = {}): string {
    this.node.push({ name, op, input, attr: { T: FLOAT, ...attr } });
    return name;
  }
  floats(name: string, ...shape: number[]): string {
    const length = shape.reduce((a, b) => a * b, 1);
    const read = () => Float32Array.from({ length }, (_, i) => Math.sin(i * 1.7 + name.length) * 0.5 + 0.6);
    return this.#constant({ name, type: 'float32', shape, read });
  }
  ints(name: string, values: number[], shape = [values.length]): string {
    return this.#constant({ name, type: 'int32', shape, read: () => Int32Array.from(values) });
  }
  #constant(weight: GraphWeight): string {
    const dtype = { type: weight.type === 'float32' ? 'DT_FLOAT' : 'DT_INT32' };
    this.node.push({ name: weight.name, op: 'Const', attr: { dtype } });
    this.weights.set(weight.name, weight);
    return weight.name;
  }
}

const bytesOf = (weights: Iterable<GraphWeight>) =>
  Buffer.concat(
    [...weights].map((weight) => {
      const { buffer, byteOffset, byteLength } = weight.read();
      return Buffer.from(buffer, byteOffset, byteLength);
    }),
  );
const specsOf = (weights: Iterable<GraphWeight>) =>
  [...weights].map(({ name, shape, type }) => ({
    ...{ name, shape: [...shape] },
    dtype: type === 'int32' ? ('int32' as const) : ('float32' as const),
  }));

/** Ours and theirs, of one input. */
async function both({ node, weights }: Drawn, x: Tensor): Promise<[Float32Array, Float32Array]> {
  const { tf } = bench;
  const { graph, weights: kept } = compileGraphDef(graphDefOf({ node }, FILE), weights, null, FILE);
  const ours = tf.tidy(() => {
    const held = new Map(
      kept.map(({ name, shape, type, read }) => [
        name,
        tf.tensor(read(), [...shape], type === 'int32' ? 'int32' : 'float32'),
      ]),
    );
    const run = { tf, opsets: graph.opsets, types: typesOf(graph) };
    const [y] = evaluateGraph(run, graph, [x], (name) => held.get(name));
    return Float32Array.from(given(y, 'y').dataSync());
  });
  const theirs = await loaded({ node, versions: { producer: 1 } }, weights.values());
  const y = theirs.execute({ x });
  if (Array.isArray(y)) throw new Error('one output was expected');
  return [ours, Float32Array.from(y.dataSync())];
}

function loaded(modelTopology: object, weights: Iterable<GraphWeight>) {
  const all = [...weights];
  return bench.tf.loadGraphModel(
    bench.tf.io.fromMemory({
      ...{ modelTopology, weightSpecs: specsOf(all), format: 'graph-model' },
      weightData: Uint8Array.from(bytesOf(all)).buffer,
    }),
  );
}

function close(ours: Float32Array, theirs: Float32Array): void {
  expect(ours).toHaveLength(theirs.length);
  const most = Math.max(...theirs.map(Math.abs), 1e-3);
  expect(most).toBeGreaterThan(1e-3);
  ours.forEach((value, i) => {
    expect(Math.abs(value - (theirs[i] ?? Number.NaN)) / most).toBeLessThan(1e-5);
  });
}

const convolved = (op: string, filter: number[], attr: Record<string, unknown>): Draw => {
  const draw = new Draw(-1, 7, 6, 2);
  draw.add('y', op, ['x', draw.floats('w', ...filter)], {
    ...{ data_format: text('NHWC'), dilations: wholes(1, 1, 1, 1) },
    ...attr,
  });
  return draw;
};

const CASES: Readonly<Record<string, () => Draw>> = {
  ...Object.fromEntries(
    ['SAME', 'VALID'].flatMap((padding) =>
      [1, 2].flatMap((stride) => [
        [
          `Conv2D ${padding} ${stride}`,
          () =>
            convolved('Conv2D', [3, 2, 2, 4], {
              padding: text(padding),
              strides: wholes(1, stride, stride, 1),
            }),
        ],
        [
          `DepthwiseConv2dNative ${padding} ${stride}`,
          () =>
            convolved('DepthwiseConv2dNative', [3, 3, 2, 2], {
              padding: text(padding),
              strides: wholes(1, stride, stride, 1),
            }),
        ],
        ...['MaxPool', 'AvgPool'].map((op): [string, () => Draw] => [
          `${op} ${padding} ${stride}`,
          () => {
            const draw = new Draw(-1, 7, 6, 2);
            draw.add('y', op, ['x'], {
              ...{ padding: text(padding), ksize: wholes(1, 3, 2, 1) },
              strides: wholes(1, stride, stride, 1),
            });
            return draw;
          },
        ]),
      ]),
    ),
  ),
  'Conv2D dilated': () =>
    convolved('Conv2D', [3, 2, 2, 4], {
      ...{ padding: text('SAME'), strides: wholes(1, 1, 1, 1), dilations: wholes(1, 2, 2, 1) },
    }),
  '_FusedConv2D with bias and Relu6': () => {
    const draw = new Draw(-1, 7, 6, 2);
    draw.add('y', '_FusedConv2D', ['x', draw.floats('w', 3, 3, 2, 4), draw.floats('bias', 4)], {
      ...{ padding: text('SAME'), strides: wholes(1, 1, 1, 1), num_args: { i: '1' } },
      fused_ops: { list: { s: [text('BiasAdd').s, text('Relu6').s] } },
    });
    return draw;
  },
  'Conv2DBackpropInput SAME': () => {
    const draw = new Draw(-1, 7, 6, 2);
    const sizes = draw.ints('sizes', [2, 14, 12, 3]);
    draw.add('y', 'Conv2DBackpropInput', [sizes, draw.floats('w', 3, 3, 3, 2), 'x'], {
      ...{ padding: text('SAME'), strides: wholes(1, 2, 2, 1), data_format: text('NHWC') },
    });
    return draw;
  },
  FusedBatchNormV3: () => {
    const draw = new Draw(-1, 7, 6, 2);
    const four = ['scale', 'offset', 'mean_', 'variance'].map((name) => draw.floats(name, 2));
    draw.add('y', 'FusedBatchNormV3', ['x', ...four], {
      ...{ epsilon: { f: 0.001 }, is_training: { b: false }, data_format: text('NHWC') },
    });
    return draw;
  },
  'dense layers behind a reshape': () => {
    const draw = new Draw(-1, 7, 6, 2);
    draw.add('flat', 'Reshape', ['x', draw.ints('shape', [-1, 84])]);
    draw.add('dense', '_FusedMatMul', ['flat', draw.floats('w', 84, 5), draw.floats('b', 5)], {
      ...{ transpose_a: { b: false }, transpose_b: { b: false }, num_args: { i: '1' } },
      fused_ops: { list: { s: [text('BiasAdd').s, text('Elu').s] } },
    });
    draw.add('product', 'MatMul', ['dense', draw.floats('w2', 3, 5)], {
      ...{ transpose_a: { b: false }, transpose_b: { b: true } },
    });
    draw.add('y', 'Softmax', ['product']);
    return draw;
  },
  'sizes computed from a shape': () => {
    const draw = new Draw(-1, 7, 6, 2);
    draw.add('shape', 'Shape', ['x'], { out_type: { type: 'DT_INT32' } });
    const [a, b, c] = [draw.ints('a', [0]), draw.ints('b', [1]), draw.ints('c', [1])];
    draw.add('n', 'StridedSlice', ['shape', a, b, c], { shrink_axis_mask: { i: '1' } });
    draw.add('to', 'Pack', ['n', draw.ints('rest', [84], [])], { axis: { i: '0' }, N: { i: '2' } });
    draw.add('y', 'Reshape', ['x', 'to']);
    return draw;
  },
  'a slice with masks': () => {
    const draw = new Draw(-1, 7, 6, 2);
    const spec = [draw.ints('a', [0, 5, 0, 1]), draw.ints('b', [0, 0, 0, 2]), draw.ints('c', [1, -2, 1, 1])];
    draw.add('y', 'StridedSlice', ['x', ...spec], {
      ...{ begin_mask: { i: '5' }, end_mask: { i: '7' }, shrink_axis_mask: { i: '8' } },
    });
    return draw;
  },
  ...Object.fromEntries(
    ['Mean', 'Sum', 'Max', 'Min', 'Prod'].map((op) => [
      op,
      () => {
        const draw = new Draw(-1, 7, 6, 2);
        draw.add('y', op, ['x', draw.ints('axes', [1, 2])], { keep_dims: { b: op === 'Sum' } });
        return draw;
      },
    ]),
  ),
  ...Object.fromEntries(
    ['ResizeBilinear', 'ResizeNearestNeighbor'].flatMap((op) =>
      ['align_corners', 'half_pixel_centers', 'neither'].map((told) => [
        `${op} ${told}`,
        () => {
          const draw = new Draw(-1, 7, 6, 2);
          draw.add('y', op, ['x', draw.ints('size', [10, 4])], {
            ...{ align_corners: { b: told === 'align_corners' } },
            half_pixel_centers: { b: told === 'half_pixel_centers' },
          });
          return draw;
        },
      ]),
    ),
  ),
  ...Object.fromEntries(
    [
      'Relu',
      'Relu6',
      'Elu',
      'Selu',
      'Sigmoid',
      'Tanh',
      'Softplus',
      'Exp',
      'Rsqrt',
      'Square',
      'Neg',
      'Abs',
    ].map((op) => [
      op,
      () => {
        const draw = new Draw(-1, 7, 6, 2);
        draw.add('y', op, ['x']);
        return draw;
      },
    ]),
  ),
  ...Object.fromEntries(
    ['AddV2', 'Sub', 'Mul', 'RealDiv', 'Maximum', 'Minimum', 'SquaredDifference', 'FloorDiv', 'Pow'].map(
      (op) => [
        op,
        () => {
          const draw = new Draw(-1, 7, 6, 2);
          draw.add('y', op, ['x', draw.floats('c', 2)]);
          return draw;
        },
      ],
    ),
  ),
  'ConcatV2, Pad, Transpose, LeakyRelu': () => {
    const draw = new Draw(-1, 7, 6, 2);
    draw.add('both', 'ConcatV2', ['x', 'x', draw.ints('axis', [-1], [])], { N: { i: '2' } });
    draw.add('wide', 'Pad', ['both', draw.ints('edges', [0, 0, 1, 2, 0, 1, 0, 0], [4, 2])]);
    draw.add('turned', 'Transpose', ['wide', draw.ints('perm', [0, 3, 1, 2])]);
    draw.add('y', 'LeakyRelu', ['turned'], { alpha: { f: 0.3 } });
    return draw;
  },
  'Split, GatherV2 and ExpandDims': () => {
    const draw = new Draw(-1, 7, 6, 2);
    draw.add('parts', 'Split', [draw.ints('axis', [3], []), 'x'], { num_split: { i: '2' } });
    const at = draw.ints('at', [5, 0, 3]);
    draw.add('taken', 'GatherV2', ['parts:1', at, draw.ints('along', [2], [])]);
    draw.add('y', 'ExpandDims', ['taken', draw.ints('where', [1], [])]);
    return draw;
  },
};

describe('operators of TensorFlow', () => {
  it.each(Object.keys(CASES))('%s', async (name) => {
    const { tf } = bench;
    const x = tf.tensor(
      Float32Array.from({ length: 168 }, (_, i) => Math.sin(i * 0.7) + 1.2),
      [2, 7, 6, 2],
    );
    const draw = CASES[name]?.();
    if (!draw) throw new Error(`no case is called ${name}`);
    close(...(await both(draw, x)));
  });
});

/** As files. */
function files({ node, weights }: Drawn) {
  const paths = weights.size > 0 ? ['w.bin'] : [];
  const weightsManifest = [{ paths, weights: specsOf(weights.values()) }];
  const json = { format: 'graph-model', modelTopology: { node }, weightsManifest };
  const shards = weights.size > 0 ? [bench.upload('w.bin', bytesOf(weights.values()))] : [];
  return [bench.upload(FILE, JSON.stringify(json)), ...shards];
}

describe('a graph model', () => {
  it('opens with its layers, scopes and weights', async () => {
    const draw = new Draw(-1, 6);
    const kernel = draw.floats('StatefulPartitionedCall/net/one/MatMul/ReadVariableOp', 6, 3);
    draw.add('StatefulPartitionedCall/net/one/MatMul', 'MatMul', ['x', kernel], {
      transpose_b: { b: false },
    });
    draw.add('StatefulPartitionedCall/net/one/Relu', 'Relu', ['StatefulPartitionedCall/net/one/MatMul']);
    draw.add('Identity', 'Identity', ['StatefulPartitionedCall/net/one/Relu']);
    const { manifest } = await importModel(files(draw), bench.context);
    expect(manifest).toMatchObject({ format: 'tfjs-graph', inputs: [{ name: 'x', shape: [null, 6] }] });
    expect(manifest.graph).toMatchObject({ vocabulary: 'tensorflow', outputs: ['net/one/Relu'], params: 18 });
    expect(manifest.graph.layers.map(({ name, type }) => [name, type])).toEqual([
      ['x', 'InputLayer'],
      ['net/one/MatMul', 'MatMul'],
      ['net/one/Relu', 'Relu'],
    ]);
    expect(manifest.graph.layers[1]?.weights).toEqual([
      { name: 'net/one/MatMul/weight', shape: [6, 3], axes: ['input', 'unit'] },
    ]);
  });

  it.each<[string, (draw: Draw) => void, string, RegExp]>([
    [
      'an unknown operation',
      (draw) => draw.add('y', 'Quux', ['x']),
      'unsupported',
      /not known here: Quux \(1 node\), first at the node y \(Quux\); convert the model to ONNX with tf2onnx/,
    ],
    [
      'a loop',
      (draw) => draw.add('y', 'StatelessWhile', ['x']),
      'unsupported',
      /StatelessWhile .*choices and loops of TensorFlow graphs are not run here/,
    ],
    [
      'a table',
      (draw) => draw.add('y', 'LookupTableFindV2', ['x']),
      'unsupported',
      /tables that look up texts are not read/,
    ],
    [
      'random numbers',
      (draw) => draw.add('y', 'RandomUniform', ['x']),
      'unsupported',
      /random numbers are drawn/,
    ],
    ['texts', (draw) => draw.add('y', 'StringSplit', ['x']), 'unsupported', /texts or trees are no part/],
    [
      'a missing node',
      (draw) => draw.add('y', 'Relu', ['lost']),
      'invalid',
      /a node takes lost, which nothing in the file makes/,
    ],
    ['two of one name', (draw) => draw.add('x', 'Relu', ['x']), 'invalid', /two nodes are called x/],
    [
      'a constant without numbers',
      (draw) => {
        draw.add('c', 'Const', []);
        draw.add('y', 'Relu', ['c']);
        draw.add('z', 'Add', ['y', 'x']);
      },
      'invalid',
      /numbers of the constant c are not in/,
    ],
    [
      'training',
      (draw) => {
        draw.add('y', 'FusedBatchNormV3', ['x', 'x', 'x', 'x', 'x'], { is_training: { b: true } });
      },
      'unsupported',
      /the node y normalises by each batch, as in training/,
    ],
    ['no outputs', () => undefined, 'invalid', /the graph has no outputs/],
    [
      'a number type',
      (draw) => {
        draw.node[0]!.attr!.dtype = { type: 'DT_COMPLEX64' };
        draw.add('y', 'Relu', ['x']);
      },
      'unsupported',
      /the input x is of the number type DT_COMPLEX64/,
    ],
    [
      'a cycle',
      (draw) => {
        draw.add('a', 'Add', ['x', 'b']);
        draw.add('b', 'Relu', ['a']);
        draw.add('y', 'Relu', ['b']);
      },
      'invalid',
      /wait for each other/,
    ],
    [
      'a cycle of names',
      (draw) => {
        draw.add('a', 'Identity', ['b']);
        draw.add('b', 'Identity', ['a']);
        draw.add('y', 'Add', ['a', 'x']);
      },
      'invalid',
      /waits for itself; a graph has no such cycles/,
    ],
  ])('is refused for %s', async (_, edit, code, message) => {
    const draw = new Draw(-1, 6);
    edit(draw);
    const told = expect.stringMatching(message);
    await expect(importModel(files(draw), bench.context)).rejects.toMatchObject({ code, message: told });
  });

  it('is refused for nodes that are none', async () => {
    const json = { modelTopology: { node: [{ name: 1 }] }, weightsManifest: [] };
    await expect(
      importModel([bench.upload(FILE, JSON.stringify(json))], bench.context),
    ).rejects.toMatchObject({
      message: expect.stringMatching(/not a valid graph: modelTopology.node.0.name/),
    });
  });
});

const shared = path.resolve(import.meta.dirname, '../../../../../shared/models/tfjs');
const PUBLISHED = ['COLVERTYETY+cifar100edge/model_js', 'SandiaExe+Autoencoder'];

describe.skipIf(!existsSync(shared))('published graph models (skipped without ../shared/models)', () => {
  it.each(PUBLISHED)('%s', async (name) => {
    const folder = path.join(shared, name);
    const bytes = readFileSync(path.join(folder, FILE));
    const json = JSON.parse(bytes.toString());
    const [group] = json.weightsManifest;
    const parts: Buffer[] = group.paths.map((file: string) => readFileSync(path.join(folder, file)));
    const { manifest } = await importModel(
      [bench.upload(FILE, bytes), ...parts.map((part, i) => bench.upload(group.paths[i], part))],
      bench.context,
    );
    expect(manifest.graph.params).toBeGreaterThan(1000);
    expect(manifest.warnings).toEqual([]);
    const all = Buffer.concat(parts);
    let at = 0;
    const weights = new Map<string, GraphWeight>();
    for (const { name: of, shape, dtype } of group.weights) {
      const bytesFrom = Uint8Array.from(
        all.subarray(at, at + 4 * shape.reduce((a: number, b: number) => a * b, 1)),
      );
      at += bytesFrom.length;
      const type = dtype === 'int32' ? ('int32' as const) : ('float32' as const);
      const read = () =>
        type === 'int32' ? new Int32Array(bytesFrom.buffer) : new Float32Array(bytesFrom.buffer);
      weights.set(of, { name: of, type, shape, read });
    }
    const { graph, weights: kept } = compileGraphDef(
      graphDefOf(json.modelTopology, FILE),
      ...([weights, json.signature, FILE] as const),
    );
    const { tf } = bench;
    const shape = (graph.inputs[0]?.shape ?? []).map((size) => (typeof size === 'number' ? size : 2));
    const x = tf.randomUniform(shape, 0, 1, 'float32', 7);
    const [y] = tf.tidy(() => {
      const held = new Map(kept.map((weight) => [weight.name, tf.tensor(weight.read(), [...weight.shape])]));
      const run = { tf, opsets: graph.opsets, types: typesOf(graph) };
      return evaluateGraph(run, graph, [x], (of) => held.get(of)).map((one) => given(one, 'y'));
    });
    const model = await loaded(json.modelTopology, weights.values());
    const theirs = model.execute({ [graph.inputs[0]?.name ?? '']: x });
    if (Array.isArray(theirs)) throw new Error('one output was expected');
    close(Float32Array.from(given(y, 'y').dataSync()), Float32Array.from(theirs.dataSync()));
  });
});
