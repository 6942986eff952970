import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import type { Operand, Predicate } from '../../../core/address/types.ts';
import type { Query } from '../../../core/algebra/index.ts';
import { ask, engineOn } from '../testing/engines.ts';
import { call, planOf, storeData, temporaryFolders } from '../testing/fixtures.ts';
import { ages, CLASSES, COUNT, labels, reference, stored, toyData, toyModel } from '../testing/toy.ts';
import { compile, type OperandValues } from './condition.ts';

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

describe('what a condition may ask of a layer', () => {
  const to = { kind: 'example', dataset: 'toy', split: 'test', index: 17 } as const;
  const between = (a: number, b: number) =>
    Math.sqrt(truth.conv[a]!.reduce((sum, v, at) => sum + (v - truth.conv[b]![at]!) ** 2, 0));
  const distance: Operand = { kind: 'distance', layer: 'conv', to };

  test('in: any of the values, classes by name too', async () => {
    const some: Predicate = { op: 'in', left: column('index'), values: [3, 17, 599, 9999] };
    expect(await indices(some)).toEqual([3, 17, 599]);
    const classes: Predicate = { op: 'in', left: column('label'), values: [0, 'emu'] };
    expect(await indices(classes)).toEqual(all.filter((i) => labels[i] !== 1));
    await expect(indices({ op: 'in', left: column('age'), values: ['old'] })).rejects.toThrow(
      'that is no class',
    );
  });

  test('distance(layer, example): Euclidean, over all the layer puts out', async () => {
    const near = all.filter((i) => between(i, 17) < 1.3);
    expect(near.length).toBeGreaterThan(10);
    expect(near.length).toBeLessThan(500);
    expect(await indices(is('<', distance, number(1.3)))).toEqual(near);
    const other: Operand = { kind: 'distance', layer: 'conv', to: { ...to, index: 600 } };
    await expect(indices(is('<', other, number(1)))).rejects.toThrow('no example 600 in toy.test');
  });

  test('agreement(layer, k): share of the k nearest of the split with the same label', async () => {
    const k = 5;
    const share = all.map((i) => {
      const near = all
        .filter((j) => j !== i)
        .map((j) => ({ j, d: between(i, j) }))
        .sort((p, q) => p.d - q.d || p.j - q.j)
        .slice(0, k);
      return near.filter(({ j }) => labels[j] === labels[i]).length / k;
    });
    const odd = all.filter((i) => share[i]! <= 0.2);
    expect(odd.length).toBeGreaterThan(10);
    expect(await indices(is('<=', { kind: 'agreement', layer: 'conv', k }, number(0.2)))).toEqual(odd);
  });

  test('loss: the cross-entropy of the true label, in conditions and in the order', async () => {
    const loss = all.map((i) => -Math.log(truth.probabilities[i]![labels[i]!]!));
    expect(await indices(is('>', column('loss'), number(1.2)))).toEqual(all.filter((i) => loss[i]! > 1.2));
    const order = [...all].sort((a, b) => loss[b]! - loss[a]! || a - b).slice(0, 25);
    expect(await indices(null, { orderBy: { key: 'loss', desc: true }, limit: 25 })).toEqual(order);
  });

  test('all of it is asked in one pass over the split, and no tensor is left behind', async () => {
    const engine = await engineOn('wasm', folders);
    await ask(engine, planOf(model, data, { what: call('predict'), input: { ...to } }));
    const before = engine.counters().tensors;
    const where: Predicate = {
      op: 'and',
      left: { op: 'and', left: is('<', distance, number(2)), right: is('>', unit('conv', 1), number(0)) },
      right: {
        op: 'or',
        left: is('>', column('loss'), number(0)),
        right: is('>', unit('out', 0), unit('flat', 3)),
      },
    };
    const notes: string[] = [];
    const plan = planOf(model, data, {
      what: call('count'),
      input: { kind: 'slice', dataset: 'toy', split: 'test', where },
    });
    await engine.answer(plan, {
      signal: new AbortController().signal,
      progress: (_, note) => notes.push(note),
    });
    expect(notes.filter((note) => note === 'condition 0 of 600')).toHaveLength(1);
    expect(engine.counters().tensors).toBe(before);
    const failing = {
      ...plan,
      query: {
        ...plan.query,
        input: {
          kind: 'slice' as const,
          dataset: 'toy',
          split: 'test',
          where: { op: 'and' as const, left: where, right: is('>', unit('conv', 9), number(0)) },
        },
      },
    };
    await expect(ask(engine, failing)).rejects.toThrow('no unit 9 in conv');
    expect(engine.counters().tensors).toBe(before);
    engine.dispose();
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
    'no column colour; there are label, index, predicted, confidence, loss, age',
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

describe('any condition', () => {
  const operands: OperandValues = {
    label: labels.map((l, i) => (i % 11 === 0 ? -1 : l)),
    predicted: truth.predicted,
    confidence: truth.confidence.map((v, i) => (i % 7 === 0 ? Number.NaN : v)),
    loss: truth.confidence.map((v) => -Math.log(v)),
    computed: {
      'conv#0': truth.means.map((m) => m[0]!),
      'distance(conv, toy.test[3])': truth.means.map((m) => m[1]!),
      'agreement(conv, 5)': labels.map((l) => l / 2),
    },
    columns: { age: ages },
    classes: CLASSES,
  };
  const to = { kind: 'example', dataset: 'toy', split: 'test', index: 3 } as const;
  const numeric = fc.oneof(
    fc.constantFrom('label', 'predicted', 'confidence', 'loss', 'index', 'age').map(column),
    fc.constantFrom<Operand>(
      unit('conv', 0),
      { kind: 'distance', layer: 'conv', to },
      { kind: 'agreement', layer: 'conv', k: 5 },
    ),
    fc.oneof(fc.integer({ min: -1, max: 3 }), fc.double({ min: 0, max: 2, noNaN: true })).map(number),
  );
  const classColumn = fc.constantFrom('label', 'predicted').map(column);
  const className = fc.constantFrom(...CLASSES);
  const comparison = fc.constantFrom('=', '!=', '<', '<=', '>', '>=' as const);
  const leaf: fc.Arbitrary<Predicate> = fc.oneof(
    fc.tuple(comparison, numeric, numeric).map(([op, left, right]) => is(op, left, right)),
    fc
      .tuple(fc.constantFrom('=' as const, '!=' as const), classColumn, className, fc.boolean())
      .map(([op, side, name, turned]) => (turned ? is(op, text(name), side) : is(op, side, text(name)))),
    fc
      .tuple(numeric, fc.array(fc.integer({ min: -1, max: 20 }), { minLength: 1, maxLength: 4 }))
      .map(([left, values]): Predicate => ({ op: 'in', left, values })),
    fc
      .tuple(
        classColumn,
        fc.array(fc.oneof(className, fc.integer({ min: 0, max: 2 })), { minLength: 1, maxLength: 3 }),
      )
      .map(([left, values]): Predicate => ({ op: 'in', left, values })),
  );
  const predicates: fc.Arbitrary<Predicate> = fc.letrec<{ it: Predicate }>((tie) => ({
    it: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc
        .tuple(fc.constantFrom('and' as const, 'or' as const), tie('it'), tie('it'))
        .map(([op, left, right]): Predicate => ({ op, left, right })),
      tie('it').map((of): Predicate => ({ op: 'not', of })),
    ),
  })).it;

  /** The meaning, one example at a time and without anything prepared. */
  const value = (operand: Operand, i: number): number | string => {
    switch (operand.kind) {
      case 'number':
      case 'string':
        return operand.value;
      case 'activation':
        return truth.means[i]![0]!;
      case 'distance':
        return truth.means[i]![1]!;
      case 'agreement':
        return labels[i]! / 2;
      case 'column':
        return {
          index: i,
          label: i % 11 === 0 ? -1 : labels[i]!,
          predicted: truth.predicted[i]!,
          confidence: i % 7 === 0 ? Number.NaN : truth.confidence[i]!,
          loss: -Math.log(truth.confidence[i]!),
          age: ages[i]!,
        }[operand.name]!;
    }
  };
  const asNumber = (v: number | string) => (typeof v === 'number' ? v : CLASSES.map(String).indexOf(v));
  const meant = (p: Predicate, i: number): boolean => {
    switch (p.op) {
      case 'and':
      case 'or': {
        const both = [meant(p.left, i), meant(p.right, i)];
        return p.op === 'and' ? both.every(Boolean) : both.some(Boolean);
      }
      case 'not':
        return !meant(p.of, i);
      case 'in':
        return p.values.some((v) => asNumber(v) === value(p.left, i));
      default: {
        const [a, b] = [asNumber(value(p.left, i)), asNumber(value(p.right, i))];
        return { '=': a === b, '!=': !(a === b), '<': a < b, '<=': a <= b, '>': a > b, '>=': a >= b }[p.op];
      }
    }
  };

  test('law: compiled, it holds for the examples that its meaning, read word by word, holds for', () => {
    fc.assert(
      fc.property(predicates, (predicate) => {
        const holds = compile(predicate, operands);
        expect(all.filter((i) => holds(i))).toEqual(all.filter((i) => meant(predicate, i)));
      }),
      { numRuns: 400 },
    );
  });

  test('law: it and its negation share the examples out', () => {
    fc.assert(
      fc.property(predicates, (predicate) => {
        const [yes, no] = [compile(predicate, operands), compile({ op: 'not', of: predicate }, operands)];
        expect(all.every((i) => yes(i) !== no(i))).toBe(true);
      }),
    );
  });
});

test('comparing with NaN is false, except !=', () => {
  const operands: OperandValues = {
    label: [0],
    predicted: [-1],
    confidence: [Number.NaN],
    computed: {},
    loss: [],
    columns: {},
    classes: [],
  };
  const holds = (op: '=' | '!=' | '<' | '>=') =>
    compile(is(op, column('confidence'), number(0.5)), operands)(0);
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

test('a label that the model has no output for has no loss, which is said', async () => {
  const engine = await engineOn('wasm', folders);
  const y = Array.from({ length: 10 }, (_, i) => (i % 3 === 2 ? 4 : 0));
  const spec = { shape: [4, 4, 1], scale: 16, x: stored.slice(0, 160) };
  const wider = storeData(folders, { ...spec, classes: [...CLASSES, 'fox', 'gnu'], y });
  const asked = async (where: Predicate | null, rest: Partial<Query> = {}) => {
    const input: Query['input'] = where
      ? { kind: 'slice', dataset: 'toy', split: 'test', where }
      : { kind: 'dataset', dataset: 'toy' };
    const { tensors, meta } = await ask(
      engine,
      planOf(model, wider, { what: call('predict'), input, ...rest }),
    );
    return { indices: [...tensors.index!.data], warnings: meta.warnings };
  };
  const said =
    '3 of 10 examples have a label that the model has no output for (the first is 4), so they have no loss: no condition on it holds for them but !=, and an order puts them last.';
  const some = await asked(is('>=', column('loss'), number(0)));
  expect(some.indices).toEqual([0, 1, 3, 4, 6, 7, 9]);
  expect(some.warnings).toContain(said);
  const order = await asked(null, { orderBy: { key: 'loss', desc: true } });
  expect(order.indices.slice(-3)).toEqual([2, 5, 8]);
  expect(order.warnings).toContain(said);
  expect((await asked(is('>', column('confidence'), number(0)))).warnings).not.toContain(said);
  engine.dispose();
});
