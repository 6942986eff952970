/**
 * The scripts that the editor offers, over the zoo: every kind of question about every family of layers, head and data
 * comes to the server's numbers, or there is a sentence that says why there is no script.
 */
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { python } from '../core/algebra/editor/index.ts';
import { parse } from '../core/algebra/index.ts';
import { queryResponseSchema } from '../core/api/index.ts';
import { countRecordSchema, decodeSafetensors, type NamedTensor } from '../core/result/index.ts';
import { apart, PYTHON, runScripts, type Said } from './api/queries/scripts.ts';
import { type Bench, startBench, type Visitor, visitor } from './api/testing/harness.ts';
import { createPool } from './compute/client.ts';
import { dataFile, specimens, ZOO } from './compute/zoo/zoo.ts';

const WORKER = fileURLToPath(new URL('./compute/worker.ts', import.meta.url));
/** Both compute in float32, in another order. */
const NEAR = 1e-4;
/** Of each kind of question the first ones are asked; INTERLAYER_ZOO_SCRIPTS=10000 asks all (minutes). */
const OF_A_KIND = Number(process.env.INTERLAYER_ZOO_SCRIPTS ?? 1);

/** Why there is no script, for what is not offered. */
const REASONS = [
  /shows what is stored; there is nothing to compute/,
  /written in the files, not computed from data/,
];

const ALL = specimens();
/** What the goldens leave out. */
const FURTHER: readonly (readonly [string, string, string])[] = [
  ['dense', 'rows-f32', 'select count() from dense(rows-f32.all[label = 1])'],
  ['dense', 'rows-f32', 'select count() from dense(rows-f32.all[confidence > 2])'],
  ['dense', 'unlabelled', 'select neighbours(hidden, 3) from dense(unlabelled.all[4])'],
  ['dense', 'rows-f32', 'select units(hidden) from dense(rows-f32.all) using pca(dims=2)'],
  ['text', 'tokens', 'select examples(hidden) from text(tokens.all) using pca(dims=2)'],
  [
    'depthwise',
    'pictures',
    'select predict() from depthwise(pictures.all) with set(separable.pointwise_kernel[0,0,1,2], 2)',
  ],
  [
    'depthwise',
    'pictures',
    'select predict() from depthwise(pictures.all) with set(depthwise.depthwise_kernel[0,0,1,1], 2)',
  ],
  ['depthwise', 'pictures', 'select * from depthwise(pictures.all[3]) using gradcam'],
  ['causal', 'series', 'select predict() from causal(series.all) with set(depthwise.kernel[0,0,0], 2)'],
  ['dense', 'unlabelled', 'select neighbours(hidden, 3) from dense(unlabelled.all)'],
  // A value that is none is kept apart, as on the server.
  ['dense', 'holed', 'select neighbours(hidden, 3) from dense(holed.all)'],
  ['dense', 'holed', 'select count() from dense(holed.all[agreement(hidden, 3) != 1])'],
  ['dense', 'holed', 'select examples(hidden) from dense(holed.all) using pca(dims=2)'],
  ['dense', 'holed', 'select units(hidden) from dense(holed.all) using pca(dims=2)'],
  ['dense', 'holed', 'select predict() from dense(holed.all) with fgsm(0.1)'],
  ['dense', 'holed', 'select hidden from dense(holed.all) using gradient limit 6'],
  ['rescaling', 'grey', 'select * from rescaling(grey.all[3]) using ig(steps=8) where [1, 1, 4, 5]'],
  ['rescaling', 'grey', 'select predict() from rescaling(grey.all) with patch([0, 0, 3, 3], 0.5)'],
  [
    'masked-recurrent',
    'tokens',
    'select both from masked-recurrent(tokens.all[3]) for loss using ig(steps=8)',
  ],
];
const CASES = [
  ...chosen(
    ALL.flatMap(({ model, dataset, questions }) =>
      questions.map(({ text }) => ({ model, query: text.replaceAll(`${model}@1`, model), dataset })),
    ),
  ),
  ...FURTHER.map(([model, dataset, query]) => ({ model, dataset, query })),
];
type Case = (typeof CASES)[number];

