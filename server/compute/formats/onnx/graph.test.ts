/** What becomes of a graph: names, order, functions, subgraphs, and what is left out. */
import { describe, expect, it } from 'vitest';
import { readOnnxBytes } from './read.ts';
import {
  attribute,
  float,
  floats,
  functionOf,
  graph,
  inner,
  int,
  message,
  modelFile,
  node,
  port,
  wholes,
} from './testing/file.ts';

const read = (parts: Parameters<typeof modelFile>[0]) => readOnnxBytes(modelFile(parts), 'm.onnx');
const shown = (parts: Parameters<typeof modelFile>[0]) =>
  read(parts).graph.nodes.map(
    ({ name, operation, inputs, outputs }) =>
      `${name}: ${outputs.join(', ')} = ${operation}(${inputs.join(', ')})`,
  );

describe('names', () => {
  it('are made of the operation and what it makes where there are none, and are never twice the same', () => {
    expect(
      shown({
        nodes: [
          node('Relu', ['x'], ['a']),
          node('Relu', ['a'], ['b'], { name: 'r' }),
          node('Relu', ['b'], ['c'], { name: 'r' }),
          node('Relu', ['c'], ['/head/act/Relu_output_0']),
          node('Relu', ['/head/act/Relu_output_0'], ['d'], { name: 'r_c' }),
          node('Relu', ['d'], ['y'], { name: 'r_c' }),
        ],
      }),
    ).toEqual([
      'Relu_a: a = Relu(x)',
      'r: b = Relu(a)',
      'r_c: c = Relu(b)',
      'head/act/Relu: /head/act/Relu_output_0 = Relu(c)',
      'r_c_d: d = Relu(/head/act/Relu_output_0)',
      'r_c_y: y = Relu(d)',
    ]);
  });

  it('say groups by paths of PyTorch and TensorFlow, and by metadata of exporters', () => {
    const scopes = { 'pkg.torch.onnx.name_scopes': `['', 'h', 'h.0', "h.0.mlp", 'gelu']` };
    const { nodes } = read({
      nodes: [
        node('Relu', ['x'], ['a'], { name: '/layer1/layer1.0/conv1/Relu' }),
        node('Relu', ['a'], ['b'], { name: 'StatefulPartitionedCall/model/dense/Relu;model/dense/BiasAdd' }),
        node('Relu', ['b'], ['c'], { name: 'node_gelu', metadata: scopes }),
        node('Relu', ['c'], ['d'], { name: 'Relu_7' }),
        // A convolution with a normalisation in it lies where its weights do.
        node('Conv', ['d', 'h.0.0.conv.weight'], ['y'], {
          name: 'node_Conv_3',
          metadata: { 'pkg.torch.onnx.name_scopes': "['', 'h', 'h.0', 'h.0.0', 'h.0.0.bn', 'batch_norm']" },
        }),
      ],
      initializers: [floats('h.0.0.conv.weight', [1], [1])],
    }).graph;
    expect(nodes.map(({ name, scope }) => [name, scope])).toEqual([
      ['layer1/layer1.0/conv1/Relu', ['layer1', 'layer1.0', 'conv1']],
      ['model/dense/Relu', ['model', 'dense']],
      ['h/h.0/mlp/Relu', ['h', 'h.0', 'mlp']],
      ['Relu_7', []],
      ['h/h.0/h.0.0/conv/Conv', ['h', 'h.0', 'h.0.0', 'conv']],
    ]);
  });
});

it('puts nodes in order, and leaves out what feeds no output, with its weights', () => {
  const {
    graph: made,
    weights,
    warnings,
  } = read({
    nodes: [
      node('Add', ['b', 'w'], ['y'], { name: 'last' }),
      node('Relu', ['x'], ['b'], { name: 'first' }),
      node('Mul', ['b', 'unused'], ['nowhere'], { name: 'dead' }),
    ],
    initializers: [floats('w', [2], [1, 2]), floats('unused', [2], [3, 4]), wholes('shape', [1], [2])],
  });
  expect(made.nodes.map(({ name }) => name)).toEqual(['first', 'last']);
  expect(weights.map(({ name }) => name)).toEqual(['w']);
  expect(made.constants).toEqual({});
  expect(warnings).toEqual(['1 node feeds no output and was left out: dead.']);
});

it('takes copies of weights for what they are', () => {
  const { graph: made, weights } = read({
    nodes: [
      node('Identity', ['w'], ['v']),
      node('Identity', ['v'], ['u']),
      node('Identity', ['x'], ['h'], { name: 'kept' }),
      node('Add', ['h', 'u'], ['a'], { name: 'add' }),
      node('Identity', ['w'], ['y'], { name: 'out' }),
    ],
    initializers: [floats('w', [2], [1, 2])],
    outputs: [port('a', 1, [2]), port('y', 1, [2])],
  });
  expect(made.nodes.map(({ name, inputs }) => [name, ...inputs])).toEqual([
    ['kept', 'x'],
    ['add', 'h', 'w'],
    ['out', 'w'],
  ]);
  expect(weights.map(({ name }) => name)).toEqual(['w']);
});

