/**
 * The scripts that the editor offers, run as a reader would run them: they fetch model and data from a server and must
 * come to its numbers. Needs a Python with tensorflow: its path in INTERLAYER_PYTHON.
 */
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { python } from '../../../core/algebra/editor/index.ts';
import { parse } from '../../../core/algebra/index.ts';
import type { Result } from '../../../core/result/index.ts';
import { type Demo, startDemo } from '../demo/testing/demo.ts';
import { type Arrays, apart, PYTHON, runScripts, type Said } from './scripts.ts';

const CNN = 'digits-cnn@20';
const X = `${CNN}(digits.test[42])`;
const WRONG = 'digits.test[predicted != label]';

/** Queries with the largest difference that is allowed, relative to the largest number; floats are summed in other orders. */
const NEAR = 2e-3;
const QUERIES: readonly string[] = [
  `select predict() from ${X}`,
  `select predict() from ${CNN}(${WRONG}) order by confidence desc limit 5`,
  `select activation(conv2d_1) from ${X}`,
  `select activation(dense_1#3) from ${X}`,
  `select stats(conv2d_2) from ${CNN}(digits.test)`,
  `select histogram(dense_1) from ${CNN}(digits.test)`,
  `select confusion() from ${CNN}(digits.test)`,
  `select classmeans(conv2d_1) from ${CNN}(digits.test)`,
  `select classmetrics() from ${CNN}(digits.test)`,
  `select calibration(10) from ${CNN}(digits.test)`,
  `select top(conv2d_1#3, 5) from ${CNN}(digits.test)`,
  `select neighbours(dense_1, 5) from ${X}`,
  `select neighbours(dense_1, 5) from ${CNN}(digits.test[label = 8])`,
  `select similarity() from ${CNN}(digits.test)`,
  `select similarity(conv2d_1, dense_1) from ${CNN}(digits.test)`,
  `select examples(dense_1) from ${CNN}(digits.test) using pca(dims=2)`,
  `select units(conv2d_2) from ${CNN}(digits.test)`,
  `select predict() from ${CNN}(digits.test[label in [3, 8] and loss > 0.01 and not dense_1#3 > 2])`,
  `select predict() from ${CNN}(digits.test[distance(dense_1, digits.test[3]) < 8 or agreement(dense_1, 10) < 0.6])`,
  `select * from ${X} using gradient`,
  `select * from ${X} for logit 3 using gradient_x_input(baseline=mean)`,
  `select * from ${X} using ig(steps=64)`,
  `select * from ${X} for loss using ig(steps=64, baseline=digits.test[3]) where [1, 2, 7, 8]`,
  `select conv2d_1 from ${X} using ig(steps=32)`,
  `select conv2d_1#3 from ${X} for unit dense_1#4 using gradient`,
  `select dense_1 from ${CNN}(digits.test[label = 4]) using ig(steps=16) limit 8`,
  `select * from ${CNN}(${WRONG}) using gradient limit 3`,
  `select * from ${X} using occlusion`,
  `select pool_2 from ${X} using occlusion(window=1)`,
  `select * from ${X} using exact_shapley where [2, 2, 5, 5]`,
  `select conv2d_2 from ${X} using gradcam`,
  `select * from ${X} using gradcam`,
  `select * from ${X} using ig(steps=32) left join (select * from digits-cnn@4(digits.test[42]))`,
  `select * from ${X} for class 8 using gradient join (select * from ${CNN}(digits.test[7]) for class 8 left join (select * from ${CNN}(digits.test[8]) using ig(steps=8)))`,
  `select predict() from ${X} with ablate(conv2d_1#3), scale(conv2d_1#3, 2), clamp(dense_1#1, 0.5)`,
  `select * from ${X} using gradient with set(dense_1.kernel[3,7], 2), patch([0, 0, 3, 3], 0.5)`,
  `select predict() from ${CNN}(digits.test) with fgsm(0.1) limit 20`,
  `select confusion() from ${CNN}(digits.test) with pgd(0.1, 5) limit 60`,
  `select activation(dense_1) from digits-cnn-relu@20(digits.test[0])`,
  'select * from digits-vae@20(digits.test[0]) for logit 0 using ig(steps=16)',
  'select activation(z_mean) from digits-vae@20(digits.test[0])',
];
/** Their own random numbers: alike, not equal. */
const SAMPLED: readonly string[] = [
  `select * from ${X} using shapley(samples=400)`,
  `select * from ${X} using smoothgrad(samples=400)`,
];

describe.skipIf(!PYTHON)('scripts (INTERLAYER_PYTHON names no Python with tensorflow: skipped)', () => {
  let demo: Demo;
  const answers = new Map<string, Said>();

  beforeAll(async () => {
    demo = await startDemo();
    const { catalog } = await demo.bench.app.catalogs.of(
      (await demo.bench.store.projects.bySlug('digits'))?.id ?? '',
    );
    const all = [...QUERIES, ...SAMPLED];
    const scripts = all.map((query) => {
      const script = python(parse(query), catalog, { origin: demo.bench.origin, project: 'digits' });
      if ('code' in script) return script.code;
      throw new Error(`${query}: ${script.reason}`);
    });
    const said = await runScripts(
      path.join(demo.folder, 'scripts'),
      scripts,
      demo.ada.headers.authorization ?? '',
    );
    for (const [i, query] of all.entries()) answers.set(query, said[i] ?? { error: 'nothing' });
  }, 300_000);
  afterAll(() => demo?.close());

  async function both(query: string): Promise<{ server: Result; script: Arrays }> {
    const script = answers.get(query);
    if (script === undefined || 'error' in script)
      throw new Error(`${query}: ${script?.error ?? 'no answer'}`);
    return { server: await demo.result(query), script };
  }

  test.each(QUERIES)('%s comes to the same numbers', { timeout: 60_000 }, async (query) => {
    const { server, script } = await both(query);
    expect(apart(script, server.tensors, NEAR)).toBe(null);
  });

  test.each(SAMPLED)('%s comes to numbers alike', { timeout: 60_000 }, async (query) => {
    const { server, script } = await both(query);
    const own = Array.from(server.tensors.values?.data ?? []);
    const other = script.values?.data.map((v) => v ?? 0) ?? [];
    expect(correlation(own, other)).toBeGreaterThan(0.97);
  });
});

function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [ma, mb] = [mean(a), mean(b)];
  let [ab, aa, bb] = [0, 0, 0];
  for (const [i, u] of a.entries()) {
    const [p, q] = [u - ma, (b[i] ?? 0) - mb];
    ab += p * q;
    aa += p * p;
    bb += q * q;
  }
  return ab / Math.sqrt(aa * bb);
}
