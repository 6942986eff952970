/**
 * Every function on data that are not as one expects: without labels, of one class, with labels that the model does not
 * know, of one row, and a slice of nothing. Each is answered or refused in a sentence, and no number is made up.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FUNCTIONS, type FunctionName, type Query } from '../../../core/algebra/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import { resultSchema } from '../../../core/result/index.ts';
import type { Engine } from '../engine/engine.ts';
import { ask, BACKENDS, engineOn } from '../testing/engines.ts';
import { ALL, planOf, storeData, storeModel, temporaryFolders } from '../testing/fixtures.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

const dense = (name: string, from: number, to: number, activation: string) => ({
  ...{ type: 'Dense', name, config: { units: to, activation, use_bias: false }, output: [to] },
  weights: [
    {
      ...{ name: 'kernel', shape: [from, to] },
      values: Array.from({ length: from * to }, (_, i) => Math.sin(i + 1)),
    },
  ],
});
const model = storeModel(
  folders,
  [2, 2],
  [
    { type: 'Flatten', name: 'flat', config: {}, output: [4] },
    dense('hidden', 4, 3, 'relu'),
    dense('out', 3, 3, 'softmax'),
  ],
);
const x = Array.from({ length: 6 * 4 }, (_, i) => Math.abs(Math.cos(i)));
const row = x.slice(0, 4);
const DATA = {
  unlabelled: storeData(folders, { shape: [2, 2], classes: [], scale: 1, x }),
  'of one class': storeData(folders, { shape: [2, 2], classes: ['a'], scale: 1, x, y: [0, 0, 0, 0, 0, 0] }),
  'of more classes than the model': storeData(folders, {
    ...{ shape: [2, 2], classes: ['a', 'b', 'c', 'd', 'e'], scale: 1, x, y: [0, 4, 2, 3, 4, 1] },
  }),
  'partly labelled': storeData(folders, {
    ...{ shape: [2, 2], classes: ['a', 'b', 'c'], scale: 1, x, y: [0, -1, 2, -1, 1, 1] },
  }),
  'of one row': storeData(folders, { shape: [2, 2], classes: ['a', 'b', 'c'], scale: 1, x: row, y: [1] }),
};
const CASES = Object.keys(DATA) as (keyof typeof DATA)[];
const NOTHING: Query['input'] = {
  ...{ kind: 'slice', dataset: 'toy', split: 'test' },
  where: {
    op: '>',
    left: { kind: 'column', name: 'index' },
    right: { kind: 'number', value: 99 },
  },
};

const layer = { kind: 'layer', layer: 'hidden' } as const;
/** What must be named, as the row says; numbers have defaults. */
const argumentsOf = (name: FunctionName) =>
  FUNCTIONS[name].args
    .filter(({ kind, optional }) => kind !== 'number' && !optional)
    .map(({ kind }) => (kind === 'unit' ? { ...layer, unit: 1 } : layer));
const NAMES = (Object.keys(FUNCTIONS) as FunctionName[]).filter((name) => FUNCTIONS[name].input !== 'none');
const LABELS = new Set(NAMES.filter((name) => FUNCTIONS[name].needs.includes('labels')));
/** They set what the model says against the labels. */
const CLASSES = new Set(
  [...LABELS].filter((name) =>
    FUNCTIONS[name].needs.some((need) => need === 'classes' || need === 'probabilities'),
  ),
);

describe.each(BACKENDS)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
  });
  afterAll(() => engine.dispose());

  const what = (name: FunctionName): Query['what'] => ({ kind: 'call', name, args: argumentsOf(name) });
  const inputOf = (name: FunctionName): NonNullable<Query['input']> =>
    FUNCTIONS[name].input === 'example' ? { kind: 'example', dataset: 'toy', split: 'test', index: 0 } : ALL;

  describe.each(CASES)('data %s', (kind) => {
    test.each(NAMES)('%s()', async (name) => {
      const asked = ask(engine, planOf(model, DATA[kind], { what: what(name), input: inputOf(name) }));
      if (kind === 'unlabelled' && LABELS.has(name)) {
        await expect(asked).rejects.toThrow(`toy.test has no labels; ${name}() `);
        return;
      }
      if (kind === 'of more classes than the model' && CLASSES.has(name)) {
        await expect(asked).rejects.toThrow(
          'the model has 3 classes, the data set has 5: they cannot be compared',
        );
        return;
      }
      if (kind === 'of one row' && name === 'similarity') {
        await expect(asked).rejects.toThrow(/needs at least|at least two examples|similarity\(\)/);
        return;
      }
      const { meta, tensors } = await asked.catch((error: unknown) => {
        // A reason of its own, in words: no fault of the engine's.
        expect(error).toBeInstanceOf(UserError);
        expect((error as UserError).code).not.toBe('internal');
        throw error;
      });
      // Over the wire a number that is none is null, which the record's schema has to allow.
      expect(resultSchema.parse(JSON.parse(JSON.stringify(meta))).type).toBe(meta.type);
      for (const [tensor, { data }] of Object.entries(tensors))
        expect(
          Array.from(data).some((v) => v === Infinity || v === -Infinity),
          tensor,
        ).toBe(false);
      if (kind === 'of one class' && name === 'predict')
        expect(meta.warnings).toContain('The model has 3 classes, the data set has 1.');
    });
  });

  test.each(NAMES.filter((name) => FUNCTIONS[name].input !== 'example'))(
    '%s() of a slice without examples',
    async (name) => {
      const asked = ask(engine, planOf(model, DATA['of one row'], { what: what(name), input: NOTHING }));
      if (name === 'count') expect((await asked).meta.record).toMatchObject({ count: 0, accuracy: null });
      else await expect(asked).rejects.toThrow('no example of toy.test satisfies the condition (of 1)');
    },
  );

  test('an order by the loss puts examples without a label last', async () => {
    const { tensors } = await ask(
      engine,
      planOf(model, DATA['partly labelled'], {
        ...{ what: what('predict'), input: ALL, orderBy: { key: 'loss', desc: true } },
      }),
    );
    expect(Array.from(tensors.label?.data ?? []).slice(-2)).toEqual([-1, -1]);
  });

  test('a label that the model has no class for has no loss, and no target', async () => {
    const asked = (target: Query['target']) =>
      ask(
        engine,
        planOf(model, DATA['of more classes than the model'], {
          ...{ what: layer, input: { kind: 'example', dataset: 'toy', split: 'test', index: 1 } },
          ...(target ? { target } : {}),
        }),
      );
    await expect(asked({ kind: 'loss' })).rejects.toThrow(
      'an example is of class 4; the model has 3, from 0 to 2',
    );
    await expect(asked({ kind: 'class', index: 4 })).rejects.toThrow('no class 4');
  });
});