it('tells inputs from initializers, which old files list as inputs too', () => {
  const { inputs, weights } = read({
    nodes: [node('Add', ['x', 'w'], ['y'])],
    inputs: [port('w', 1, [2]), port('x', 1, ['batch', null, 2])],
    initializers: [floats('w', [2], [1, 2])],
  }).graph;
  expect(inputs).toEqual([{ name: 'x', type: 'float32', shape: ['batch', null, 2] }]);
  expect(weights).toEqual([{ name: 'w', type: 'float32', shape: [2] }]);
});

it('keeps what the file says of itself, and attributes of every kind', () => {
  const { about, graph: made } = read({
    metadata: { author: 'somebody' },
    opsets: { 'ai.onnx': 18, 'com.microsoft': 1 },
    nodes: [
      node('Pad', ['x'], ['y'], {
        attributes: [
          float('alpha', 0.5),
          int('axis', -1),
          attribute('mode', 3, 4, 'edge'),
          attribute('axes', 7, 8, [0, 2]),
          attribute('none', 7, 8, []),
          attribute('scales', 6, 7, [{ float: 2 }]),
          attribute('names', 8, 9, ['a', 'b']),
          attribute('value', 4, 5, floats('', [1], [Number.POSITIVE_INFINITY])),
          // Old files do not say of what kind an attribute is.
          message({ 1: 'pads', 8: [1, 2] }),
          message({ 1: 'keep', 3: 1 }),
        ],
      }),
    ],
  });
  expect(about).toEqual({
    ...{ irVersion: 9, producer: 'by hand', producerVersion: '1', name: 'g', domain: '', version: 0 },
    ...{ description: '', metadata: { author: 'somebody' } },
  });
  expect(made.opsets).toEqual({ '': 18, 'com.microsoft': 1 });
  expect(made.nodes[0]!.attributes).toEqual({
    ...{ alpha: 0.5, axis: -1, mode: 'edge', axes: [0, 2], none: [], scales: [2], names: ['a', 'b'] },
    value: { tensor: { type: 'float32', shape: [1], values: ['Infinity'] } },
    ...{ pads: [1, 2], keep: 1 },
  });
});

describe('functions', () => {
  const scaled = functionOf('Scaled', {
    inputs: ['v', 'maybe'],
    outputs: ['out', 'same'],
    attributes: ['by'],
    defaults: [float('shift', 3)],
    nodes: [
      node('LeakyRelu', ['v'], ['t'], { name: 'l', attributes: [message({ 1: 'alpha', 20: 1, 21: 'by' })] }),
      node('Clip', ['t', 'maybe'], ['out'], { attributes: [message({ 1: 'low', 20: 1, 21: 'shift' })] }),
    ],
  });

  it('are put in the place of their calls, each with names of its own', () => {
    const call = (input: string, output: string, name: string, by: number | null) =>
      node('Scaled', [input], [output], {
        name,
        domain: 'own',
        attributes: by === null ? [] : [float('by', by)],
      });
    const parts = { functions: [scaled], nodes: [call('x', 'a', 'one', 0.5), call('a', 'y', 'two', null)] };
    expect(shown(parts)).toEqual([
      'one/l: one/t = LeakyRelu(x)',
      'one/Clip_out: a = Clip(one/t, )',
      'two/l: two/t = LeakyRelu(a)',
      'two/Clip_out: y = Clip(two/t, )',
    ]);
    const { nodes } = read(parts).graph;
    expect(nodes.map(({ scope }) => scope)).toEqual([['one'], ['one'], ['two'], ['two']]);
    // An attribute that the call does not give is not there; one with a default is.
    expect(nodes.map(({ attributes }) => attributes)).toEqual([{ alpha: 0.5 }, { low: 3 }, {}, { low: 3 }]);
  });

  it('may call each other, and give out what they were given', () => {
    const outer = functionOf('Outer', {
      inputs: ['p'],
      outputs: ['p', 'q'],
      nodes: [node('Scaled', ['p', 'p'], ['q'], { name: 'inner', domain: 'own' })],
    });
    const parts = {
      functions: [scaled, outer],
      nodes: [node('Outer', ['x'], ['a', 'b'], { name: 'o', domain: 'own' }), node('Add', ['a', 'b'], ['y'])],
    };
    expect(shown(parts)).toEqual([
      'o/inner/l: o/inner/t = LeakyRelu(x)',
      'o/inner/Clip_out: b = Clip(o/inner/t, x)',
      'o/p: a = Identity(x)',
      'Add_y: y = Add(a, b)',
    ]);
  });

  it('bring the versions of operators that only they use', () => {
    const gelu = functionOf('G', {
      inputs: ['v'],
      outputs: ['out'],
      nodes: [node('Gelu', ['v'], ['out'], { domain: 'com.microsoft' })],
      opsets: { '': 17, 'com.microsoft': 1 },
    });
    const { opsets } = read({ functions: [gelu], nodes: [node('G', ['x'], ['y'], { domain: 'own' })] }).graph;
    expect(opsets).toEqual({ '': 17, 'com.microsoft': 1 });
  });
});

