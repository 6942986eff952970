/**
 * What questions of every function take about models of the zoo, against what was estimated: wider siblings of the models
 * and data (widened.ts), and all bytes of tensors that a backend held at once. `npm test` runs a sample, `npm run fuzz
 * memory` all, and measures the resident memory of real workers with still wider models, too, as ../memory.test.ts does.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from '../../../core/algebra/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import { type Backend, loadBackend } from '../backend/backend.ts';
import type { QueryPlan } from '../contract.ts';
import type { Engine } from '../engine/engine.ts';
import { BASE, estimateBytes } from '../pool/admission.ts';
import { createPool } from '../pool/pool.ts';
import { ask, BACKENDS, engineOn } from '../testing/engines.ts';
import { temporaryFolders } from '../testing/fixtures.ts';
import { planFor } from '../testing/plans.ts';
import { TensorBytes } from '../testing/tensor-bytes.ts';
import { random } from '../testing/toy.ts';
import { type Width, widened } from './widened.ts';
import { type Specimen, specimens, Zoo } from './zoo.ts';

/** Longer: npm run fuzz memory -- --seed 7 --count 40 */
const SEED = Number(process.env.INTERLAYER_SEED ?? 1);
const ROUNDS = Number(process.env.INTERLAYER_FUZZ ?? 0);
const MB = 2 ** 20;

const folders = temporaryFolders();
afterAll(() => folders.remove());
const MODELS = [...new Map(specimens().map((each) => [each.model, each])).values()];
/** In short each backend has half of the models, the seed says which, and every other of the questions; at length all. */
const SHARES = shared(MODELS, random(SEED));

/** Dealt to the backends. */
function shared(models: readonly Specimen[], next: () => number): readonly (readonly Specimen[])[] {
  if (ROUNDS > 0) return BACKENDS.map(() => models);
  const dealt = models.map((model) => ({ model, at: next() })).sort((a, b) => a.at - b.at);
  return BACKENDS.map((_, mine) =>
    dealt.filter((_, i) => i % BACKENDS.length === mine).map(({ model }) => model),
  );
}

/** The layer that the specimen's questions about one layer ask of. */
function layerOf({ questions }: Specimen): string {
  const found = questions.map(({ text }) => /^select histogram\(([\w]+)\)/.exec(text)?.[1]).find(Boolean);
  return found ?? 'input';
}

/** One of each function, each method of attribution, each change and each kind of condition. */
function textsOf(specimen: Specimen): string[] {
  const { model, dataset } = specimen;
  const layer = layerOf(specimen);
  const [one, some, every] = ['[3]', '[index < 6]', ''].map((part) => `${model}@1(${dataset}.all${part})`);
  const calls = [
    ...['stats', 'histogram', 'classmeans', 'examples'].map((name) => `${name}(${layer})`),
    ...[
      'predict()',
      'confusion()',
      'classmetrics()',
      'calibration(5)',
      'count()',
      'images()',
      'similarity()',
    ],
    ...[`similarity(input, ${layer})`, `neighbours(${layer}, 3)`, `top(${layer}#0, 5)`],
  ];
  const attributions = [
    'gradient',
    'gradient_x_input',
    'ig(steps=8)',
    'smoothgrad(samples=8)',
    'shapley(samples=4)',
  ];
  return [
    ...calls.map((call) => `select ${call} from ${every}`),
    ...['pca', 'umap', 'tsne(perplexity=5)'].map(
      (method) => `select units(${layer}) from ${every} using ${method}`,
    ),
    `select activation(${layer}) from ${one}`,
    `select weights(${layer}) from ${model}@1`,
    ...attributions.map((method) => `select * from ${one} using ${method}`),
    ...attributions.map((method) => `select ${layer} from ${some} using ${method}`),
    `select * from ${one} using occlusion(window=2, stride=2)`,
    ...[`ablate(${layer}#0)`, 'noise(0.1, 1)', 'pgd(0.1, 2)'].map(
      (change) => `select predict() from ${every} with ${change}`,
    ),
    `select count() from ${model}@1(${dataset}.all[distance(${layer}, ${dataset}.all[2]) >= 0])`,
    `select predict() from ${every} order by loss desc limit 6`,
  ];
}

