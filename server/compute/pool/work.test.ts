import { afterAll, describe, expect, test } from 'vitest';
import type { Query } from '../../../core/algebra/index.ts';
import { parse } from '../../../core/algebra/index.ts';
import type { ComputeTask } from '../contract.ts';
import { ALL, call, planOf, temporaryFolders } from '../testing/fixtures.ts';
import { COUNT, toyData, toyModel } from '../testing/toy.ts';
import { estimateSeconds, passOperations, SMALL_SECONDS } from './work.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());
const model = toyModel(folders);
const data = toyData(folders);
const one: Query['input'] = { kind: 'example', dataset: 'toy', split: 'test', index: 0 };
const seconds = (query: Partial<Query> & Pick<Query, 'what'>) =>
  estimateSeconds({ kind: 'query', plan: planOf(model, data, query) });
const using = (text: string) => parse(`select * from toy(toy.test[0]) using ${text}`).using!;

describe('seconds of a task, from shapes and passes', () => {
  test('a small question is small, and one that asks the model a million times is not', () => {
    expect(seconds({ what: call('stats', 'conv'), input: ALL })).toBeLessThan(SMALL_SECONDS);
    const shapley = {
      what: { kind: 'identity' },
      input: one,
      using: using('shapley(samples=100000)'),
    } as const;
    expect(seconds(shapley)).toBeGreaterThan(60);
    expect(seconds({ ...shapley, using: using('shapley(samples=2)') })).toBeLessThan(SMALL_SECONDS);
  });

  test('it grows with examples and with steps', () => {
    const ig = (steps: number, limit: number) =>
      seconds({ what: { kind: 'identity' }, input: ALL, using: using(`ig(steps=${steps})`), limit }) -
      seconds({ what: call('graph') });
    expect(ig(200, 100) / ig(100, 100)).toBeCloseTo(2, 0);
    expect(ig(100, COUNT) / ig(100, COUNT / 2)).toBeCloseTo(2, 0);
  });

  test('what compares examples with each other costs more than its passes, as the rows of functions and methods say', () => {
    // The flattened maps: 9 places of 3 units.
    const WIDEST = 27;
    const large = { ...data, splits: data.splits.map((split) => ({ ...split, size: 1e5 })) };
    const of = (what: Query['what'], rest: Partial<Query> = {}) => {
      const plan = planOf(model, data, { what, input: ALL, ...rest });
      const found = plan.data && { ...plan.data, manifest: large };
      return estimateSeconds({ kind: 'query', plan: { ...plan, ...(found && { data: found }) } });
    };
    const passes = of(call('stats', 'conv'));
    expect(of(call('neighbours', 'conv', 3)) - passes).toBeCloseTo((1e5 * WIDEST * 10) / 1e9, 5);
    expect(of(call('similarity')) - passes).toBeCloseTo((1e5 * WIDEST * WIDEST) / 1e9, 5);
    expect(of(call('units', 'conv')) - passes).toBeCloseTo((1e5 * WIDEST * WIDEST) / 1e9, 5);
    expect(of(call('examples', 'conv'), { using: using('umap') }) - passes).toBeCloseTo((5e6 * 1e5) / 1e9, 5);
    const where = parse('select count() from toy(toy.test[agreement(conv, 10) < 0.5])').input;
    const column = parse("select count() from toy(toy.test[label = 'agreement'])").input;
    const count = (input: Query['input']) => of(call('stats', 'conv'), { ...(input && { input }) });
    expect(count(where) - passes).toBeGreaterThan((1e5 * 1e5 * WIDEST) / 1e9 - 1);
    expect(count(column) - passes).toBeLessThan(1);
  });

  test('each weight counts at each place of the output, of a recurrent layer at each step', () => {
    const { graph } = model.manifest;
    const [input] = graph.layers;
    const operations = (type: string, outputShape: (number | null)[], params: number, units: number) =>
      passOperations({
        graph: { ...graph, layers: [{ ...input!, type, outputShape, params, units }] },
      });
    const dense = operations('Dense', [null, 10], 1e6, 10);
    expect(operations('Conv2D', [null, 8, 8, 10], 1e6, 10) / dense).toBeGreaterThan(50);
    expect(operations('LSTM', [null, 50, 10], 1e6, 10) / dense).toBeGreaterThan(30);
    expect(operations('Embedding', [null, 50, 10], 1e6, 10)).toBeLessThan(dense);
  });

  test('an upload takes longer the larger it is', () => {
    const upload = (bytes: number): ComputeTask => ({
      kind: 'import-dataset',
      files: [{ name: 'a.csv', path: '', bytes }],
    });
    // A table of 30 MB of digits takes 48 s on a machine with four others at work.
    expect(estimateSeconds(upload(30e6))).toBeGreaterThan(20);
    expect(estimateSeconds(upload(1000))).toBeLessThan(1);
  });
});
