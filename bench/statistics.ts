/** Statistics of every layer over 1,000 examples: ours, through HTTP and the worker, against Keras in Python. */
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { z } from 'zod';
import { modelSchema } from '../core/api/index.ts';
import { type Benchmark, median, timed } from './measure.ts';
import { runServer } from './server.ts';

const RUNS = 5;
const here = path.dirname(new URL(import.meta.url).pathname);

/** Keras's median in milliseconds, or why there is none. */
function keras(): { value: number; versions: string } | string {
  const python = process.env.INTERLAYER_PYTHON ?? 'python3';
  try {
    const text = execFileSync(python, [path.join(here, 'statistics.py'), String(RUNS)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '3' },
    });
    const lines = text.trim().split('\n');
    return z.object({ value: z.number(), versions: z.string() }).parse(JSON.parse(lines[lines.length - 1]!));
  } catch {
    return `no Python with keras and tensorflow (set INTERLAYER_PYTHON)`;
  }
}

export const statistics: Benchmark = {
  name: 'statistics',
  async run() {
    const server = await runServer();
    try {
      const model = modelSchema.parse(await server.call('GET', 'projects/digits/models/digits-cnn'));
      const layers = model.graph.layers.map((layer) => layer.name);
      // Another thousand in each run: a known result would be served from the store.
      const ask = (from: number) =>
        Promise.all(
          layers.map((layer) =>
            server.query(
              `select stats(${layer}) from digits-cnn@20(digits.train[index >= ${from} and index < ${from + 1000}])`,
            ),
          ),
        );
      await ask(RUNS + 1);
      const times = await timed(RUNS, (run) => ask(run));
      const peer = keras();
      return [
        {
          name: `statistics of ${layers.length} layers, 1,000 examples`,
          unit: 'ms',
          ours: median(times),
          runs: RUNS,
          ...(typeof peer === 'string'
            ? { note: `peer not measured: ${peer}` }
            : { peer: { name: `Keras (${peer.versions})`, value: peer.value } }),
        },
      ];
    } finally {
      await server.stop();
    }
  },
};