/** Null for what this model cannot be asked. */
function asked<T>(ask: () => T): T | null {
  try {
    return ask();
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

interface Measured {
  readonly text: string;
  readonly taken: number;
  readonly estimate: number;
}
const line = ({ text, taken, estimate }: Measured) =>
  `${text}: ${(taken / MB).toFixed(1)} MiB taken, ${(estimate / MB).toFixed(1)} estimated`;

describe.each(BACKENDS)('tensors on %s', (name) => {
  let engine: Engine;
  let backend: Backend;
  let zoo: Zoo;
  let bytes: TensorBytes;
  const all: Measured[] = [];
  beforeAll(async () => {
    engine = await engineOn(name, folders, 0);
    backend = await loadBackend(name);
    zoo = new Zoo(folders, backend);
    bytes = new TensorBytes(backend.tf);
  });
  afterAll(() => {
    bytes.stop();
    engine.dispose();
    const ratios = all.map(({ taken, estimate }) => taken / estimate).sort((a, b) => a - b);
    const at = (share: number) => ratios[Math.floor(share * (ratios.length - 1))]?.toFixed(2);
    console.log(
      `tensors on ${name}, of ${ratios.length} estimates: median ${at(0.5)}, 9 of 10 below ${at(0.9)}, most ${at(1)}`,
    );
  });

  const measure = async (specimen: Specimen, width: Width, texts: readonly string[]): Promise<Measured[]> => {
    const ground = await widened(backend.tf, folders, await zoo.ground(specimen), width);
    const found: Measured[] = [];
    for (const text of texts) {
      const plan = asked(() => planFor(ground, parse(text)));
      if (!plan) continue;
      bytes.restart();
      try {
        await ask(engine, plan);
      } catch (error) {
        // What is refused on its way has taken memory, too.
        if (!(error instanceof UserError) || error.code === 'internal') throw error;
      }
      // Without what every job has, so that small models show something.
      found.push({ text, taken: bytes.peak, estimate: estimateBytes({ kind: 'query', plan }) - BASE });
    }
    all.push(...found);
    return found;
  };

  const rounds = Math.max(1, ROUNDS);
  const share = SHARES[BACKENDS.indexOf(name)] ?? [];
  test.each(share.map((specimen) => [specimen.model, specimen] as const))(
    '%s: at most the estimate twice',
    { timeout: 60_000 * rounds },
    async (_, specimen) => {
      const next = random(SEED);
      for (let round = 0; round < rounds; round++) {
        const width =
          ROUNDS === 0
            ? { units: 2, places: 2, examples: 24 }
            : {
                units: 1 + Math.floor(6 * next()),
                places: 1 + Math.floor(3 * next()),
                examples: 8 + Math.floor(120 * next()),
              };
        const mine = (_: string, i: number) => ROUNDS > 0 || (i + SEED) % 2 === BACKENDS.indexOf(name);
        const measured = await measure(specimen, width, textsOf(specimen).filter(mine));
        expect(measured.length).toBeGreaterThan(5);
        // A little is taken by whatever is asked: indices, moments of single numbers.
        const wrong = measured.filter(({ taken, estimate }) => taken > 2 * estimate + MB / 8);
        expect([JSON.stringify(width), ...wrong.map(line)]).toEqual([JSON.stringify(width)]);
      }
    },
  );
});

/** Node's own heap, and what allocators keep. */
const FIXED = 96 * MB;
const counted = existsSync('/proc/self/clear_refs');

describe.skipIf(!counted || ROUNDS === 0).each(BACKENDS)('resident memory of workers on %s', (name) => {
  test.each(MODELS.map((specimen) => [specimen.model, specimen] as const))(
    '%s: at most the estimate twice',
    { timeout: 600_000 },
    async (_, specimen) => {
      const backend = await loadBackend(name);
      const width = { units: 8, places: 4, examples: 256 };
      const ground = await widened(
        backend.tf,
        folders,
        await new Zoo(folders, backend).ground(specimen),
        width,
      );
      const next = random(SEED);
      const wrong: string[] = [];
      for (const text of textsOf(specimen)) {
        if (next() > 0.25) continue;
        const plan = asked(() => planFor(ground, parse(text)));
        if (!plan) continue;
        const measured = {
          text,
          taken: await takenBy(name, plan),
          estimate: estimateBytes({ kind: 'query', plan }),
        };
        if (measured.taken > 2 * measured.estimate + FIXED) wrong.push(line(measured));
      }
      expect(wrong).toEqual([]);
    },
  );
});

/** A fresh worker each time: memory that an earlier question gave back would hide what this one takes. */
async function takenBy(backend: (typeof BACKENDS)[number], plan: QueryPlan): Promise<number> {
  const pool = createPool({
    ...{ workers: 1, blobs: folders.blobs, spool: folders.spool, memoryBytes: 6 * 2 ** 30, backend },
    entry: {
      file: path.join(import.meta.dirname, '..', 'worker.ts'),
      ...{ args: [], execArgv: ['--import', 'tsx'] },
    },
  });
  const peak = (pid: number) =>
    1024 * Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  try {
    await expect.poll(() => pool.status().workers, { timeout: 60_000 }).toBe(1);
    const [pid = 0] = pool.pids();
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
    const before = peak(pid);
    await pool.run({ kind: 'query', plan }).catch((error: unknown) => {
      if (!(error instanceof UserError) || error.code === 'internal') throw error;
    });
    return peak(pid) - before;
  } finally {
    await pool.close();
  }
}
