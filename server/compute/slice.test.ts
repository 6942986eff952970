import { afterAll, describe, expect, test } from 'vitest';
import type { Operand, Predicate } from '../../core/address/types.ts';
import type { Query } from '../../core/algebra/index.ts';
import { compile, type Facts } from './condition.ts';
import { ask, engineOn } from './testing/engines.ts';
import { call, planOf, storeData, temporaryFolders } from './testing/fixtures.ts';
import { ages, CLASSES, COUNT, labels, random, reference, stored, toyData, toyModel } from './testing/toy.ts';

const folders = temporaryFolders();
const model = toyModel(folders);
const data = toyData(folders);
const truth = reference();
afterAll(() => folders.remove());

const column = (name: string): Operand => ({ kind: 'column', name });
const number = (value: number): Operand => ({ kind: 'number', value });
const text = (value: string): Operand => ({ kind: 'string', value });
const unit = (layer: string, index: number): Operand => ({ kind: 'activation', layer, unit: index });
const is = (op: '=' | '!=' | '<' | '<=' | '>' | '>=', left: Operand, right: Operand): Predicate => ({
  op,
  left,
  right,
});
const all = Array.from({ length: COUNT }, (_, i) => i);

/** Indices that predict() reports for a slice. */
async function indices(where: Predicate | null, rest: Partial<Query> = {}): Promise<number[]> {
  const engine = await engineOn('wasm', folders);
  const input: NonNullable<Query['input']> = where
    ? { kind: 'slice', dataset: 'toy', split: 'test', where }
    : { kind: 'dataset', dataset: 'toy' };
  const { tensors } = await ask(engine, planOf(model, data, { what: call('predict'), input, ...rest }));
  engine.dispose();
  return [...tensors.index!.data];
}

describe('conditions choose the examples for which they hold', () => {
  test('label by index and by name', async () => {
    const dogs = all.filter((i) => labels[i] === 1);
    expect(await indices(is('=', column('label'), number(1)))).toEqual(dogs);
    expect(await indices(is('=', text('dog'), column('label')))).toEqual(dogs);
  });
  test('predicted against label, both ways round', async () => {
    const wrong = all.filter((i) => labels[i] !== truth.predicted[i]);
    expect(await indices(is('!=', column('predicted'), column('label')))).toEqual(wrong);
  });
  test('confidence, index and a column of the data set, joined by and, or, not', async () => {
    const where: Predicate = {
      op: 'or',
      left: {
        op: 'and',
        left: is('>', column('confidence'), number(0.8)),
        right: { op: 'not', of: is('<=', column('age'), number(45)) },
      },
      right: is('<', column('index'), number(3)),
    };
    expect(await indices(where)).toEqual(
      all.filter((i) => (truth.confidence[i]! > 0.8 && !(ages[i]! <= 45)) || i < 3),
    );
  });
  test('activation of a unit: the mean of its map', async () => {
    const above = all.filter((i) => truth.means[i]![1]! > 0.2);
    expect(above.length).toBeGreaterThan(10);
    expect(await indices(is('>', unit('conv', 1), number(0.2)))).toEqual(above);
    const bothUnits = all.filter((i) => truth.means[i]![0]! > truth.means[i]![1]!);
    expect(await indices(is('>', unit('conv', 0), unit('conv', 1)))).toEqual(bothUnits);
  });
});

test('order by and limit: the most confident first, ties by index', async () => {
  const expected = [...all].sort((a, b) => truth.confidence[b]! - truth.confidence[a]!).slice(0, 20);
  expect(await indices(null, { orderBy: { key: 'confidence', desc: true }, limit: 20 })).toEqual(expected);
  const byLabel = [...all].sort((a, b) => labels[a]! - labels[b]! || a - b);
  expect(await indices(null, { orderBy: { key: 'label', desc: false } })).toEqual(byLabel);
  const byUnit = [...all].sort((a, b) => truth.means[a]![0]! - truth.means[b]![0]! || a - b).slice(-5);
  expect((await indices(null, { orderBy: { key: 'conv#0', desc: false } })).slice(-5)).toEqual(byUnit);
});

