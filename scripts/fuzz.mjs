/**
 * `npm run fuzz [sweep ...] [--seed N] [--count N]`: sets up everything, then runs the seeded tests at length, which
 * `npm test` runs in short. Without a name all of them, one after the other. A failing seed is printed.
 */
import { parseArgs } from 'node:util';
import { ensureGenerated } from './setup/build.mjs';
import { main } from './setup/node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { attach, bin } from './setup/run.mjs';
import { ensureTensorFlow } from './setup/tensorflow.mjs';

/** By name: the files, and how many rounds a long sweep has. */
const SWEEPS = {
  sync: { files: ['server/sync/fuzz.test.ts'], count: 500, about: 'people, disconnects, a failing store' },
  kill: { files: ['server/sync/kill.test.ts'], count: 60, about: 'kill -9 while people write' },
  attack: {
    files: [
      'server/sync/attack.test.ts',
      'server/sync/crowded.test.ts',
      'server/api/transport/burst.test.ts',
    ],
    count: 2000,
    about: 'hostile sockets and requests beside innocent people, and how long these wait',
  },
  memory: {
    files: ['server/compute/zoo/memory.test.ts'],
    count: 4,
    about: 'what questions take of memory, beside what is estimated, over wider models of the zoo',
  },
  onnx: {
    files: ['server/compute/formats/onnx/hostile.test.ts'],
    count: 20_000,
    about: 'ONNX files cut off, damaged and put together from wrong parts',
  },
  store: {
    files: ['server/store/boards/durability.test.ts'],
    count: 60,
    about: 'kill -9 while rows are appended',
  },
};

const { values, positionals } = parseArgs({
  options: { seed: { type: 'string' }, count: { type: 'string' } },
  allowPositionals: true,
});
const names = positionals.length > 0 ? positionals : Object.keys(SWEEPS);
const unknown = names.filter((name) => !(name in SWEEPS));

if (unknown.length > 0) {
  console.error(`There is no sweep ${unknown.join(', ')}. There are:`);
  for (const [name, { about }] of Object.entries(SWEEPS)) console.error(`  ${name.padEnd(8)} ${about}`);
  process.exitCode = 2;
} else {
  await main(async () => {
    await ensurePackages();
    const backend = await ensureTensorFlow();
    await ensureGenerated();
    const seed = values.seed ?? String(Date.now() % 1_000_000);
    let worst = 0;
    for (const name of names) {
      const { files, count } = SWEEPS[name];
      console.log(`${name}: seed ${seed}, ${values.count ?? count} rounds`);
      const env = {
        INTERLAYER_BACKEND: backend,
        INTERLAYER_SEED: seed,
        INTERLAYER_FUZZ: values.count ?? String(count),
        TF_CPP_MIN_LOG_LEVEL: '2',
      };
      // As long as it takes: each round has a time of its own.
      // One file after the other: what is measured in one is not delayed by another.
      const args = [
        bin('vitest/vitest.mjs'),
        'run',
        ...files,
        '--testTimeout=3600000',
        '--no-file-parallelism',
      ];
      worst = Math.max(worst, await attach(process.execPath, args, { env }));
    }
    return worst;
  });
}
