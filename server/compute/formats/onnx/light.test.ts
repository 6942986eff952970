/**
 * The large networks that the onnx package brings along, whose weights are mostly made by nodes, against the outputs that it
 * has stored. Skipped where Python has no onnx (INTERLAYER_ONNX_PYTHON, else python3).
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadBackend } from '../../backend/backend.ts';
import { evaluateGraph } from '../../operators/evaluate.ts';
import { given } from '../../operators/operands.ts';
import { typesOf } from '../../operators/types.ts';
import { BACKENDS } from '../../testing/engines.ts';
import { readTensorFile } from './decode.ts';
import { noExternal } from './external.ts';
import { readOnnxBytes } from './read.ts';
import { storedTensor } from './tensors.ts';

const folder = lightFolder();
if (!folder) console.warn('Python has no onnx: its large networks are not run (INTERLAYER_ONNX_PYTHON).');
const networks = folder
  ? readdirSync(folder).flatMap((file) => (file.endsWith('.onnx') ? [file.replace('.onnx', '')] : []))
  : [];

function lightFolder(): string | null {
  try {
    const python = process.env.INTERLAYER_ONNX_PYTHON ?? 'python3';
    const found = execFileSync(python, ['-c', 'import onnx; print(onnx.__file__)'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const light = path.join(path.dirname(found.trim()), 'backend', 'test', 'data', 'light');
    return existsSync(light) ? light : null;
  } catch {
    return null;
  }
}

describe.skipIf(!folder).each(BACKENDS)('on %s', (backend) => {
  it.each(networks)('%s', async (network) => {
    const { tf } = await loadBackend(backend);
    const file = (ending: string) => readFileSync(path.join(folder ?? '', `${network}${ending}`));
    const { graph, weights } = readOnnxBytes(file('.onnx'), network);
    const output = '_output_0.pb';
    const expected = storedTensor(
      readTensorFile(file(output), output),
      { file: output, external: noExternal(output) },
      'output',
    );
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const known = new Map(weights.map((one) => [one.name, tf.tensor(one.read(), [...one.shape])]));
      const shape = (graph.inputs[0]?.shape ?? []).map((size) => (typeof size === 'number' ? size : 1));
      const count = shape.reduce((a, b) => a * b, 1);
      // As the package's own tests draw it.
      const x = tf.tensor(
        Float32Array.from({ length: count }, (_, i) => i / count),
        shape,
      );
      const [found] = evaluateGraph({ tf, opsets: graph.opsets, types: typesOf(graph) }, graph, [x], (name) =>
        known.get(name),
      );
      const y = given(found, network);
      expect(y.shape).toEqual(expected.shape);
      const [numbers, answers] = [y.dataSync(), Float32Array.from(expected.read())];
      const largest = answers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const worst = answers.reduce(
        (most, value, i) => Math.max(most, Math.abs(value - (numbers[i] ?? 0))),
        0,
      );
      expect(worst / largest).toBeLessThan(1e-5);
    });
    expect(tf.memory().numTensors).toBe(before);
  });
});
