/** Files with one fault each: the sentence that names it. */
import { describe, expect, it } from 'vitest';
import type { SourceFile } from '../files/context.ts';
import { readOnnx, readOnnxBytes } from './read.ts';
import { checkOperators } from './support.ts';
import {
  attribute,
  bytesOf,
  entries,
  float,
  floats,
  functionOf,
  graph,
  inner,
  int,
  type Message,
  message,
  modelFile,
  node,
  packed,
  port,
  tensor,
  wholes,
} from './testing/file.ts';

type Parts = Parameters<typeof modelFile>[0];
const RELU = node('Relu', ['x'], ['y'], { name: 'r' });

function refused(bytes: Buffer, sentence: string | RegExp, code = 'invalid'): void {
  expect(() => readOnnxBytes(bytes, 'm.onnx')).toThrow(
    expect.objectContaining({
      ...{ name: 'UserError', code },
      message: typeof sentence === 'string' ? `m.onnx: ${sentence}` : expect.stringMatching(sentence),
    }),
  );
}

describe('a file that is no ONNX model, or is damaged', () => {
  it.each<[string | RegExp, Buffer]>([
    ['it holds no graph, so it is not an ONNX model, or is cut off', Buffer.alloc(0)],
    [
      /^m\.onnx: it is cut off or damaged, in model, at byte \d+ of 12; copy or export it again$/,
      Buffer.from('hello, world'),
    ],
    ['its graph has no outputs; export the model again', modelFile({ nodes: [RELU], outputs: [] })],
    // A graph that says it is longer than the file.
    [/it is cut off or damaged, in model > graph, at byte 2 of 3/, Buffer.from([0x3a, 0x10, 0])],
    [/it is damaged: found a varint in model, at byte 1 of 2; export it again/, Buffer.from([0x38, 1])],
    [/it is damaged: found a length and its bytes in model, at byte 1 of 3/, Buffer.from([0x0a, 1, 1])],
    [/it is damaged: found 8 bytes in model/, Buffer.from([0x09, ...Buffer.alloc(8)])],
    [/it is damaged: found a group in model/, Buffer.from([0x3b, 0x3c])],
    [/it is damaged: found the end of a group in model/, Buffer.from([0x3c])],
    [/it is damaged: found 4 bytes in model/, Buffer.from([0x3d, 0, 0, 0, 0])],
    [/it is damaged: found nothing known in model/, Buffer.from([0x3e])],
    [
      /messages lie more than 100 deep within each other, in model > graph > node > attribute > graph/,
      nested(60),
    ],
  ])('%s', (sentence, bytes) => refused(bytes, sentence));

  it('may not have more parts than memory is for', () => {
    refused(
      Buffer.alloc(2 * 6_000_001, Buffer.from([0x08, 1])),
      /more than 6000000 parts, in model/,
      'too_large',
    );
  });
});

function nested(depth: number): Buffer {
  let message = graph({ outputs: [port('y', 1, [2])] });
  for (let level = 0; level < depth; level++)
    message = graph({ nodes: [node('If', ['x'], ['y'], { attributes: [inner('then_branch', message)] })] });
  return bytesOf((writer) => {
    writer.uint32((7 << 3) | 2).fork();
    message(writer);
    writer.ldelim();
  });
}

