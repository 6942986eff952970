/** What scripts are made of, and when there is none; that their numbers are right is server/api/queries/python.test.ts. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse, print } from '../../index.ts';
import { catalog } from '../../testing/catalog.fixture.ts';
import { anyWellTypedQuery } from '../../testing/well-typed.arbitrary.ts';
import { python } from './index.ts';

const options = { origin: 'https://lab.example/', project: 'demo' };
const script = (text: string) => python(parse(text), catalog, options);
const code = (text: string): string => {
  const found = script(text);
  if ('reason' in found) throw new Error(found.reason);
  return found.code;
};
const X = 'digits-cnn@12(digits.test[42])';

describe('a question as a Python script', () => {
  it('begins with the question, gets what it needs from the server with a token, and ends with the numbers', () => {
    const text = code(`select activation(conv2d_1) from ${X}`);
    expect(text).toMatch(/^"""select activation\(conv2d_1\) from digits-cnn@12\(digits\.test\[42\]\)"""\n/);
    expect(text).toContain('SERVER = os.environ.get("INTERLAYER_URL", "https://lab.example")');
    expect(text).toContain('os.environ["INTERLAYER_TOKEN"]');
    expect(text).toContain('y = model.run(x)["conv2d_1"][0].numpy()');
    expect(text).toMatch(/result = answer\(\)\nfor name, array in result\.items\(\):/);
  });

  it('holds only what the question needs', () => {
    expect(code(`select activation(conv2d_1) from ${X}`)).not.toMatch(/class Game|def attack|def cka/);
    expect(code(`select * from ${X}`)).toMatch(/class Game[\s\S]*def explain_ig\(game, steps\)/);
    expect(code('select similarity() from digits-cnn@12(digits.test)')).toContain('def cka(a, b)');
  });

  it('answers a question with changes twice, and joins from the innermost outwards', () => {
    expect(code(`select predict() from ${X} with ablate(dense_1#3)`)).toMatch(
      /if changed:\n {8}model\.edit\("dense_1", 3, lambda y: tf\.zeros_like\(y\)\)[\s\S]*"other\." \+ name/,
    );
    const joined = code(`select * from ${X} left join (select * from ${X} join (select * from ${X}))`);
    expect(joined).toMatch(/result = right_2\(\)[\s\S]*np\.minimum[\s\S]*values = left - right/);
  });

  it('lets no name out of its quotes', () => {
    const [first, ...rest] = catalog.datasets;
    if (first === undefined) throw new Error('the fixture has data');
    const name = 'a"""\nimport os\\';
    const hostile = { ...catalog, datasets: [{ ...first, name, columns: ['x"] or 1 #'] }, ...rest] };
    const quoted = `"${name.replaceAll('"', '""')}"`;
    const found = python(
      parse(`select predict() from digits-cnn@12(${quoted}.test["x""] or 1 #" > 3])`),
      hostile,
      options,
    );
    if ('reason' in found) throw new Error(found.reason);
    expect(found.code).toContain('split = Split("digits-cnn", "a\\"\\"\\"\\nimport os\\\\", "test")');
    expect(found.code).toContain('split.columns["x\\"] or 1 #"] > 3');
    expect(found.code.split('"""')[1]).toContain('a\\"\\"\\"\\"\\"\\"\\nimport os\\\\');
  });

  it('there is none of a graph of operators, and why', () => {
    const [first, ...rest] = catalog.models;
    if (first === undefined) throw new Error('the fixture has models');
    const operators = { ...first, graph: { ...first.graph, vocabulary: 'onnx' as const } };
    const found = python(
      parse(`select predict() from ${first.name}(digits.test)`),
      { ...catalog, models: [operators, ...rest] },
      options,
    );
    expect('reason' in found && found.reason).toContain(
      `${first.name} is a graph of operators, which the script does not compute; use onnxruntime on its file`,
    );
  });

  it('there is none of several inputs, arrays or of another output than the first, and why', () => {
    const [first, ...rest] = catalog.models;
    const digits = catalog.datasets.find(({ name }) => name === 'digits');
    if (first === undefined || digits === undefined) throw new Error('the fixture has both');
    const reasonOf = (model: typeof first, data = digits) => {
      const others = catalog.datasets.filter(({ name }) => name !== 'digits');
      const question = parse(`select predict() from ${first.name}(digits.test)`);
      const found = python(question, { models: [model, ...rest], datasets: [data, ...others] }, options);
      return 'reason' in found ? found.reason : '';
    };
    expect(
      reasonOf({ ...first, inputs: [...first.inputs, { name: 'attention_mask', shape: [null, 4] }] }),
    ).toContain(
      `${first.name} has several inputs, and the script gives a model one; ask over HTTP, whose answers are of all of them`,
    );
    const row = { name: 'row', shape: [4], dtype: 'F32' as const, range: null };
    expect(reasonOf(first, { ...digits, arrays: [row] })).toContain(
      'digits has several arrays, and the script',
    );
    expect(reasonOf({ ...first, preprocessing: { digits: { output: 'other' } } })).toContain(
      `the labels belong to another output of ${first.name} than the first, which the script is of; ask over HTTP`,
    );
  });

  it.each([
    ['select graph() from digits-cnn@12', 'this is written in the files, not computed from data'],
    [
      'select images() from digits-cnn@12(digits.test)',
      'images() shows what is stored; there is nothing to compute',
    ],
    [
      'select units(dense_1) from digits-cnn@12(digits.test) using umap',
      'umap is a long computation of its own; use pca, or take the numbers from the result',
    ],
    [
      `select * from ${X} using guided_backprop`,
      'guided_backprop replaces the gradient of rectifiers, which plain Keras does not offer',
    ],
    [
      `select * from ${X} using ig(baseline=blurred)`,
      'the blurred baseline is the server’s own; use zero, mean or an example',
    ],
    [
      'select similarity() from digits-cnn@12(digits.test) join (select similarity() from digits-mlp@3(digits.test))',
      'the answers of two models are compared by the server only',
    ],
    ['select * from nowhere(digits.test[1])', 'no model nowhere in this project; there are'],
  ])('%s: there is none, and why', (text, reason) => {
    const found = script(text);
    expect('reason' in found ? found.reason : found.code.slice(0, 80)).toContain(reason);
  });

  it('is there, or says why not, for every question that can be asked', () => {
    fc.assert(
      fc.property(anyWellTypedQuery(catalog), (query) => {
        const found = python(query, catalog, options);
        if ('reason' in found) expect(found.reason).not.toBe('');
        else {
          expect(found.code.endsWith('\n')).toBe(true);
          expect(found.code).not.toMatch(/undefined|NaN|\[object|None yet/);
          expect(found.code).toContain(print(query).slice(0, 6));
        }
      }),
      { numRuns: 300 },
    );
  });
});
