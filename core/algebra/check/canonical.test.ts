import { describe, expect, it } from 'vitest';
import { UserError } from '../../errors/index.ts';
import { bind, canonical, check, estimate, parse, print } from '../index.ts';
import { catalog } from '../testing/catalog.fixture.ts';

const BOUND = { f: 'digits-cnn@12', x: 'digits.test[42]', "x'": 'digits.test[7]', data: 'digits.test' };

describe('binding', () => {
  it.each([
    ['select activation(l) from f(x)', 'select activation(l) from digits-cnn@12(digits.test[42])'],
    [
      "select * from f(x) join (select * from f(x'))",
      'select * from digits-cnn@12(digits.test[42]) join (select * from digits-cnn@12(digits.test[7]))',
    ],
    [
      'select predict() from f(data[label = 7])',
      'select predict() from digits-cnn@12(digits.test[label = 7])',
    ],
    ['select predict() from "f"("x".t[0])', 'select predict() from "f"("x".t[0])'],
  ])('%s', (text, bound) => {
    expect(print(bind(parse(text), BOUND))).toBe(bound);
  });

  it('a condition narrows a bound slice', () => {
    const bindings = { f: 'm', data: 'd.t[a = 1 or b = 2]' };
    expect(print(bind(parse('select predict() from f(data[c = 3 or c = 4])'), bindings))).toBe(
      'select predict() from m(d.t[(a = 1 or b = 2) and (c = 3 or c = 4)])',
    );
  });

  it.each([
    [{}, 'f is not bound: choose a model, or write its name, such as digits-cnn@12'],
    [{ f: 'm/conv' }, 'f is bound to m/conv, expected a model, such as digits-cnn@12'],
    [
      { f: 'm@' },
      'f is bound to m@: found the end of the text, expected a step: a whole number, best or last',
    ],
    [{ f: 'm', x: null }, 'x is not bound: select an example, or write one, such as digits.test[42]'],
    [{ f: 'm', x: 'd.t' }, 'x is bound to d.t, expected one example, such as digits.test[42]'],
  ])('%o is refused', (bindings, message) => {
    expect(() => bind(parse('select activation(l) from f(x)'), bindings)).toThrow(
      expect.objectContaining({ code: 'invalid', message }),
    );
  });

  it('problems inside what a name stands for are shown at the name', () => {
    const query = bind(parse('select predict() from f(data)'), { ...BOUND, data: 'digits.test[lable = 3]' });
    expect(check(query, catalog).problems[0]?.at).toEqual({ line: 1, column: 25, length: 4 });
  });
});

describe('canonical form', () => {
  const text = (query: string) => print(canonical(bind(parse(query), BOUND), catalog));
  it.each([
    ['SELECT graph() FROM digits-cnn', 'select graph() from digits-cnn@12'],
    ['select graph() from digits-cnn@last', 'select graph() from digits-cnn@12'],
    ['select graph() from digits-cnn@best', 'select graph() from digits-cnn@8'],
    ['select graph() from digits-mlp@best', 'select graph() from digits-mlp@3'],
    ['select stats(map) from reader(texts)', 'select stats(map) from reader@12(texts.all)'],
    ['select images() from f(data)', 'select images() from digits-cnn@12(digits.test) limit 100'],
    ['select images() from f(x)', 'select images() from digits-cnn@12(digits.test[42])'],
    [
      'select units(dense_1) from f(data)',
      'select units(dense_1) from digits-cnn@12(digits.test) using pca(dims=3)',
    ],
    [
      'select examples(dense_1) from f(data) using umap(seed=7)',
      'select examples(dense_1) from digits-cnn@12(digits.test) using umap(dims=3, neighbours=15, seed=7)',
    ],
    [
      "select predict() from f(data[label = 'seven' and not 'two' = predicted])",
      'select predict() from digits-cnn@12(digits.test[label = 7 and not 2 = predicted])',
    ],
  ])('%s', (query, expected) => {
    expect(text(query)).toBe(expected);
    expect(print(canonical(parse(expected), catalog))).toBe(expected);
  });

  it('throws the first problem, with its place', () => {
    const bad = bind(parse('select activation(conv2_d) from f(data)'), BOUND);
    expect(() => canonical(bad, catalog)).toThrow(UserError);
    expect(() => canonical(bad, catalog)).toThrow(
      expect.objectContaining({
        message: 'no layer conv2_d in digits-cnn; did you mean conv2d_2?',
        at: { line: 1, column: 19, length: 7 },
      }),
    );
  });
});

