/**
 * The scripts that the editor offers about a pair whose data are given to the model otherwise than they are stored: axes
 * in another order, a scale for each channel, classes in the order of the model's outputs.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { python } from '../core/algebra/editor/index.ts';
import { parse } from '../core/algebra/index.ts';
import { queryResponseSchema } from '../core/api/index.ts';
import { countRecordSchema, decodeSafetensors, encodeSafetensors } from '../core/result/index.ts';
import { apart, PYTHON, runScripts } from './api/queries/scripts.ts';
import { startBench, visitor } from './api/testing/harness.ts';
import { createPool } from './compute/client.ts';
import { ZOO } from './compute/zoo/zoo.ts';

const WORKER = fileURLToPath(new URL('./compute/worker.ts', import.meta.url));
/** Both compute in float32, in another order. */
const NEAR = 1e-4;
const PAIR = 'convolution(first.all)';
const QUERIES = [
  `select predict() from ${PAIR}`,
  `select confusion() from ${PAIR}`,
  `select classmeans(conv) from ${PAIR}`,
  `select stats(input) from ${PAIR}`,
  "select count() from convolution(first.all[label = 'cat'])",
  "select count() from convolution(first.all[predicted = 'Ant' and loss > 0.5])",
  'select predict() from convolution(first.all[3])',
  'select * from convolution(first.all[3]) using gradient',
  'select * from convolution(first.all[3]) for loss using ig(steps=8)',
  `select predict() from ${PAIR} with fgsm(0.05)`,
  `select neighbours(average, 3) from ${PAIR}`,
];
const CHOICE = {
  layout: { kind: 'transpose', axes: [1, 2, 0] },
  scale: { subtract: [10, -3], divide: [20, 0.5] },
  classOrder: ['cat', 'Ant', 'bee'],
};

/** Pictures of the model's size, (n, channels, height, width); values that the scale makes ordinary. */
function firstChannels(): Uint8Array {
  const [n, c, h, w] = [20, 2, 7, 6];
  const at = (i: number) => ((i * 7817) % 1009) / 1009;
  const x = Float32Array.from({ length: n * c * h * w }, (_, i) =>
    Math.floor(i / (h * w)) % 2 === 0 ? 10 + 20 * at(i) : -3 + at(i) / 2,
  );
  return encodeSafetensors(
    {
      'all.x': { dtype: 'F32', shape: [n, c, h, w], data: x },
      'all.y': { dtype: 'I32', shape: [n], data: Int32Array.from({ length: n }, (_, i) => (i * 5) % 3) },
    },
    { classes: JSON.stringify(['Ant', 'bee', 'cat']) },
  );
}

describe.skipIf(!PYTHON)('scripts (INTERLAYER_PYTHON names no Python with tensorflow: skipped)', () => {
  test('of transposed axes, a scale by channel and an order of classes', { timeout: 600_000 }, async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'interlayer-pairs-'));
    const pool = createPool({
      ...{ workers: 1, blobs: path.join(folder, 'blobs'), spool: path.join(folder, 'spool') },
      ...{ memoryBytes: 2 * 1024 ** 3, backend: 'auto' },
      entry: { file: WORKER, args: [], execArgv: ['--import', 'tsx'] },
    });
    const bench = await startBench({ folder, pool });
    try {
      const project = await bench.store.projects.create({ slug: 'pairs', name: 'Pairs', ownerId: null });
      const ada = await visitor(bench, 'Ada', { projectId: project.id, role: 'owner' });
      const uploads: [string, string, Uint8Array][] = [
        ['models', 'convolution.keras', readFileSync(path.join(ZOO, 'models', 'convolution.keras'))],
        ['datasets', 'first.safetensors', firstChannels()],
      ];
      for (const [route, name, bytes] of uploads) {
        const { status, body } = await ada.upload(`projects/pairs/${route}`, { [name]: Buffer.from(bytes) });
        expect(status, JSON.stringify(body)).toBe(201);
      }
      const chosen = await ada.ask('PUT', 'projects/pairs/models/convolution/preprocessing/first', CHOICE);
      expect(chosen.status, JSON.stringify(chosen.body)).toBe(200);
      const { catalog } = await bench.app.catalogs.of(project.id);
      const scripts = QUERIES.map((query) => {
        const script = python(parse(query), catalog, { origin: bench.origin, project: 'pairs' });
        return 'code' in script ? script.code : `raise SystemExit(${JSON.stringify(script.reason)})`;
      });
      const said = await runScripts(path.join(folder, 'scripts'), scripts, ada.headers.authorization ?? '');
      const wrong: string[] = [];
      for (const [i, query] of QUERIES.entries()) {
        const answer = await ada.ask('POST', 'projects/pairs/queries?wait=50', { query, bindings: {} });
        const parsed = queryResponseSchema.parse(answer.body);
        if (parsed.status !== 'done') throw new Error(`${query}: ${JSON.stringify(answer.body)}`);
        const { id, record } = parsed.result;
        const response = await fetch(`${bench.base}/results/${id}`, {
          headers: { ...ada.headers, accept: 'application/x-safetensors' },
        });
        const { tensors } = decodeSafetensors(new Uint8Array(await response.arrayBuffer()));
        const count = countRecordSchema.safeParse(record);
        const own = said[i] ?? { error: 'nothing' };
        const problem =
          'error' in own
            ? String(own.error)
            : apart(
                own,
                count.success
                  ? { count: { dtype: 'I32', shape: [], data: Int32Array.of(count.data.count) } }
                  : tensors,
                NEAR,
              );
        if (problem !== null) wrong.push(`${query}: ${problem}`);
      }
      expect(wrong.join('\n')).toBe('');
    } finally {
      await bench.close();
      await pool.close();
      await rm(folder, { recursive: true, force: true });
    }
  });
});