describe('a graph that does not hold together', () => {
  const same = functionOf('F', { inputs: ['v'], outputs: ['o'], nodes: [] });
  const callsItself = functionOf('F', {
    inputs: ['v'],
    outputs: ['o'],
    nodes: [node('F', ['v'], ['o'], { domain: 'own' })],
  });
  const call = (inputs: string[] = ['x']) => node('F', inputs, ['y'], { name: 'f', domain: 'own' });
  const withAttribute = (given: Message, operation = 'Relu') => ({
    nodes: [node(operation, ['x'], ['y'], { name: 'r', attributes: [given] })],
  });

  it.each<[string | RegExp, Parts]>([
    [
      'two things are called y: an output of the node r and an output of the node s; export the model again',
      { nodes: [RELU, node('Relu', ['x'], ['y'], { name: 's' })] },
    ],
    [
      'two things are called w: a constant and a constant; export the model again',
      { nodes: [RELU], initializers: [floats('w', [1], [1]), floats('w', [1], [1])] },
    ],
    [
      'two things are called x: an input and an input; export the model again',
      { nodes: [RELU], inputs: [port('x', 1, [1]), port('x', 1, [1])] },
    ],
    ['an initializer has no name', { nodes: [RELU], initializers: [floats('', [1], [1])] }],
    ['the node r (Relu) takes x, which nothing in the file makes', { nodes: [RELU], inputs: [] }],
    ['its output is z, which nothing in the file makes', { nodes: [RELU], outputs: [port('z', 1, [2])] }],
    [
      'the nodes a and b wait for each other; a graph of operators has no cycles',
      { nodes: [node('Add', ['x', 'q'], ['y'], { name: 'a' }), node('Relu', ['y'], ['q'], { name: 'b' })] },
    ],
    ['two functions are called own.F', { nodes: [call()], functions: [same, same] }],
    [
      'the function F calls itself, or functions call each other more than 50 deep',
      { nodes: [call()], functions: [callsItself] },
    ],
    [
      'the node f has more inputs or outputs than the function F that it calls',
      { nodes: [call(['x', 'x'])], functions: [same] },
    ],
    [
      'the node r has two attributes a',
      { nodes: [node('Relu', ['x'], ['y'], { name: 'r', attributes: [int('a', 1), float('a', 1)] })] },
    ],
    [
      'the attribute a of the node r is that of a call, but the node is in no function',
      withAttribute(message({ 1: 'a', 20: 1, 21: 'b' })),
    ],
    [
      'the attribute a of the node r (Relu) is a graph, which is not there',
      withAttribute(message({ 1: 'a', 20: 5 })),
    ],
    [
      'the attribute a of the node r (Relu) is a tensor, which is not there',
      withAttribute(message({ 1: 'a', 20: 4 })),
    ],
    ['the constant y has no value', withAttribute(message({ 1: 'value', 20: 4 }), 'Constant')],
    ['the constant y has no value', withAttribute(message({ 1: 'sparse_value', 20: 11 }), 'Constant')],
    ['the constant r has no value', withAttribute(int('other', 1), 'Constant')],
  ])('%s', (sentence, parts) => refused(modelFile(parts), sentence));

  it('may not unfold to more nodes than can be shown', () => {
    const doubling = Array.from({ length: 20 }, (_, level) =>
      functionOf(`F${level}`, {
        inputs: ['v'],
        outputs: ['o'],
        nodes: [
          node(`F${level + 1}`, ['v'], ['h'], { domain: 'own' }),
          node(`F${level + 1}`, ['h'], ['o'], { domain: 'own' }),
        ],
      }),
    );
    const nodes = [node('F0', ['x'], ['y'], { domain: 'own' })];
    refused(modelFile({ nodes, functions: doubling }), 'it has more than 100000 nodes', 'too_large');
  });
});

describe('what is not read', () => {
  it.each<[string | RegExp, Parts]>([
    [
      'its operators are of version 6 (opset), and 7 is the first that is read; with the package onnx in Python, onnx.version_converter.convert_version(model, 13) brings it up to date',
      { nodes: [RELU], opsets: { '': 6 } },
    ],
    [/its operators are of version 1 \(opset\)/, { nodes: [RELU], opsets: {} }],
    [
      'its operators are of version 29 (opset), and 28 is the last that is known; with the package onnx in Python, onnx.version_converter.convert_version(model, 28) takes it back',
      { nodes: [RELU], opsets: { '': 29 } },
    ],
    [
      'the tensor w is of the number type complex64, which is not read; convert it to float32 and export the model again',
      { nodes: [RELU], initializers: [tensor('w', 14, [1], { 4: [{ float: 1 }, { float: 1 }] })] },
    ],
    [
      'x is of the number type complex128, which is not read',
      { nodes: [RELU], inputs: [port('x', 15, [2])] },
    ],
    [
      'the attribute a of the node r (Relu) is of a kind that is not read (code 9: lists of tensors or graphs); export the model with operators of ONNX only',
      {
        nodes: [
          node('Relu', ['x'], ['y'], {
            name: 'r',
            attributes: [attribute('a', 9, 10, floats('', [1], [1]))],
          }),
        ],
      },
    ],
    [
      'the attribute a of the node r (Relu) is a tensor of 100001 values, at most 100000 are read; export the model with it as an initializer',
      {
        nodes: [
          node('Relu', ['x'], ['y'], {
            name: 'r',
            attributes: [attribute('a', 4, 5, tensor('', 2, [100_001], { 9: Buffer.alloc(100_001) }))],
          }),
        ],
      },
    ],
  ])('%s', (sentence, parts) => refused(modelFile(parts), sentence, 'unsupported'));
});

