import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Tensor } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Backend, loadBackend } from '../../backend/backend.ts';
import { floats, ints, modelFile, node, port } from '../../formats/onnx/testing/file.ts';
import { BACKENDS } from '../../testing/engines.ts';
import { temporaryFolders } from '../../testing/fixtures.ts';
import { importGolden, loadStored } from '../../testing/goldens.ts';
import type { LoadedModel } from '../model.ts';
import { MODEL_OUTPUT } from '../taps.ts';

const folders = temporaryFolders();
const folder = mkdtempSync(path.join(os.tmpdir(), 'kept-'));
afterAll(() => {
  folders.remove();
  rmSync(folder, { recursive: true, force: true });
});
const numbers = (count: number) => Array.from({ length: count }, (_, at) => Math.sin(at + 1));

/** A filter that is turned, and a matrix that a node turns; `spare` is large enough to keep both. */
const file = path.join(folder, 'm.onnx');
writeFileSync(
  file,
  modelFile({
    nodes: [
      node('Conv', ['x', 'filter'], ['c'], { name: 'conv', attributes: [ints('pads', [1, 1, 1, 1])] }),
      node('Flatten', ['c'], ['flat'], { name: 'flatten' }),
      node('Transpose', ['matrix'], ['turned'], { name: 'turn', attributes: [ints('perm', [1, 0])] }),
      node('MatMul', ['flat', 'turned'], ['m'], { name: 'product' }),
      node('MatMul', ['m', 'spare'], ['y'], { name: 'last' }),
    ],
    initializers: [
      floats('filter', [2, 2, 3, 3], numbers(36)),
      floats('matrix', [64, 32], numbers(64 * 32)),
      floats('spare', [64, 64], numbers(64 * 64)),
    ],
    inputs: [port('x', 1, [1, 2, 4, 4])],
    outputs: [port('y', 1, [1, 64])],
  }),
);

describe.each(BACKENDS)('on %s', (name) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await loadBackend(name);
  });
  const load = async () => loadStored(backend, await importGolden(file, backend, folders), folders);
  const outputOf = (model: LoadedModel): Float32Array =>
    backend.tf.tidy(() => {
      const x: Tensor = backend.tf.tensor(numbers(32), [1, 4, 4, 2]);
      const [y] = model.outputsOf(() => x, [MODEL_OUTPUT]);
      return Float32Array.from(y?.dataSync() ?? []);
    });
  const double = (model: LoadedModel) => {
    for (const owner of ['conv', 'turn'])
      for (const weight of model.program.node(owner).weights)
        backend.tf.tidy(() => weight.write(weight.read().mul(2)));
  };

  test('what is made of weights is made once, gone with a change of them, and with the model', async () => {
    const { tf } = backend;
    const before = tf.memory().numTensors;
    const model = await load();
    const idle = tf.memory().numTensors;
    const own = model.bytes;
    const first = outputOf(model);
    expect(tf.memory().numTensors).toBe(idle + 2);
    expect(model.bytes).toBe(own + 4 * (36 + 64 * 32));
    expect(outputOf(model)).toEqual(first);
    expect(tf.memory().numTensors).toBe(idle + 2);
    double(model);
    expect(tf.memory().numTensors).toBe(idle);
    expect(model.bytes).toBe(own);
    const other = await load();
    double(other);
    const changed = outputOf(model);
    expect(changed).toEqual(outputOf(other));
    expect(changed).not.toEqual(first);
    for (const each of [model, other]) each.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
