/** Losses that can be had from probabilities alone: every answer that orders or chooses by them says so. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Query } from '../../../core/algebra/index.ts';
import { type Workbench, workbench } from '../formats/testing/bench.ts';
import { ask, BACKENDS, engineOn } from '../testing/engines.ts';
import { call, planOf, type StoredModel, storeData, temporaryFolders } from '../testing/fixtures.ts';
import { golden, imported } from '../testing/heads.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());
let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const SAID =
  'What goes into the last softmax or sigmoid cannot be had apart from it: losses come from the probabilities, so that those above 16 are coarse, and infinite where a probability is 0.';

async function stored(name: string): Promise<StoredModel> {
  const { manifest, weights } = await imported(bench, name);
  const tensors = weights.map(({ name: weight, shape, file }) => ({
    ...{ name: weight, shape: [...shape] },
    blob: folders.put(readFileSync(file)),
  }));
  return { manifest, checkpoint: { hash: `head ${name}`, tensors } };
}

/** Its sigmoid feeds on itself; that of the other can be taken off. */
test.each([
  ['recurrent', true],
  ['sigmoids side by side', false],
])('%s', async (name, coarse) => {
  const model = await stored(name);
  const units = golden.models[name]?.outputs[0]?.length ?? 1;
  const classes = Array.from({ length: units === 1 ? 2 : units }, (_, i) => `c${i}`);
  const y = golden.labels.map((label) => label % classes.length);
  const data = storeData(folders, { shape: [4], classes, scale: 1, x: golden.x.flat(), y });
  const where = {
    op: '>',
    left: { kind: 'column', name: 'loss' },
    right: { kind: 'number', value: 0 },
  } as const;
  const chosen: Query['input'] = { kind: 'slice', dataset: 'toy', split: 'test', where };
  for (const backend of BACKENDS) {
    const engine = await engineOn(backend, folders);
    const { meta } = await ask(engine, planOf(model, data, { what: call('count'), input: chosen }));
    expect(meta.warnings.includes(SAID), backend).toBe(coarse);
    engine.dispose();
  }
});
