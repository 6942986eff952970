/** ResNet-50 and GPT-2 small as ONNX: opening with the first answer, and a forward pass, against onnxruntime. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { loadBackend } from '../server/compute/backend/backend.ts';
import { importModel } from '../server/compute/formats/index.ts';
import { loadModel, MODEL_OUTPUT } from '../server/compute/network/model.ts';
import { type Benchmark, type Measurement, median, timed } from './measure.ts';

const RUNS = 9;
const MB = 2 ** 20;
const here = path.dirname(new URL(import.meta.url).pathname);
const peerSchema = z.object({ opened: z.number(), forward: z.number(), versions: z.string() });

function script(...args: readonly string[]): unknown {
  const text = execFileSync(
    process.env.INTERLAYER_ONNX_PYTHON ?? 'python3',
    [path.join(here, 'models.py'), String(RUNS), ...args],
    { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] },
  );
  return JSON.parse(text.trim().split('\n').at(-1) ?? '');
}

export const models: Benchmark = {
  name: 'models',
  async run() {
    const folder = mkdtempSync(path.join(tmpdir(), 'interlayer-models-'));
    try {
      try {
        script('make', folder);
      } catch {
        throw new Error('no Python with torch, onnxscript and onnxruntime (set INTERLAYER_ONNX_PYTHON)');
      }
      return [
        ...(await measured('ResNet-50', path.join(folder, 'resnet50.onnx'), folder)),
        ...(await measured('GPT-2 small, 64 tokens', path.join(folder, 'gpt2.onnx'), folder)),
      ];
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function measured(name: string, file: string, spool: string): Promise<Measurement[]> {
  const backend = await loadBackend('auto');
  const { tf } = backend;
  const before = process.memoryUsage.rss();
  const bytes = statSync(file).size;
  const began = performance.now();
  const upload = [{ name: path.basename(file), path: file, bytes }];
  const { manifest, weights } = await importModel(upload, { tf, spool });
  const tensors = weights.map(({ name: of, shape, file: blob }) => ({ name: of, shape: [...shape], blob }));
  const model = await loadModel(tf, manifest, { hash: '', tensors }, { read: (blob) => readFile(blob) });
  const shape = (manifest.inputs[0]?.shape ?? []).map((size) => size ?? 1);
  const count = shape.reduce((a, b) => a * b, 1);
  const forward = async () => {
    const answer = tf.tidy(() => {
      const x = tf.tensor(
        Float32Array.from({ length: count }, (_, at) => at % 7),
        shape,
      );
      return model.outputsOf(() => x, [MODEL_OUTPUT]);
    });
    await answer[0]?.data();
    tf.dispose(answer);
  };
  await forward();
  const opened = performance.now() - began;
  const grown = Math.round((process.memoryUsage.rss() - before) / MB);
  const times = await timed(RUNS, forward);
  model.dispose();
  const peer = peerSchema.parse(script('time', file));
  const note = `${backend.name}; ${Math.round(bytes / MB)} MB of file`;
  return [
    {
      ...{ name: `open ${name}, first answer`, unit: 'ms', ours: opened, runs: 1 },
      ...{ peer: { name: peer.versions, value: peer.opened }, note: `${note}, memory grown by ${grown} MB` },
    },
    {
      ...{ name: `forward pass of ${name}`, unit: 'ms', ours: median(times), runs: RUNS },
      ...{ peer: { name: peer.versions, value: peer.forward }, note },
    },
  ];
}
