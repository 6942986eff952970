/**
 * Of every method in the registry, however it ends: it leaves no tensor behind but the warm models' weights. A function is
 * asked as its row says.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Change, FUNCTIONS, type FunctionName, type Query } from '../../../core/algebra/index.ts';
import type { QueryPlan } from '../contract.ts';
import { ATTRIBUTIONS } from '../methods/attribution/index.ts';
import { METHODS } from '../methods/index.ts';
import { BACKENDS, engineOn } from '../testing/engines.ts';
import { ALL, call, planOf, temporaryFolders } from '../testing/fixtures.ts';
import { toyData, toyModel } from '../testing/toy.ts';
import type { Engine } from './engine.ts';

const folders = temporaryFolders();
const model = toyModel(folders);
const data = toyData(folders);
afterAll(() => folders.remove());

type Question = Omit<Query, 'kind' | 'model'>;
const X = { kind: 'example', dataset: 'toy', split: 'test', index: 42 } as const;
const some = (what: Query['what'], more: Partial<Question> = {}): Question => ({
  what,
  input: ALL,
  limit: 40,
  ...more,
});
const points = (method: 'pca' | 'umap' | 'tsne', params: Record<string, number>) => ({
  using: { method, params: { dims: 2, ...params } },
});
const CHANGES: readonly Change[] = [
  { kind: 'ablate', layer: 'conv', unit: 0 },
  { kind: 'set', layer: 'out', tensor: 'bias', index: [0], value: 1 },
  { kind: 'fgsm', epsilon: 0.1 },
];

/** In place of what the row says: several methods, changes, another layer. */
const OWN: Partial<Record<FunctionName, readonly Question[]>> = {
  metrics: [],
  predict: [some(call('predict')), some(call('predict'), { changes: CHANGES })],
  units: [some(call('units', 'flat'), points('pca', {}))],
  examples: [
    some(call('examples', 'flat'), points('pca', {})),
    some(call('examples', 'flat'), points('umap', { neighbours: 5, seed: 1 })),
    some(call('examples', 'flat'), points('tsne', { perplexity: 5, seed: 1 })),
  ],
  top: [some({ ...call('top', 'conv', 0), args: [...call('top', 'conv', 0).args, number(5)] })],
  similarity: [some(call('similarity')), some(call('similarity', 'conv'))],
  neighbours: [
    some({ ...call('neighbours', 'flat'), args: [...call('neighbours', 'flat').args, number(5)] }),
  ],
  calibration: [some({ ...call('calibration'), args: [number(10)] })],
};
/** Of a layer, one unit or none, of one example or some, as the row says. */
function byRow(name: FunctionName): Question {
  const { args, input } = FUNCTIONS[name];
  const [first] = args.filter((arg) => arg.kind !== 'number' && !arg.optional);
  const what = first === undefined ? call(name) : call(name, 'conv', ...(first.kind === 'unit' ? [0] : []));
  if (input === 'none') return { what };
  return input === 'example' ? { what, input: X } : some(what);
}
function number(value: number) {
  return { kind: 'number' as const, value };
}
/** Few evaluations: what is tested is how they end. */
const PARAMS: Record<string, number> = {
  samples: 4,
  steps: 8,
  window: 2,
  stride: 2,
  sd: 0.1,
  seed: 1,
  baseline: 0,
};

const QUESTIONS: [string, Question][] = [
  ...Object.values(METHODS).flatMap(({ name }) =>
    (name === 'attribution' ? [] : (OWN[name] ?? [byRow(name)])).map((q, i): [string, Question] => [
      `${name}() ${i + 1}`,
      q,
    ]),
  ),
  ...ATTRIBUTIONS.flatMap(({ name }): [string, Question][] => {
    const using = { method: name, params: PARAMS };
    const where = [1, 1, 3, 4] as const;
    return [
      [
        `${name} of the input`,
        { what: { kind: 'identity' }, input: X, using, ...(name === 'exact_shapley' ? { where } : {}) },
      ],
      ...(name === 'exact_shapley'
        ? []
        : ([
            [
              `${name} of a layer`,
              some({ kind: 'layer', layer: 'conv' }, { using, limit: 4, changes: CHANGES }),
            ],
          ] satisfies [string, Question][])),
    ];
  }),
];

describe.each(BACKENDS)('on %s', (backend) => {
  let engine: Engine;
  let warm = 0;
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
    // The model and its split, as between two jobs.
    await run(planFor(some(call('predict'))), () => undefined);
    warm = engine.counters().tensors;
  });
  afterAll(() => engine.dispose());

  const run = (plan: QueryPlan, heard: (k: number) => void, controller = new AbortController()) => {
    let k = 0;
    return engine.answer(plan, { signal: controller.signal, progress: () => heard(++k) });
  };

  test.each(QUESTIONS)('%s', async (_, question) => {
    const plan = planFor(question);
    let steps = 0;
    await run(plan, (k) => {
      steps = k;
    });
    expect(engine.counters().tensors).toBe(warm);
    // Stopped at its beginning, in its middle, and at its end.
    for (const at of new Set([1, Math.ceil(steps / 2), steps])) {
      if (at > steps || at === 0) continue;
      const controller = new AbortController();
      const stopped = run(plan, (k) => k === at && controller.abort(), controller);
      await expect(
        stopped.then(() => 'it went on'),
        `cancelled at ${at} of ${steps}`,
      ).rejects.toMatchObject({ code: 'cancelled' });
      expect(engine.counters().tensors, `cancelled at ${at} of ${steps}`).toBe(warm);
      const broken = run(plan, (k) => {
        if (k === at) throw new Error('the wire broke');
      });
      await expect(
        broken.then(() => 'it went on'),
        `broken at ${at} of ${steps}`,
      ).rejects.toThrow('the wire broke');
      expect(engine.counters().tensors, `broken at ${at} of ${steps}`).toBe(warm);
    }
  });

  test('a join', async () => {
    const what = { kind: 'identity' } as const;
    const right = planFor({ what, input: { ...X, index: 7 }, changes: CHANGES });
    const left = planFor({ what, input: X, join: { kind: 'left join', query: right.query } });
    await run({ ...left, joined: right }, () => undefined);
    expect(engine.counters().tensors).toBe(warm);
  });
});

function planFor(question: Question): QueryPlan {
  const { using } = question;
  const asked = { ...question, ...(using ? { using } : {}) };
  const plan = planOf(model, question.input ? data : null, asked);
  const similar =
    question.what.kind === 'call' && question.what.name === 'similarity' && question.what.args.length === 1;
  // Two more checkpoints with the same weights: each is loaded as another model.
  const others = ['b', 'c'].map((hash) => ({ ...plan.model, address: `tiny@${hash}`, hash }));
  return similar ? { ...plan, checkpoints: [...others, plan.model] } : plan;
}
