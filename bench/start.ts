/** From the command to the first page: on an empty data folder (cold: migrations and demo), and again (warm). */
import { rmSync } from 'node:fs';
import { type Benchmark, median } from './measure.ts';
import { boot, stop } from './server.ts';

export const start: Benchmark = {
  name: 'start',
  async run() {
    const cold: number[] = [];
    const warm: number[] = [];
    const bootTimed = async (data?: string) => {
      const began = performance.now();
      const running = await boot(data);
      return { ...running, ms: performance.now() - began };
    };
    for (let round = 0; round < 3; round++) {
      const first = await bootTimed();
      await stop(first.child);
      const second = await bootTimed(first.data);
      await stop(second.child);
      rmSync(first.data, { recursive: true, force: true });
      cold.push(first.ms);
      warm.push(second.ms);
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