/** Every predict() and similarity(), which look at all layers, and some of each other kind. */
function chosen(all: readonly { model: string; query: string; dataset: string }[]) {
  const kinds = new Map<string, number>();
  return all.filter(({ query, model, dataset }) => {
    if (/^select (predict|similarity)\(\) from \S+\.all\)$/.test(query)) return true;
    const kind = query
      .replaceAll(model, 'MODEL')
      .replaceAll(dataset, 'DATA')
      .replace(/^select (?!MODEL)\w+ from/, 'select LAYER from')
      .replace(/\(\w+(#\d+)?(?=[,)])/g, '(LAYER')
      .replace(/\w+#\d+/g, 'UNIT')
      .replace(/-?\d+(\.\d+)?/g, '0');
    const count = kinds.get(kind) ?? 0;
    kinds.set(kind, count + 1);
    return count < OF_A_KIND;
  });
}

test('the kinds of questions that are asked under Python', () => {
  expect(CASES.length).toBeGreaterThan(150);
});

/** A table with a value missing in its third row. */
const HOLED = [
  'a,b,c,d,e,f,label',
  ...Array.from({ length: 12 }, (_, i) =>
    [...Array.from({ length: 6 }, (_, j) => (i === 2 && j === 4 ? '' : Math.sin(7 * i + j))), i % 3].join(
      ',',
    ),
  ),
].join('\n');
const EMPTY = 'select predict() from dense(rows-f32.all[confidence > 2])';

describe.skipIf(!PYTHON)(
  'scripts over the zoo (INTERLAYER_PYTHON names no Python with tensorflow: skipped)',
  () => {
    let bench: Bench;
    let ada: Visitor;
    let close: () => Promise<void>;
    let empty: Said | undefined;
    const answers = new Map<Case, Said | { reason: string }>();

    beforeAll(async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'interlayer-zoo-'));
      const pool = createPool({
        ...{ workers: 1, blobs: path.join(folder, 'blobs'), spool: path.join(folder, 'spool') },
        ...{ memoryBytes: 2 * 1024 ** 3, backend: 'auto' },
        entry: { file: WORKER, args: [], execArgv: ['--import', 'tsx'] },
      });
      bench = await startBench({ folder, pool });
      close = async () => {
        await bench.close();
        await pool.close();
        await rm(folder, { recursive: true, force: true });
      };
      const project = await bench.store.projects.create({ slug: 'zoo', name: 'Zoo', ownerId: null });
      ada = await visitor(bench, 'Ada', { projectId: project.id, role: 'owner' });
      const upload = async (route: string, file: string) => {
        const name = path.basename(file);
        const { status, body } = await ada.upload(`projects/zoo/${route}`, { [name]: readFileSync(file) });
        if (status !== 201) throw new Error(`${name}: ${JSON.stringify(body)}`);
      };
      for (const model of new Set(ALL.map((each) => each.model)))
        await upload('models', path.join(ZOO, 'models', `${model}.keras`));
      for (const dataset of new Set(ALL.map((each) => each.dataset)))
        await upload('datasets', dataFile(dataset));
      await ada.upload('projects/zoo/datasets', { 'holed.csv': HOLED });
      const { catalog } = await bench.app.catalogs.of(project.id);
      const scripts: { one: Case; code: string }[] = [];
      for (const one of CASES) {
        const script = python(parse(one.query), catalog, { origin: bench.origin, project: 'zoo' });
        if ('code' in script) scripts.push({ one, code: script.code });
        else answers.set(one, script);
      }
      const nothing = python(parse(EMPTY), catalog, { origin: bench.origin, project: 'zoo' });
      const said = await runScripts(
        path.join(folder, 'scripts'),
        [...scripts.map(({ code }) => code), 'code' in nothing ? nothing.code : ''],
        ada.headers.authorization ?? '',
      );
      empty = said[scripts.length];
      for (const [i, { one }] of scripts.entries()) answers.set(one, said[i] ?? { error: 'nothing' });
    }, 900_000);
    afterAll(() => close?.());

    async function tensorsOf(query: string): Promise<Readonly<Record<string, NamedTensor>> | string> {
      const answer = await ada.ask('POST', 'projects/zoo/queries?wait=50', { query, bindings: {} });
      const parsed = queryResponseSchema.safeParse(answer.body);
      if (!parsed.success || parsed.data.status !== 'done')
        return `${answer.status} ${JSON.stringify(answer.body)}`;
      const { record } = parsed.data.result;
      const count = countRecordSchema.safeParse(record);
      if (count.success) return { count: { dtype: 'I32', shape: [], data: Int32Array.of(count.data.count) } };
      const response = await fetch(`${bench.base}/results/${parsed.data.result.id}`, {
        headers: { ...ada.headers, accept: 'application/x-safetensors' },
      });
      return decodeSafetensors(new Uint8Array(await response.arrayBuffer())).tensors;
    }

    test('a slice without examples: the script stops with the sentence that the server refuses with', async () => {
      expect(empty).toEqual({ error: 'no example satisfies the condition (of 20)' });
      expect(await tensorsOf(EMPTY)).toContain('no example of rows-f32.all satisfies the condition (of 20)');
    });

    test.each([...new Set(CASES.map(({ model }) => model))])('%s', { timeout: 120_000 }, async (model) => {
      const wrong: string[] = [];
      for (const one of CASES.filter((each) => each.model === model)) {
        const said = answers.get(one) ?? { error: 'nothing' };
        if ('reason' in said) {
          const { reason } = said;
          if (!REASONS.some((known) => known.test(String(reason)))) wrong.push(`${one.query}: ${reason}`);
          continue;
        }
        const server = await tensorsOf(one.query);
        const problem =
          typeof server === 'string'
            ? `the server: ${server}`
            : 'error' in said
              ? String(said.error)
              : apart(said, server, NEAR);
        if (problem !== null) wrong.push(`${one.query}: ${problem}`);
      }
      expect(wrong.join('\n')).toBe('');
    });
  },
);
