/** Laws of the algebra on the demo's classifier, asked through the engine. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Join, MethodName, Query } from '../../../../core/algebra/index.ts';
import { attributionRecordSchema } from '../../../../core/result/index.ts';
import type { QueryPlan } from '../../contract.ts';
import type { Engine } from '../../engine/engine.ts';
import { digitsData, digitsModel } from '../../testing/digits.ts';
import { type Answered, ask, BACKENDS, engineOn } from '../../testing/engines.ts';
import { planOf, type StoredModel, temporaryFolders } from '../../testing/fixtures.ts';

const folders = temporaryFolders();
const data = digitsData(folders);
afterAll(() => folders.remove());

const identity: Query['what'] = { kind: 'identity' };
const layer = (name: string, unit?: number): Query['what'] => ({
  kind: 'layer',
  layer: name,
  ...(unit === undefined ? {} : { unit }),
});
const example = (index: number) => ({ kind: 'example', dataset: 'digits', split: 'test', index }) as const;
const slice: NonNullable<Query['input']> = { kind: 'dataset', dataset: 'digits', split: 'test' };
const ig = (steps: number) => ({ method: 'ig', params: { steps, baseline: 0 } }) as const;
const shapley = { method: 'shapley', params: { samples: 20, seed: 1, baseline: 0 } } as const;
const numbers = ({ tensors }: Answered, name = 'values') => [...(tensors[name]?.data ?? [])];
const recordOf = ({ meta }: Answered) => attributionRecordSchema.parse(meta.record);
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

describe.each(BACKENDS)('on %s', (backend) => {
  let engine: Engine;
  let model: StoredModel;
  let older: StoredModel;
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
    model = await digitsModel(folders, engine.backend, 'digits-cnn', 20);
    older = await digitsModel(folders, engine.backend, 'digits-cnn', 2);
  });
  afterAll(() => engine.dispose());

  type Asked = Omit<Query, 'kind' | 'model'>;
  const plan = (query: Asked, of = model) => planOf(of, data, query);
  function join(kind: Join['kind'], left: QueryPlan, right: QueryPlan): QueryPlan {
    return { ...left, query: { ...left.query, join: { kind, query: right.query } }, joined: right };
  }
  const near = (found: readonly number[], expected: readonly number[], within: number) => {
    expect(found.length).toBe(expected.length);
    const largest = Math.max(...expected.map(Math.abs), 1e-12);
    expect(Math.max(...found.map((v, i) => Math.abs(v - expected[i]!))) / largest).toBeLessThan(within);
  };

  describe('completeness', () => {
    const shares = (answers: readonly Answered[]) =>
      answers.map((answer) => {
        const { value, baselineValue, gap } = recordOf(answer);
        return gap! / Math.abs(value - baselineValue!);
      });

    test('ig misses at most 1 % at 256 steps, at the input and at each layer that cuts the net', async () => {
      const places = [
        identity,
        ...['conv2d_1', 'pool_1', 'conv2d_2', 'pool_2', 'flatten', 'dense_1', 'logits'].map((l) => layer(l)),
      ];
      for (const what of places) {
        const answers: Answered[] = [];
        for (const index of [0, 7, 42, 99])
          answers.push(await ask(engine, plan({ what, input: example(index), using: ig(256) })));
        for (const share of shares(answers)) expect(share).toBeLessThan(0.01);
        for (const answer of answers) expect(recordOf(answer).sum).toBeCloseTo(sum(numbers(answer)), 4);
      }
    });

    test('Shapley values sum to the change exactly, and the record says so', async () => {
      const answer = await ask(engine, plan({ what: identity, input: example(7), using: shapley }));
      expect(recordOf(answer).gap).toBeLessThan(1e-5);
      expect(answer.tensors.standard_error?.shape).toEqual([8, 8, 1]);
    });

    test('methods that promise nothing have no gap', async () => {
      const using = { method: 'gradient', params: { baseline: 0 } } as const;
      const answer = await ask(engine, plan({ what: identity, input: example(7), using }));
      expect(recordOf(answer)).toMatchObject({ gap: null, baselineValue: null });
    });
  });

  describe('join and left join', () => {
    const left = () => plan({ what: identity, input: example(7), using: ig(16) });
    const right = () => plan({ what: identity, input: example(42), using: ig(16) });

    test('left join of a query with itself is zero, at distance 0', async () => {
      const answer = await ask(engine, join('left join', left(), left()));
      expect(Math.max(...numbers(answer).map(Math.abs))).toBe(0);
      expect(recordOf(answer).join).toMatchObject({ kind: 'left join', distance: 0 });
    });

    test('join with itself is the query', async () => {
      const own = await ask(engine, left());
      expect(numbers(await ask(engine, join('join', left(), left())))).toEqual(numbers(own));
    });

    test('join is symmetric, left join changes its sign with the sides', async () => {
      const [ab, ba] = [
        await ask(engine, join('join', left(), right())),
        await ask(engine, join('join', right(), left())),
      ];
      expect(numbers(ab)).toEqual(numbers(ba));
      expect(numbers(ab).some((v) => v !== 0)).toBe(true);
      const [a_b, b_a] = [
        await ask(engine, join('left join', left(), right())),
        await ask(engine, join('left join', right(), left())),
      ];
      near(
        numbers(a_b),
        numbers(b_a).map((v) => -v),
        1e-6,
      );
      expect(recordOf(a_b).join?.distance).toBe(recordOf(b_a).join?.distance);
      expect(recordOf(a_b).join?.distance).toBeGreaterThan(0.1);
    });

    test('the answer holds both sides, each with its record and picture', async () => {
      const answer = await ask(engine, join('left join', left(), right()));
      const [a, b] = [await ask(engine, left()), await ask(engine, right())];
      expect([numbers(answer, 'left'), numbers(answer, 'right')]).toEqual([numbers(a), numbers(b)]);
      near(
        numbers(answer),
        numbers(a).map((v, i) => v - numbers(b)[i]!),
        1e-6,
      );
      expect(numbers(answer, 'image')).toEqual(numbers(a, 'image'));
      expect(numbers(answer, 'right_image')).toEqual(numbers(b, 'image'));
      const { join: told, ...own } = recordOf(answer);
      expect(own).toEqual({ ...recordOf(a), join: undefined });
      const { classes: _, region: __, join: ___, ...side } = recordOf(b);
      expect(told?.right).toEqual(side);
      expect(answer.meta.reading).toContain('left less right');
    });

    test('two checkpoints at one layer, and two layers of like shape, are compared', async () => {
      const at = (name: string, of: StoredModel) =>
        plan({ what: layer(name), input: example(7), using: ig(8) }, of);
      const answer = await ask(engine, join('left join', at('conv2d_1', model), at('conv2d_1', older)));
      expect(answer.meta.type).toBe('attribution[unit,y,x]');
      expect(recordOf(answer).join?.distance).toBeGreaterThan(0);
      const logits = await ask(engine, join('join', at('logits', model), at('softmax', model)));
      expect(logits.tensors.values?.shape).toEqual([10]);
      await expect(ask(engine, join('join', at('conv2d_1', model), at('dense_1', model)))).rejects.toThrow(
        'compares feature by feature',
      );
    });

    test('a right side may be joined itself; it takes the left side’s method where it names none', async () => {
      const bare = plan({ what: identity, input: example(42) });
      const third = plan({ what: identity, input: example(3) });
      const nested = await ask(engine, join('left join', left(), join('join', bare, third)));
      const inner = await ask(
        engine,
        join('join', right(), plan({ what: identity, input: example(3), using: ig(16) })),
      );
      near(numbers(nested, 'right'), numbers(inner), 1e-6);
      expect(recordOf(nested).join?.right.method).toBe('ig');
    });
  });

  describe('where', () => {
    test.each<MethodName>(['ig', 'gradient', 'occlusion', 'gradcam', 'shapley'])(
      'the whole input is no window, for %s',
      async (method) => {
        const using = { method, params: { baseline: 0.2, steps: 20, samples: 10, window: 3, seed: 1 } };
        const asked = { what: identity, input: example(7), using } as const;
        const [all, window] = [
          await ask(engine, plan(asked)),
          await ask(engine, plan({ ...asked, where: [0, 0, 8, 8] })),
        ];
        expect(window.tensors.values?.shape).toEqual([8, 8, 1]);
        near(numbers(window), numbers(all), 1e-6);
      },
    );

    test('a window holds the rest at the baseline and is all that is answered', async () => {
      const using = { method: 'exact_shapley', params: { baseline: 0 } } as const;
      const answer = await ask(
        engine,
        plan({ what: identity, input: example(7), using, where: [2, 3, 5, 7] }),
      );
      expect(answer.tensors.values?.shape).toEqual([4, 3, 1]);
      expect(answer.tensors.image?.shape).toEqual([8, 8, 1]);
      const record = recordOf(answer);
      expect(record.region).toEqual([2, 3, 5, 7]);
      expect(record.sum).toBeCloseTo(record.value - record.baselineValue!, 5);
    });

    test('at a layer the window bounds what is seen, not the maps', async () => {
      const answer = await ask(
        engine,
        plan({ what: layer('conv2d_1'), input: example(7), using: ig(16), where: [2, 3, 5, 7] }),
      );
      expect(answer.meta.type).toBe('attribution[unit,y,x]');
      expect(answer.tensors.values?.shape.slice(1)).toEqual(answer.tensors.activation?.shape.slice(1));
      // Far from the window nothing differs from the baseline.
      expect(answer.tensors.values?.data[0]).toBe(0);
    });
  });

  test.each<MethodName>(['ig', 'gradcam', 'occlusion', 'shapley'])(
    'select l#u is the slice of unit u of select l, for %s',
    async (method) => {
      const using = { method, params: { baseline: 0, steps: 8, samples: 4, window: 2, seed: 1 } };
      const whole = await ask(engine, plan({ what: layer('pool_2'), input: example(7), using }));
      const [units = 0, y = 0, x = 0] = whole.tensors.values?.shape ?? [];
      for (const unit of [0, units - 1]) {
        const one = await ask(engine, plan({ what: layer('pool_2', unit), input: example(7), using }));
        expect(one.meta.type).toBe('attribution[y,x]');
        expect(one.tensors.values?.shape).toEqual([y, x, 1]);
        expect(numbers(one)).toEqual(numbers(whole).slice(unit * y * x, (unit + 1) * y * x));
        expect(recordOf(one).sum).toBeCloseTo(recordOf(whole).sum, 6);
      }
      const flat = await ask(engine, plan({ what: layer('logits', 3), input: example(7), using: ig(4) }));
      const all = await ask(engine, plan({ what: layer('logits'), input: example(7), using: ig(4) }));
      expect(numbers(flat)).toEqual([numbers(all)[3]]);
    },
  );

  describe('slices', () => {
    test.each<MethodName>(['ig', 'smoothgrad', 'occlusion', 'shapley', 'gradcam'])(
      '%s of a slice is that of its examples one by one',
      async (method) => {
        const using = { method, params: { baseline: 0, steps: 8, samples: 4, sd: 0.1, window: 2, seed: 1 } };
        const all = await ask(engine, plan({ what: identity, input: slice, using, limit: 5 }));
        expect(all.meta.type).toBe('attribution[example,y,x]');
        expect(all.tensors.values?.shape).toEqual([5, 8, 8, 1]);
        const alone: number[] = [];
        const values: number[] = [];
        for (let i = 0; i < 5; i++) {
          const one = await ask(engine, plan({ what: identity, input: example(i), using }));
          alone.push(...numbers(one));
          values.push(recordOf(one).value);
        }
        near(numbers(all), alone, 1e-5);
        expect(recordOf(all).value).toBeCloseTo(sum(values) / 5, 6);
        expect(numbers(all, 'index')).toEqual([0, 1, 2, 3, 4]);
        expect(all.tensors.images?.shape).toEqual([5, 8, 8, 1]);
      },
    );

    test('at a layer it is the mean over examples of each unit’s sum, with its spread', async () => {
      const using = ig(8);
      const all = await ask(engine, plan({ what: layer('conv2d_1'), input: slice, using, limit: 6 }));
      expect(all.meta).toMatchObject({ type: 'attribution[unit]', n: 6 });
      const units = all.tensors.values?.data.length ?? 0;
      const sums: number[][] = [];
      for (let i = 0; i < 6; i++) {
        const one = await ask(engine, plan({ what: layer('conv2d_1'), input: example(i), using }));
        const values = numbers(one);
        const places = values.length / units;
        sums.push(Array.from({ length: units }, (_, u) => sum(values.slice(u * places, (u + 1) * places))));
      }
      const means = Array.from({ length: units }, (_, u) => sum(sums.map((s) => s[u]!)) / 6);
      near(numbers(all), means, 1e-5);
      near(
        numbers(all, 'sd'),
        means.map((m, u) => Math.sqrt(sum(sums.map((s) => (s[u]! - m) ** 2)) / 6)),
        1e-4,
      );
      const one = await ask(engine, plan({ what: layer('conv2d_1', 2), input: slice, using, limit: 6 }));
      expect(numbers(one)).toEqual([numbers(all)[2]]);
    });
  });

  test.each<[string, () => QueryPlan]>([
    ['a slice', () => plan({ what: identity, input: slice, using: ig(64), limit: 40 })],
    ['Shapley values', () => plan({ what: layer('pool_2'), input: example(1), using: shapley })],
    ['a window', () => plan({ what: identity, input: example(1), using: shapley, where: [1, 1, 5, 5] })],
    [
      'a join',
      () =>
        join(
          'join',
          plan({ what: identity, input: example(1), using: ig(512) }),
          plan({ what: identity, input: example(2), using: ig(512) }),
        ),
    ],
  ])('%s leaves no tensor: done, cancelled in the middle, or failed', async (_, asked) => {
    await ask(engine, plan({ what: identity, input: example(1), using: ig(1) }));
    const before = engine.counters().tensors;
    const told: number[] = [];
    await engine.answer(asked(), {
      signal: new AbortController().signal,
      progress: (done) => void told.push(done),
    });
    expect(engine.counters().tensors).toBe(before);
    expect(told.length).toBeGreaterThan(0);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBeLessThanOrEqual(1);
    const controller = new AbortController();
    const cancelled = engine.answer(asked(), {
      signal: controller.signal,
      progress: (done) => {
        if (done > 0) controller.abort();
      },
    });
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' });
    expect(engine.counters().tensors).toBe(before);
    const failed = engine.answer(asked(), {
      signal: new AbortController().signal,
      progress: (done) => {
        if (done > 0) throw new Error('the channel is closed');
      },
    });
    await expect(failed).rejects.toThrow('the channel is closed');
    expect(engine.counters().tensors).toBe(before);
  });
});