test('what cannot be asked is refused with what there is', async () => {
  await expect(indices(is('=', column('label'), text('fox')))).rejects.toThrow(
    "no class 'fox'; the classes are cat, dog, emu",
  );
  await expect(indices(is('=', column('colour'), number(1)))).rejects.toThrow(
    'no column colour; there are label, predicted, confidence, loss, index, age',
  );
  await expect(indices(is('=', column('age'), text('old')))).rejects.toThrow(
    'that is no class; write a number',
  );
  await expect(indices(is('>', unit('conv', 7), number(0)))).rejects.toThrow(
    'no unit 7 in conv: it has 3, from 0 to 2',
  );
  await expect(indices(is('>', unit('convv', 0), number(0)))).rejects.toThrow('no layer convv');
  await expect(indices(is('>', column('confidence'), number(2)))).rejects.toThrow(
    'no example of toy.test satisfies the condition (of 600)',
  );
});

test('an example that is not there is refused with the range', async () => {
  const engine = await engineOn('wasm', folders);
  const plan = planOf(model, data, {
    what: call('predict'),
    input: { kind: 'example', dataset: 'toy', split: 'test', index: 600 },
  });
  await expect(ask(engine, plan)).rejects.toThrow('no example 600 in toy.test: it has 600, from 0 to 599');
});

test('law: a predicate and its negation share the examples out, whatever it is', () => {
  const next = random(11);
  const facts: Facts = {
    label: labels,
    predicted: truth.predicted,
    confidence: truth.confidence.map((v, i) => (i % 7 === 0 ? Number.NaN : v)),
    loss: [],
    computed: { 'conv#0': truth.means.map((m) => m[0]!) },
    columns: { age: ages },
    classes: CLASSES,
  };
  const operands = [
    column('label'),
    column('predicted'),
    column('confidence'),
    column('age'),
    unit('conv', 0),
    number(1),
  ];
  const any = (): Operand => operands[Math.floor(next() * operands.length)]!;
  const grow = (depth: number): Predicate => {
    const pick = next();
    if (depth > 0 && pick < 0.3) return { op: 'and', left: grow(depth - 1), right: grow(depth - 1) };
    if (depth > 0 && pick < 0.6) return { op: 'or', left: grow(depth - 1), right: grow(depth - 1) };
    if (depth > 0 && pick < 0.7) return { op: 'not', of: grow(depth - 1) };
    return is((['=', '!=', '<', '<=', '>', '>='] as const)[Math.floor(next() * 6)]!, any(), any());
  };
  for (let round = 0; round < 200; round++) {
    const predicate = grow(3);
    const [yes, no] = [compile(predicate, facts), compile({ op: 'not', of: predicate }, facts)];
    expect(all.every((i) => yes(i) !== no(i))).toBe(true);
  }
});

test('comparing with NaN is false, except !=', () => {
  const facts: Facts = {
    label: [0],
    predicted: [-1],
    confidence: [Number.NaN],
    computed: {},
    loss: [],
    columns: {},
    classes: [],
  };
  const holds = (op: '=' | '!=' | '<' | '>=') => compile(is(op, column('confidence'), number(0.5)), facts)(0);
  expect([holds('='), holds('<'), holds('>='), holds('!=')]).toEqual([false, false, false, true]);
});

test('unlabelled data have no label to match', async () => {
  const engine = await engineOn('wasm', folders);
  const bare = storeData(folders, { shape: [4, 4, 1], classes: CLASSES, scale: 16, x: stored.slice(0, 160) });
  const where = is('>=', column('label'), number(0));
  const plan = planOf(model, bare, {
    what: call('predict'),
    input: { kind: 'slice', dataset: 'toy', split: 'test', where },
  });
  await expect(ask(engine, plan)).rejects.toThrow('no example of toy.test satisfies the condition (of 10)');
});