describe('tensors that do not fit', () => {
  const weight = (initializer: Message): Parts => ({ nodes: [RELU], initializers: [initializer] });
  const sparse = (values: readonly number[], at: Message, shape: readonly number[]): Parts => ({
    nodes: [RELU],
    sparse: [message({ 1: floats('w', [values.length], values), 2: at, 3: shape })],
  });
  it.each<[string | RegExp, Parts, string?]>([
    [
      'the tensor w [3, 4] of float32 takes 48 bytes; found 8, so the file is damaged or was not written to its end',
      weight(tensor('w', 1, [3, 4], { 9: Buffer.alloc(8) })),
    ],
    [
      /the tensor w \[3\] of int4 takes 2 bytes; found 3/,
      weight(tensor('w', 22, [3], { 9: Buffer.alloc(3) })),
    ],
    [
      /the tensor w \[2\] of int64 takes 16 bytes; found 24/,
      weight(tensor('w', 7, [2], { 7: packed([1, 2, 3]) })),
    ],
    [
      /the tensor w has the shape \[-1\], whose sizes are not whole numbers/,
      weight(tensor('w', 1, [-1], {})),
    ],
    [
      /the numbers of the tensor w are damaged at byte \d+ of 1/,
      weight(tensor('w', 7, [1], { 7: Uint8Array.of(0x80) })),
    ],
    [
      /the tensor w has 65 axes, at most 64 are read/,
      weight(tensor('w', 1, Array<number>(65).fill(1), { 4: [{ float: 1 }] })),
    ],
    [
      /the tensor w has the shape \[1000000000, 1000000000\], which is too large to be true/,
      weight(tensor('w', 1, [1e9, 1e9], {})),
    ],
    [
      /the tensor w \[1000000000\] of float32 takes 4000000000 bytes; found 0/,
      weight(tensor('w', 1, [1e9], {})),
    ],
    ['the tensor w [2] is of 2 texts (at most 1000000); found 1', weight(tensor('w', 8, [2], { 6: ['a'] }))],
    [
      /the sparse tensor w has 2 values and indices of the shape \[1\]/,
      sparse([1, 2], wholes('', [1], [0]), [4]),
    ],
    [/the sparse tensor w has an index outside of its shape/, sparse([1], wholes('', [1], [4]), [4])],
    [
      /the sparse tensor w has an index outside of its shape/,
      sparse([1], wholes('', [1, 2], [0, 2]), [2, 2]),
    ],
    [
      'the sparse tensor w [1000000, 1000] has 1000000000 numbers, at most 268435456 are made of a sparse one',
      sparse([1], wholes('', [1], [0]), [1_000_000, 1000]),
      'too_large',
    ],
  ])('%s', (sentence, parts, code) => refused(modelFile(parts), sentence, code));
});

