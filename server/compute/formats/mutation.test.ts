/** Architectures with one value changed to something else of the wrong kind or size: a UserError or a model, no more. */
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../core/errors/index.ts';
import { type Random, seeded } from '../numerics/random.ts';
import { format } from './models/keras.ts';
import { type Workbench, workbench } from './testing/bench.ts';
import { parseArchitecture } from './topology/architecture.ts';
import { finishModel } from './topology/model.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const ROUNDS = Number(process.env.MUTATIONS ?? 60);
const STRANGE: readonly unknown[] = [
  null,
  -1,
  0,
  1.5,
  2 ** 31,
  2 ** 53,
  1e308,
  '',
  'relu',
  '__proto__',
  [],
  [[]],
  {},
  { class_name: 'Dense', config: { units: 2 ** 40 } },
  true,
  [2 ** 30, 2 ** 30],
  ['image', 0, 0],
];

/** Puts something strange in the place of a random value, or takes that value away. */
function mutate(value: unknown, random: Random): unknown {
  const copy: unknown = structuredClone(value);
  const places: { holder: object; key: string }[] = [];
  const visit = (holder: unknown) => {
    if (typeof holder !== 'object' || holder === null) return;
    for (const [key, inner] of Object.entries(holder)) {
      places.push({ holder, key });
      visit(inner);
    }
  };
  visit(copy);
  for (let changes = 1 + random.below(2); changes > 0; changes--) {
    const { holder, key } = places[random.below(places.length)]!;
    if (random.below(5) === 0) Reflect.deleteProperty(holder, key);
    else Reflect.set(holder, key, STRANGE[random.below(STRANGE.length)]);
  }
  return copy;
}

describe('mutated architectures', () => {
  it.each(['branched.h5', 'nested.keras', 'recurrent.keras', 'varied.h5'])('%s', async (name) => {
    const file = path.join(import.meta.dirname, 'goldens', name);
    const upload = bench.existing(file);
    const { readFile } = await import('node:fs/promises');
    const source = { name, bytes: upload.bytes, read: () => readFile(file) };
    const raw = (await format.read([source], name))!.model;
    if (!('architecture' in raw)) throw new Error('layers were expected');
    const random = seeded(name.length);
    const before = bench.tf.memory().numTensors;
    let refused = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const architecture = mutate(raw.architecture, random);
      const started = performance.now();
      try {
        parseArchitecture(architecture, name);
        await finishModel({ ...raw, architecture }, bench.context);
      } catch (error) {
        if (!(error instanceof UserError)) throw new Error(`round ${round}`, { cause: error });
        refused++;
      }
      expect(performance.now() - started).toBeLessThan(20_000);
      expect(bench.tf.memory().numTensors).toBe(before);
    }
    expect(refused).toBeGreaterThan(0);
  });
});
