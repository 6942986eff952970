/**
 * Questions that nobody thought of: any that the checker lets pass is answered, with what the checker said it would
 * be, or refused where only the numbers can tell; never with an internal error, and without leaving a tensor behind.
 */
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { type Change, check, type Query } from '../../../core/algebra/index.ts';
import { anyWellTypedQuery } from '../../../core/algebra/testing/well-typed.arbitrary.ts';
import { UserError } from '../../../core/errors/index.ts';
import { decodeSafetensors, resultSchema } from '../../../core/result/index.ts';
import type { QueryPlan } from '../contract.ts';
import type { Answer } from '../methods/answer.ts';
import { estimateBytes } from '../pool/admission.ts';
import { taskSchema } from '../process/messages.ts';
import { BACKENDS, engineOn } from '../testing/engines.ts';
import { storeData, storeModel, temporaryFolders } from '../testing/fixtures.ts';
import { catalogOf, type Ground, planFor } from '../testing/plans.ts';
import { labels, random, stored, toyModel } from '../testing/toy.ts';
import type { Engine } from './engine.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

const COUNT = 30;
const drawn = (seed: number, count: number) => {
  const next = random(seed);
  return Array.from({ length: count }, () => Math.fround(next() * 2 - 1));
};
const dense = (name: string, from: number, to: number, activation: string, seed: number) => ({
  ...{ type: 'Dense', name, config: { units: to, activation, use_bias: true }, output: [to] },
  weights: [
    { name: 'kernel', shape: [from, to], values: drawn(seed, from * to) },
    { name: 'bias', shape: [to], values: drawn(seed + 1, to) },
  ],
});
const mlp = (seed: number) =>
  storeModel(folders, [3], [dense('hidden', 3, 4, 'relu', seed), dense('out', 4, 2, 'linear', seed + 2)]);
const toy = toyModel(folders);

const GROUND: Ground = {
  models: { toy: [toy], mlp: [mlp(1), mlp(9)] },
  datasets: {
    pictures: storeData(folders, {
      ...{ shape: [4, 4, 1], classes: ['cat', 'dog', 'emu'], scale: 16 },
      ...{ x: stored.slice(0, COUNT * 16), y: labels.slice(0, COUNT), columns: { age: drawn(4, COUNT) } },
    }),
    rows: storeData(folders, {
      ...{ shape: [3], classes: ['no', 'yes'], scale: 1, x: drawn(7, COUNT * 3) },
      y: labels.slice(0, COUNT).map((label) => label % 2),
    }),
    // Without labels: what needs them is refused, the rest is not.
    loose: storeData(folders, { shape: [3], classes: [], scale: 1, x: drawn(8, COUNT * 3) }),
  },
};
const CATALOG = catalogOf(GROUND);
/** Refusals that only the numbers can tell: a slice is empty or too small, a change leaves a label no probability. */
const IN_WORDS =
  /^no example of .* satisfies the condition|needs at least|^nothing can be attributed: its target is not a finite number/;

/** The same questions each time; others, and as many as wanted, with INTERLAYER_FUZZ=1000. */
const { INTERLAYER_FUZZ: wanted } = process.env;
const RUNS = wanted === undefined ? { numRuns: 60, seed: 1 } : { numRuns: Number(wanted) };

const NOTHING: readonly Change[] = [{ kind: 'noise', sd: 0, seed: 3 }];
const NEUTRAL: Record<string, readonly Change[]> = {
  pictures: [...NOTHING, { kind: 'scale', layer: 'conv', unit: 1, value: 1 }],
  rows: [...NOTHING, { kind: 'scale', layer: 'hidden', unit: 1, value: 1 }],
  loose: [...NOTHING, { kind: 'scale', layer: 'hidden', unit: 1, value: 1 }],
};

function takesChanges(query: Query): query is Query & { readonly input: { readonly dataset: string } } {
  return Boolean(query.changes) && !query.join && query.input !== undefined && 'dataset' in query.input;
}

async function answerOf(engine: Engine, plan: QueryPlan): Promise<Partial<Answer>> {
  try {
    return await engine.answer(plan, { signal: new AbortController().signal, progress: () => undefined });
  } catch (error) {
    if (!(error instanceof UserError) || !IN_WORDS.test(error.message)) throw error;
    return {};
  }
}

async function answered(engine: Engine, query: Query): Promise<void> {
  const plan = planFor(GROUND, query);
  // It crosses the border to the worker as it is, and its cost is known.
  expect(taskSchema.parse(JSON.parse(JSON.stringify({ kind: 'query', plan })))).toEqual({
    kind: 'query',
    plan,
  });
  expect(estimateBytes({ kind: 'query', plan })).toBeGreaterThan(0);
  engine.dispose();
  const before = engine.counters().tensors;
  try {
    const { meta, bytes } = await engine.answer(plan, {
      signal: new AbortController().signal,
      progress: (done) => expect(done >= 0 && done <= 1, `progress of ${done}`).toBe(true),
    });
    expect(resultSchema.parse(meta).type).toBe(check(plan.query, CATALOG).type);
    const { tensors } = decodeSafetensors(bytes);
    for (const [name, { dtype, shape, axes }] of Object.entries(meta.tensors)) {
      expect(tensors[name], name).toMatchObject({ dtype, shape });
      expect(axes.length, name).toBe(shape.length);
    }
    const whatIf = Boolean(query.changes) && !query.join;
    expect(meta.other !== undefined).toBe(whatIf);
  } catch (error) {
    if (!(error instanceof UserError) || !IN_WORDS.test(error.message)) throw error;
  }
  engine.dispose();
  expect(engine.counters().tensors).toBe(before);
}

describe.each(BACKENDS)('on %s', (backend) => {
  test('every well-typed question is answered, or refused where only the numbers can tell', {
    timeout: 120_000,
  }, async () => {
    const engine = await engineOn(backend, folders);
    await fc.assert(
      fc.asyncProperty(anyWellTypedQuery(CATALOG), (query) => answered(engine, query)),
      RUNS,
    );
  });

  test('changes that change nothing change nothing', { timeout: 120_000 }, async () => {
    const engine = await engineOn(backend, folders);
    await fc.assert(
      fc.asyncProperty(anyWellTypedQuery(CATALOG).filter(takesChanges), async (query) => {
        const plan = planFor(GROUND, { ...query, changes: NEUTRAL[query.input.dataset] ?? [] });
        const { bytes } = await answerOf(engine, plan);
        if (!bytes) return;
        const { tensors } = decodeSafetensors(bytes);
        for (const [name, { data }] of Object.entries(tensors)) {
          if (name.startsWith('other.')) continue;
          const before = tensors[`other.${name}`]?.data ?? [];
          expect(data.length, name).toBe(before.length);
          // Minus zero is zero.
          expect(data.every((v, i) => v === before[i] || (Number.isNaN(v) && Number.isNaN(before[i])))).toBe(
            true,
          );
        }
      }),
      RUNS,
    );
    engine.dispose();
  });
});
