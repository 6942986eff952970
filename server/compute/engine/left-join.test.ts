import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Query } from '../../../core/algebra/index.ts';
import type { QueryPlan } from '../contract.ts';
import { ask, BACKENDS, engineOn } from '../testing/engines.ts';
import { ALL, call, planOf, temporaryFolders } from '../testing/fixtures.ts';
import { toyData, toyModel } from '../testing/toy.ts';
import type { Engine } from './engine.ts';

const folders = temporaryFolders();
const model = toyModel(folders);
const data = toyData(folders);
afterAll(() => folders.remove());

/** A function's question of the toy against the same of the toy with a unit held. */
function against(left: Omit<Query, 'kind' | 'model'>, right: Omit<Query, 'kind' | 'model'>): QueryPlan {
  const joined = planOf(model, data, right);
  const plan = planOf(model, data, left);
  return { ...plan, query: { ...plan.query, join: { kind: 'left join', query: joined.query } }, joined };
}

describe.each(BACKENDS)('left join of functions on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
  });
  afterAll(() => engine.dispose());
  const confusion = { what: call('confusion'), input: ALL };
  const changes = [{ kind: 'clamp', layer: 'conv', unit: 1, value: 5 }] as const;

  test('each side is what it says by itself, and the sides are named by what they differ in', async () => {
    const plain = await ask(engine, planOf(model, data, confusion));
    const changed = await ask(engine, planOf(model, data, { ...confusion, changes }));
    const before = engine.counters().tensors;
    const both = await ask(engine, against(confusion, { ...confusion, changes }));
    expect(engine.counters().tensors).toBe(before);
    expect(both.tensors.counts).toEqual(plain.tensors.counts);
    expect(both.tensors['other.counts']).toEqual(changed.tensors.counts);
    expect(both.tensors['other.counts']).not.toEqual(both.tensors.counts);
    expect(both.meta.record).toEqual(plain.meta.record);
    expect(both.meta.other?.record).toEqual(changed.meta.record);
    expect(both.meta.other).toMatchObject({
      kind: 'right',
      sides: { left: 'unchanged', right: 'clamp(conv#1, 5)' },
    });
  });

  test('a side that answers in another shape is refused', async () => {
    const one = {
      what: call('predict'),
      input: { kind: 'example', dataset: 'toy', split: 'test', index: 1 },
    } as const;
    await expect(ask(engine, against(one, { what: call('predict'), input: ALL }))).rejects.toMatchObject({
      code: 'invalid',
    });
  });
});
