/** ONNX files as they are sent: alone or with others, under any name. What is in them is read in onnx/. */
import { beforeAll, describe, expect, it } from 'vitest';
import { importModel } from './index.ts';
import { format } from './models/onnx.ts';
import { entries, floats, message, modelFile, node, port, tensor } from './onnx/testing/file.ts';
import { type Workbench, workbench, zipOf } from './testing/bench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const RELU = modelFile({ nodes: [node('Relu', ['x'], ['y'], { name: 'r' })] });
const EXTERNAL = modelFile({
  nodes: [node('LayerNormalization', ['x', 'w'], ['y'])],
  inputs: [port('x', 1, ['n', 2])],
  outputs: [port('y', 1, ['n', 2])],
  initializers: [tensor('w', 1, [2], { 13: entries({ location: 'm.onnx.data' }), 14: 1 })],
});
const VALUES = Buffer.from(Float32Array.of(5, 6).buffer);

const read = (...files: readonly [name: string, bytes: Uint8Array | string][]) =>
  format.read(
    files.map(([name, content]) => {
      const bytes = Buffer.from(content);
      return { name, bytes: bytes.length, read: async () => bytes };
    }),
    'upload',
  );

describe('which file is the model', () => {
  it('is told by its ending, or by what is in it', async () => {
    for (const name of ['a/m.onnx', 'M.ONNX', 'm.pb', 'm', 'm.model'])
      expect((await read([name, RELU]))?.parts?.map((file) => file.name)).toEqual([name]);
    for (const [name, bytes] of [
      ['m.pb', Buffer.of(8, 1, 0x12, 3, 0x12, 1, 0)],
      ['m.pb', 'x'],
      ['m.txt', RELU],
      ['.m', RELU],
    ] as const)
      expect(await read([name, bytes])).toBeNull();
  });

  it('takes its data along, and says what else was sent', async () => {
    const outcome = await importModel(
      [
        bench.upload(
          'm.zip',
          zipOf([
            { name: 'm/m.onnx', data: EXTERNAL },
            { name: 'm/m.onnx.data', data: VALUES },
            { name: 'm/notes.txt', data: 'x' },
            { name: 'm/.hidden', data: 'x' },
          ]),
        ),
      ],
      bench.context,
    );
    expect(outcome.manifest.format).toBe('onnx');
    expect(outcome.manifest.warnings).toContain('Left out 1 file beside the model: m/notes.txt.');
  });

  it('is one at a time', async () => {
    await expect(read(['a.onnx', RELU], ['b.onnx', RELU])).rejects.toThrow(
      'b.onnx: a second model beside a.onnx; send one model at a time',
    );
  });
});

it('inputs and outputs are tensors', async () => {
  const list = message({ 1: 'x', 2: message({ 4: message({ 1: message({ 1: message({ 1: 1 }) }) }) }) });
  const lists = modelFile({
    nodes: [node('Relu', ['x'], ['y'])],
    inputs: [list],
    outputs: [port('y', 1, [2])],
  });
  await expect(read(['m.onnx', lists])).rejects.toThrow(
    'm.onnx: its inputs or outputs x are lists of tensors or may be absent; export the model with a tensor for each',
  );
});

it('operators that are not known are named before anything runs', async () => {
  const odd = modelFile({
    nodes: [node('Odd', ['x', 'w'], ['y'])],
    initializers: [floats('w', [2], [1, 2])],
  });
  await expect(importModel([bench.upload('m.onnx', odd)], bench.context)).rejects.toThrow(
    'm.onnx: 1 node is of operators that are not known here: Odd (1 node);',
  );
});