describe('subgraphs', () => {
  const branch = (weight: number) =>
    graph({
      nodes: [node('Mul', ['h', 'w'], ['m'], { name: 'mul' }), node('Add', ['m', 'n'], ['o'])],
      initializers: [floats('w', [2], [weight, weight]), wholes('n', [1], [7])],
      outputs: [port('o', 1, [2])],
    });
  const parts = {
    nodes: [
      node('If', ['c'], ['y'], {
        name: 'if',
        attributes: [inner('then_branch', branch(1)), inner('else_branch', branch(2))],
      }),
      node('Relu', ['x'], ['h'], { name: 'relu' }),
      node('Cast', ['x'], ['c'], { name: 'cast' }),
      node('Relu', ['h'], ['lost'], { name: 'lost' }),
    ],
  };

  it('take names from around them, and have their weights beside those of the whole', () => {
    const { graph: made, weights } = read(parts);
    expect(made.nodes.map(({ name }) => name)).toEqual(['relu', 'cast', 'if']);
    const { then_branch, else_branch } = made.nodes[2]!.attributes;
    expect(then_branch).toEqual({
      graph: {
        opsets: { '': 17 },
        nodes: [
          {
            ...{ name: 'if/mul', scope: ['if'], domain: '', operation: 'Mul', attributes: {} },
            ...{ inputs: ['h', 'if/w'], outputs: ['m'] },
          },
          {
            ...{ name: 'if/Add_o', scope: ['if'], domain: '', operation: 'Add', attributes: {} },
            ...{ inputs: ['m', 'n'], outputs: ['o'] },
          },
        ],
        inputs: [],
        outputs: [{ name: 'o', type: 'float32', shape: [2] }],
        constants: { n: { type: 'int64', shape: [1], values: [7] } },
        weights: [],
      },
    });
    expect(else_branch).toMatchObject({
      graph: { nodes: [{ name: 'if/mul_m', inputs: ['h', "if/w'"] }, {}] },
    });
    expect(weights.map(({ name, read: values }) => [name, ...values()])).toEqual([
      ['if/w', 1, 1],
      ["if/w'", 2, 2],
    ]);
  });

  it('in functions know the names of the function', () => {
    const body = functionOf('F', {
      inputs: ['v', 'c'],
      outputs: ['out'],
      nodes: [
        node('Relu', ['v'], ['h']),
        node('If', ['c'], ['out'], { name: 'if', attributes: [inner('then_branch', branch(1))] }),
        node('Identity', ['h'], ['n']),
      ],
    });
    const { nodes } = read({
      functions: [body],
      nodes: [node('Cast', ['x'], ['b']), node('F', ['x', 'b'], ['y'], { name: 'f', domain: 'own' })],
    }).graph;
    expect(nodes.map(({ name, inputs }) => [name, ...inputs])).toEqual([
      ['Cast_b', 'x'],
      ['f/Relu_h', 'x'],
      ['f/if', 'b'],
    ]);
    expect(nodes[2]!.attributes.then_branch).toMatchObject({
      graph: { nodes: [{ name: 'f/if/mul', inputs: ['f/h', 'f/if/w'] }, { inputs: ['f/m', 'f/n'] }] },
    });
  });
});

it('knows copies of weights in subgraphs of functions', () => {
  const branch = graph({ nodes: [node('Mul', ['v', 'v'], ['o'])], outputs: [port('o', 1, [2])] });
  const body = functionOf('F', {
    inputs: ['v', 'c'],
    outputs: ['out'],
    nodes: [node('If', ['c'], ['out'], { name: 'if', attributes: [inner('then_branch', branch)] })],
  });
  const { nodes } = read({
    functions: [body],
    nodes: [
      node('Identity', ['w'], ['copy']),
      node('Cast', ['x'], ['b']),
      node('F', ['copy', 'b'], ['y'], { name: 'f', domain: 'own' }),
    ],
    initializers: [floats('w', [2], [1, 2])],
  }).graph;
  expect(nodes[1]!.attributes.then_branch).toMatchObject({ graph: { nodes: [{ inputs: ['w', 'w'] }] } });
});

it('takes lists of tensors, and says which they are', () => {
  const list = message({ 1: 'x', 2: message({ 4: message({ 1: message({ 1: message({ 1: 7 }) }) }) }) });
  const { graph: made, sequences } = read({ inputs: [list], nodes: [node('SequenceAt', ['x'], ['y'])] });
  expect(made.inputs).toEqual([{ name: 'x', type: 'int64', shape: null }]);
  expect([...sequences]).toEqual(['x']);
});