describe('estimates', () => {
  const cost = (query: string) => estimate(bind(parse(query), BOUND), catalog);
  it('counts the examples that go through the model', () => {
    expect(cost('select graph() from f')).toEqual({ bytes: 0, examples: 0, passes: 0 });
    expect(cost('select activation(conv2d_1) from f(x)').examples).toBe(1);
    expect(cost('select stats(conv2d_1) from f(digits.train)').examples).toBe(1438);
    expect(cost('select predict() from f(data) limit 20').examples).toBe(20);
    expect(cost('select images() from f(data) limit 20').examples).toBe(0);
    expect(cost('select images() from f(data[predicted != label]) limit 20').examples).toBe(359);
  });
  it('counts how often the model is asked: a gradient is three, both sides of a join, a run before and one after', () => {
    const passes = (query: string) => cost(query).passes;
    expect(passes('select graph() from f')).toBe(0);
    expect(passes('select predict() from f(data)')).toBe(359);
    expect(passes('select predict() from f(data[confidence < 0.5])')).toBe(2 * 359);
    expect(passes('select count() from f(data[distance(dense_1, x) < 1 or loss > 1])')).toBe(2 * 359 + 1);
    expect(passes('select count() from f(data)')).toBe(0);
    expect(passes('select similarity(dense_1) from f(data)')).toBe(4 * 359);
    expect(passes('select * from f(x) using gradient')).toBe(5);
    expect(passes('select * from f(x) using ig(steps=10)')).toBe(32);
    expect(passes('select * from f(x) using smoothgrad(samples=10)')).toBe(32);
    expect(passes('select * from f(x) using occlusion(window=3)')).toBe(2 + 36);
    expect(passes('select conv2d_2 from f(x) using occlusion(window=3)')).toBe(2 + 4 * 24);
    expect(passes('select dense_1 from f(x) using occlusion')).toBe(2 + 32);
    expect(passes('select * from f(x) using shapley(samples=10)')).toBe(2 + 10 * 63);
    expect(passes('select * from f(x) using exact_shapley where [0, 0, 3, 3]')).toBe(2 + 512);
    expect(passes("select * from f(x) using ig(steps=10) left join (select * from f(x'))")).toBe(64);
    expect(passes('select * from f(data) using gradient limit 7')).toBe(35);
    expect(passes('select * from f(data) using gradient')).toBe(500);
    expect(passes('select predict() from f(x) with ablate(dense_1#3)')).toBe(2);
    expect(passes('select predict() from f(x) with pgd(0.1, 10)')).toBe(32);
  });
  it('a question that no machine could answer is refused, whatever fits is not', () => {
    const problems = (text: string) =>
      check(bind(parse(text), BOUND), catalog).problems.map((p) => p.message);
    expect(problems('select * from f(data) using shapley(samples=1000000)')).toEqual([
      'this asks the model 6,300,000,200 times, at most 1,000,000,000 are allowed; take fewer steps or samples, a smaller window (where [x1, y1, x2, y2]) or fewer examples (limit)',
    ]);
    expect(problems('select * from f(x) using shapley(samples=1000000)')).toEqual([]);
  });
  it('grows with the layer and the data', () => {
    expect(cost('select examples(flatten) from f(data)').bytes).toBeGreaterThan(
      cost('select examples(dense_1) from f(data)').bytes,
    );
    expect(cost('select stats(dense_1) from f(digits.train)').bytes).toBeGreaterThan(
      cost('select stats(dense_1) from f(digits.test)').bytes,
    );
  });
});
