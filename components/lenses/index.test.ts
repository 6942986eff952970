import { describe, expect, test } from 'vitest';
import { parse, print } from '@/core/algebra/index.ts';
import { departures } from '@/core/result/conform.ts';
import { nameInOther, RESULT_TYPE_NAMES, resultSchema } from '@/core/result/types.ts';
import { FIXTURES } from './fixtures.ts';
import { bestLens, LENSES, lensesFor, lensOf, viewSize } from './index.ts';
import { subjectOf } from './shared/result/subject.ts';

describe.each(RESULT_TYPE_NAMES)('%s', (type) => {
  test('has a lens, and the automatic choice is the highest that fits', () => {
    const fitting = lensesFor(type);
    expect(fitting.length).toBeGreaterThan(0);
    expect(bestLens(type)?.rank).toBe(Math.max(...fitting.map((l) => l.rank)));
  });
  test('has a fixture', () => {
    expect(FIXTURES.some((f) => f.result.meta.type === type)).toBe(true);
  });
});

test('a what-if view gets room for both answers', () => {
  expect(viewSize('vector[class]', false)).toEqual(bestLens('vector[class]')?.size);
  expect(viewSize('vector[class]', true)?.w).toBeGreaterThan(600);
});

test('lenses have ids, names and icons of their own and draw only known types', () => {
  expect(new Set(LENSES.map((l) => l.name)).size).toBe(LENSES.length);
  expect(new Set(LENSES.map((l) => l.icon)).size).toBe(LENSES.length);
  expect(new Set(LENSES.map((l) => l.id)).size).toBe(LENSES.length);
  for (const lens of LENSES) for (const type of lens.types) expect(RESULT_TYPE_NAMES).toContain(type);
});

test('a view keeps its lens where it fits, and gets the automatic choice where it does not', () => {
  expect(lensOf('histogram', 'histogram')?.id).toBe('histogram');
  expect(lensOf('auto', 'histogram')?.id).toBe('histogram');
  expect(lensOf('graph', 'histogram')?.id).toBe('histogram');
});

describe.each(FIXTURES.map((f) => [f.name, f.result] as const))('fixture %s', (_, result) => {
  test('is a complete result whose tensors are as large as they say', () => {
    expect(resultSchema.parse(result.meta)).toEqual(result.meta);
    expect(Object.keys(result.tensors).sort()).toEqual(Object.keys(result.meta.tensors).sort());
    for (const [name, tensor] of Object.entries(result.tensors)) {
      expect(tensor.data, name).toHaveLength(tensor.shape.reduce((a, b) => a * b, 1));
      expect(result.meta.tensors[name]?.shape).toEqual(tensor.shape);
      expect(result.meta.tensors[name]?.axes).toHaveLength(tensor.shape.length);
    }
  });
  test('is what its type says', () => {
    const { meta } = result;
    const own = Object.entries(meta.tensors).filter(([name]) => nameInOther(name) === null);
    expect(departures({ ...meta, tensors: Object.fromEntries(own) })).toEqual([]);
  });
  test('bears a query that can be read, in canonical form', () => {
    const { query } = result.meta.provenance;
    expect(print(parse(query))).toBe(query);
  });
  test('names its units and examples by address', () => {
    const subject = subjectOf(result);
    expect(subject.model).toMatch(/^[a-z-]+@\d+$/);
    if (result.meta.axes.some((a) => a.name === 'unit'))
      expect(subject.unitAddress(3)).toMatch(/^digits-cnn@12\/(conv2d|dense)_1#3$/);
    if (result.meta.provenance.data.length > 0)
      expect(subject.exampleAddress(42)).toMatch(/^(digits|iris)\.test\[42\]$/);
  });
});

test('the automatic choice of a what-if answer is before and after; other answers are not offered it', () => {
  for (const { name, result } of FIXTURES) {
    const ids = lensesFor(result.meta).map((lens) => lens.id);
    expect(ids[0] === 'before-after', name).toBe(result.meta.other !== undefined);
    expect(ids.includes('before-after'), name).toBe(result.meta.other !== undefined);
    // An ordinary lens can still be chosen: it draws the changed answer.
    expect(ids.length, name).toBeGreaterThan(result.meta.other === undefined ? 0 : 1);
  }
});
