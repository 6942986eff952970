/** From the command to the first page: on an empty data folder (cold: migrations and demo), and again (warm). */
import { rmSync } from 'node:fs';
import { type Benchmark, median, timed } from './measure.ts';
import { boot, stop } from './server.ts';

export const start: Benchmark = {
  name: 'start',
  async run() {
    const cold: number[] = [];
    const warm: number[] = [];
    for (let round = 0; round < 3; round++) {
      let running: Awaited<ReturnType<typeof boot>> | undefined;
      cold.push(...(await timed(1, async () => void (running = await boot()))));
      if (!running) throw new Error('not started');
      await stop(running.child);
      const { data } = running;
      warm.push(...(await timed(1, async () => void (running = await boot(data)))));
      await stop(running.child);
      rmSync(data, { recursive: true, force: true });
    }
    return [
      {
        name: 'first start to first page',
        unit: 'ms',
        ours: median(cold),
        runs: cold.length,
        note: 'built, empty data folder',
      },
      { name: 'second start to first page', unit: 'ms', ours: median(warm), runs: warm.length },
    ];
  },
};
