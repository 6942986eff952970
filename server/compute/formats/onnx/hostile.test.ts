/**
 * Files of strangers: cut off anywhere, with bytes changed, put together from wrong parts. Always a model or a UserError
 * that names the file, soon. `npm run fuzz onnx` goes on for longer.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../../core/errors/index.ts';
import { type Random, seeded } from '../../numerics/random.ts';
import { readOnnxBytes } from './read.ts';
import { checkOperators } from './support.ts';
import {
  attribute,
  floats,
  functionOf,
  graph,
  inner,
  message,
  modelFile,
  node,
  packed,
  port,
  tensor,
  wholes,
} from './testing/file.ts';

const ROUNDS = Number(process.env.INTERLAYER_FUZZ ?? 400);
const SEED = Number(process.env.INTERLAYER_SEED ?? 7);
const LONGEST_MS = 2000;

const golden = (name: string) => readFileSync(path.join(import.meta.dirname, 'goldens', name));
/** A file with everything that is read. */
const EVERYTHING = modelFile({
  opsets: { '': 17, own: 1 },
  functions: [
    functionOf('F', {
      inputs: ['v'],
      outputs: ['o'],
      attributes: ['alpha'],
      nodes: [node('LeakyRelu', ['v'], ['o'], { attributes: [message({ 1: 'alpha', 20: 1, 21: 'alpha' })] })],
    }),
  ],
  nodes: [
    node('Constant', [], ['c'], { attributes: [attribute('value_ints', 7, 8, [1, 2])] }),
    node('F', ['x'], ['h'], {
      domain: 'own',
      name: '/a/F',
      attributes: [attribute('alpha', 1, 2, { float: 0.5 })],
    }),
    node('If', ['flag'], ['y'], {
      attributes: [
        inner(
          'then_branch',
          graph({
            nodes: [node('Add', ['h', 'w'], ['t'])],
            initializers: [floats('w', [2], [1, 2])],
            outputs: [port('t', 1, [2])],
          }),
        ),
        inner(
          'else_branch',
          graph({ nodes: [node('Reshape', ['h', 'c'], ['e'])], outputs: [port('e', 1, [2])] }),
        ),
      ],
    }),
  ],
  initializers: [
    tensor('flag', 9, [], { 9: Buffer.of(1) }),
    tensor('table', 7, [3], { 7: packed([1, -1, 2 ** 40]) }),
    wholes('sizes', [2], [1, 2]),
  ],
  sparse: [message({ 1: floats('s', [1], [3]), 2: wholes('', [1], [1]), 3: [2] })],
});

const SOUND: Readonly<Record<string, Buffer>> = {
  'torch_dynamo.onnx': golden('torch_dynamo.onnx'),
  'tensors.onnx': golden('tensors.onnx'),
  'everything.onnx': EVERYTHING,
};

/** Reads all of it, weights too. Gives the error, where there is one; throws for any other than a UserError. */
function outcome(bytes: Buffer): UserError | null {
  const started = performance.now();
  try {
    const { graph: made, weights } = readOnnxBytes(bytes, 'm.onnx');
    for (const weight of weights) weight.read();
    JSON.stringify(made);
    checkOperators(made, 'm.onnx');
    return null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.message.startsWith('m.onnx: ')).toBe(true);
    expect(['invalid', 'unsupported', 'too_large']).toContain(error.code);
    return error;
  } finally {
    expect(performance.now() - started).toBeLessThan(LONGEST_MS);
  }
}

describe.each(Object.entries(SOUND))('%s', (_, sound) => {
  it('cut off anywhere is an error, or the same without what is not needed', () => {
    // Each place of a small file; a thousand places of a larger one.
    const step = Math.max(1, Math.floor(sound.length / 1000));
    let refused = 0;
    for (let length = 0; length < sound.length; length += step)
      if (outcome(sound.subarray(0, length))) refused++;
    expect(refused).toBeGreaterThan(0);
  });

  it('with bytes changed, doubled or lost', () => {
    const random = seeded(SEED);
    let refused = 0;
    for (let round = 0; round < ROUNDS; round++)
      try {
        if (outcome(broken(sound, random))) refused++;
      } catch (error) {
        throw new Error(`seed ${SEED}, round ${round}`, { cause: error });
      }
    expect(refused).toBeGreaterThan(0);
  });
});

function broken(sound: Buffer, random: Random): Buffer {
  let bytes = Buffer.from(sound);
  for (let changes = 1 + random.below(4); changes > 0; changes--) {
    const at = random.below(bytes.length);
    const kind = random.below(4);
    if (kind === 0) bytes[at] = random.below(256);
    else if (kind === 1) bytes[at] = bytes[at]! ^ (1 << random.below(8));
    else {
      const end = Math.min(bytes.length, at + 1 + random.below(40));
      const part = bytes.subarray(at, end);
      bytes = Buffer.concat([
        bytes.subarray(0, at),
        ...(kind === 2 ? [part, part] : []),
        bytes.subarray(end),
      ]);
    }
  }
  return bytes;
}

describe('what asks for far more than it is', () => {
  it.each<[string, Buffer]>([
    ['a length of 2 GB', Buffer.from([0x3a, 0xff, 0xff, 0xff, 0xff, 0x07, 0])],
    ['a length of more than 32 bits', Buffer.from([0x3a, ...new Array(9).fill(0xff), 1])],
    ['a tensor of 2^39 numbers', large([2 ** 20, 2 ** 19], {})],
    ['a list of sizes without end', large(new Array(100_000).fill(1), {})],
    [
      'a sparse tensor of 2^28 + 1 numbers',
      modelFile({
        sparse: [message({ 1: floats('w', [1], [1]), 2: wholes('', [1], [0]), 3: [2 ** 28 + 1] })],
        nodes: [node('Relu', ['w'], ['y'])],
      }),
    ],
    ['a varint that does not end', Buffer.alloc(1000, 0xff)],
    ['groups within groups', Buffer.alloc(100_000, 0x0b)],
  ])('%s', (_, bytes) => {
    const before = process.memoryUsage().arrayBuffers;
    outcome(bytes);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(50e6);
  });

  it('a chain of fifty thousand nodes, written backwards, is read without recursion', () => {
    const nodes = Array.from({ length: 50_000 }, (_, at) =>
      node('Relu', [at === 0 ? 'x' : `t${at - 1}`], [at === 49_999 ? 'y' : `t${at}`]),
    );
    expect(readOnnxBytes(modelFile({ nodes: nodes.reverse() }), 'm.onnx').graph.nodes).toHaveLength(50_000);
  });

  it('names that objects have of themselves are names', () => {
    const bytes = modelFile({
      nodes: [
        node('Add', ['x', '__proto__'], ['constructor'], { attributes: [attribute('__proto__', 2, 3, 5)] }),
        node('Add', ['constructor', 'toString'], ['y']),
      ],
      initializers: [wholes('__proto__', [1], [4]), wholes('toString', [1], [6])],
    });
    const { graph: made } = readOnnxBytes(bytes, 'm.onnx');
    expect(Object.entries(made.constants).map(([name, { values }]) => [name, ...values])).toEqual([
      ['__proto__', 4],
      ['toString', 6],
    ]);
    expect(Object.entries(made.nodes[0]!.attributes)).toEqual([['__proto__', 5]]);
  });
});

function large(shape: readonly number[], data: Parameters<typeof tensor>[3]): Buffer {
  return modelFile({ nodes: [node('Add', ['x', 'w'], ['y'])], initializers: [tensor('w', 1, shape, data)] });
}