describe('weights in files of their own', () => {
  const file = (name: string, bytes: Buffer): SourceFile => ({
    name,
    bytes: bytes.length,
    read: async () => bytes,
  });
  const model = (external: Record<string, string>) =>
    modelFile({
      nodes: [node('Add', ['x', 'w'], ['y'])],
      initializers: [tensor('w', 1, [2], { 13: entries(external), 14: 1 })],
    });
  const values = Buffer.from(Float32Array.of(9, 9, 5, 6).buffer);
  const read = (external: Record<string, string>, others: readonly SourceFile[], name = 'a/m.onnx') => {
    const own = file(name, model(external));
    return readOnnx(own, [own, ...others]);
  };

  it('are found beside the model by path, or by name alone', async () => {
    const place = { location: './data/w.bin', offset: '8', length: '8' };
    for (const others of [
      [file('a/data/w.bin', values), file('w.bin', Buffer.alloc(16))],
      [file('w.bin', values)],
      [file('elsewhere/w.bin', values)],
    ])
      expect([...(await (await read(place, others)).weights[0]!.read())]).toEqual([5, 6]);
    const rest = await read({ location: 'w.bin', offset: '8' }, [file('w.bin', values)]);
    expect([...(await rest.weights[0]!.read())]).toEqual([5, 6]);
  });

  it.each<[string, Record<string, string>, readonly SourceFile[]]>([
    [
      'its weights are in w.bin, which was not sent; send all of its files at once, or a zip of them',
      { location: 'w.bin' },
      [],
    ],
    // Nothing is ever opened that was not sent.
    [
      'its weights are in ../../etc/passwd, which was not sent; send all of its files at once, or a zip of them',
      { location: '../../etc/passwd' },
      [],
    ],
    [
      "2 files are named w.bin; send the model's own folder only",
      { location: 'w.bin' },
      [file('b/w.bin', values), file('c/w.bin', values)],
    ],
    [
      'the tensor w ends at byte 20 of w.bin, which has 16 bytes; the file is of another model, or is cut off',
      { location: 'w.bin', offset: '12', length: '8' },
      [file('w.bin', values)],
    ],
    ['the tensor w does not say in which file its values are', { offset: '0' }, [file('w.bin', values)]],
    [
      'the place of the tensor w in w.bin is not one: offset -4, length 8',
      { location: 'w.bin', offset: '-4', length: '8' },
      [file('w.bin', values)],
    ],
    [
      'the tensor w [2] of float32 takes 8 bytes; found 12, so the file is damaged or was not written to its end',
      { location: 'w.bin', offset: '0', length: '12' },
      [file('w.bin', values)],
    ],
  ])('%s', async (sentence, external, others) => {
    await expect(read(external, others)).rejects.toMatchObject({
      ...{ name: 'UserError', code: 'invalid', message: `a/m.onnx: ${sentence}` },
    });
  });

  it('are not taken for each other where folders are lost', async () => {
    const twice = modelFile({
      nodes: [node('Add', ['w', 'v'], ['y'])],
      initializers: [
        tensor('w', 1, [2], { 13: entries({ location: 'a/w.bin' }), 14: 1 }),
        tensor('v', 1, [2], { 13: entries({ location: 'b/w.bin' }), 14: 1 }),
      ],
    });
    const own = file('m.onnx', twice);
    const [a, b] = [Float32Array.of(1, 2), Float32Array.of(3, 4)].map(({ buffer }) => Buffer.from(buffer));
    await expect(readOnnx(own, [own, file('w.bin', a!)])).rejects.toThrow(
      'm.onnx: its files a/w.bin and b/w.bin have the same name, and one was sent; send a zip with their folders',
    );
    const { weights, parts } = await readOnnx(own, [
      own,
      file('a/w.bin', a!),
      file('b/w.bin', b!),
      file('c', a!),
    ]);
    const values = await Promise.all(weights.map((weight) => weight.read()));
    expect(values.flatMap((each) => [...each])).toEqual([1, 2, 3, 4]);
    expect(parts.map(({ name }) => name)).toEqual(['m.onnx', 'a/w.bin', 'b/w.bin']);
  });

  it('are not in a file that stands alone, and the file is named', () => {
    refused(model({ location: 'w.bin' }), 'the values of w are in another file, which was not sent');
  });
});

describe('operators that are not known', () => {
  const check = (...operations: readonly [name: string, domain: string][]) => {
    const nodes = operations.map(([name, domain], at) =>
      node(name, [at === 0 ? 'x' : `t${at - 1}`], [at === operations.length - 1 ? 'y' : `t${at}`], {
        domain,
      }),
    );
    const { graph: made } = readOnnxBytes(modelFile({ nodes }), 'm.onnx');
    return () => checkOperators(made, 'm.onnx');
  };

  it('are named, all at once, with what to do', () => {
    expect(check(['Relu', ''])).not.toThrow();
    expect(check(['Odd', ''], ['Relu', ''], ['Odd', ''], ['Even', 'own'])).toThrow(
      expect.objectContaining({
        code: 'unsupported',
        message:
          'm.onnx: 3 nodes are of operators that are not known here: Odd (2 nodes), own.Even (1 node); onnx.utils.extract_model in Python cuts out the part of the model without them, which can be sent',
      }),
    );
    expect(check(['Strange', 'com.microsoft'])).toThrow(
      'm.onnx: 1 node is of operators that are not known here: com.microsoft.Strange (1 node); those of com.microsoft come from onnxruntime’s optimiser or quantiser, so send the model as it was before',
    );
    const many = Array.from({ length: 14 }, (_, at): [string, string] => [`Odd${at}`, '']);
    expect(check(...many)).toThrow(/Odd11 \(1 node\) and 2 more; /);
  });

  it.each([
    ['TreeEnsembleClassifier', 'an ensemble of decision trees'],
    ['SVMRegressor', 'a support vector machine'],
    ['LinearClassifier', 'a linear model'],
  ])('are said to be another kind of model: %s', (name, what) => {
    expect(check([name, 'ai.onnx.ml'])).toThrow(
      `m.onnx: it is ${what} (ai.onnx.ml.${name}), not a neural network, so there are no layers to look into; send a neural network`,
    );
  });

  it('are found in subgraphs too', () => {
    const branch = graph({ nodes: [node('Odd', ['x'], ['o'])], outputs: [port('o', 1, [2])] });
    const bytes = modelFile({
      nodes: [node('Relu', ['x'], ['y'], { attributes: [inner('then_branch', branch)] })],
    });
    expect(() => checkOperators(readOnnxBytes(bytes, 'm.onnx').graph, 'm.onnx')).toThrow(/Odd \(1 node\)/);
  });
});
