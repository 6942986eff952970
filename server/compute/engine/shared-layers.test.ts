/** A layer that a model uses twice: which use is shown, and that a change reaches both. */
import { afterAll, expect, test } from 'vitest';
import { dense, rowsOf } from '../testing/analysis.ts';
import { ask, engineOn } from '../testing/engines.ts';
import { ALL, call, planOf, storeModel, temporaryFolders } from '../testing/fixtures.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());

const SAID =
  'The model uses the layer twice 2 times: what it puts out is that of its first use, on input; a change to it changes all uses.';

/** input -> twice -> twice -> scores, with one kernel [[2, 1], [0, 3]] for both. */
function sharing() {
  const stored = storeModel(
    folders,
    [2],
    [dense('twice', [2, 2], [2, 1, 0, 3], 'linear'), dense('scores', [2, 2], [1, 0, 0, 1], 'softmax')],
  );
  const topology = structuredClone(stored.manifest.topology) as {
    config: { layers: { name: string; inbound_nodes: unknown[] }[] };
  };
  for (const layer of topology.config.layers) {
    if (layer.name === 'twice') layer.inbound_nodes.push([['twice', 0, 0, {}]]);
    if (layer.name === 'scores') layer.inbound_nodes = [[['twice', 1, 0, {}]]];
  }
  return { ...stored, manifest: { ...stored.manifest, topology } };
}

test('what a shared layer puts out is that of its first use, and every answer about it says so', async () => {
  const engine = await engineOn('wasm', folders);
  const model = sharing();
  const data = rowsOf(folders, [1, 1], 2, [0], ['a', 'b']);
  const shown = await ask(
    engine,
    planOf(model, data, { what: { kind: 'layer', layer: 'twice' }, input: ALL }),
  );
  for (const query of [
    { what: call('stats', 'twice'), input: ALL },
    { what: call('activation', 'twice'), input: ALL },
    { what: call('predict'), input: ALL, changes: [{ kind: 'ablate' as const, layer: 'twice', unit: 0 }] },
  ])
    expect((await ask(engine, planOf(model, data, query))).meta.warnings, JSON.stringify(query)).toContain(
      SAID,
    );
  expect(shown.meta.warnings).toContain(SAID);
  // (1, 1) -> (2, 4) at the first use; -> (4, 14) at the second.
  const first = await ask(engine, planOf(model, data, { what: call('stats', 'twice'), input: ALL }));
  expect(Array.from(first.tensors.mean?.data ?? [])).toEqual([2, 4]);
  const predicted = await ask(engine, planOf(model, data, { what: call('predict'), input: ALL }));
  expect(predicted.meta.warnings).not.toContain(SAID);
  const other = await ask(engine, planOf(model, data, { what: call('stats', 'scores'), input: ALL }));
  expect(other.meta.warnings).not.toContain(SAID);
});
