/** Statistics of every layer over 1,000 examples: ours, through HTTP and the worker, against Keras in Python. */
import { modelSchema } from '../core/api/index.ts';
import { type Benchmark, median, timed } from './measure.ts';
import { figureSchema, NO_PYTHON, python } from './python.ts';
import { runServer } from './server.ts';

const RUNS = 5;

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
      const peer = python('statistics.py', RUNS, figureSchema);
      return [
        {
          name: `statistics of ${layers.length} layers, 1,000 examples`,
          unit: 'ms',
          ours: median(times),
          runs: RUNS,
          ...(peer === null
            ? { note: NO_PYTHON }
            : { peer: { name: `Keras (${peer.versions})`, value: peer.value } }),
        },
      ];
    } finally {
      await server.stop();
    }
  },
};
