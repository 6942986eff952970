/** A project with a small network, a data set and people of every role. */

import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { IMPORTER, type ModelManifest } from '../../../core/artifacts/index.ts';
import { encodeSafetensors, type ResultMeta } from '../../../core/result/index.ts';
import type { Role } from '../../../core/roles/index.ts';
import type { ComputeOutcome, ComputeTask } from '../../compute/contract.ts';
import type { ProjectRow } from '../../store/contract.ts';
import { datasetManifest } from '../datasets/datasets.ts';
import { checkpointOf } from '../models/checkpoint.ts';
import { type Bench, type Visitor, visitor } from './harness.ts';

export const ARCHITECTURE: ModelManifest = {
  importer: IMPORTER,
  format: 'tfjs-layers',
  topology: { class_name: 'Model' },
  graph: {
    model: 'net',
    layers: ['image', 'dense_1'].map((name) => ({
      ...{ name, type: name === 'image' ? 'InputLayer' : 'Dense', outputShape: [null, 4], params: 20 },
      ...{ trainableParams: 20, units: 4, config: {} },
      weights: name === 'image' ? [] : [{ name: 'kernel', shape: [4, 4] }],
    })),
    edges: [{ from: 'image', to: 'dense_1' }],
    ...{ inputs: ['image'], outputs: ['dense_1'], params: 20 },
  },
  inputs: [{ name: 'image', shape: [null, 4] }],
  outputs: [{ name: 'dense_1', shape: [null, 4] }],
  weights: [{ name: 'dense_1/kernel', shape: [4, 4] }],
  warnings: [],
};

export type Cast = { project: ProjectRow } & Record<
  Role,
  Visitor & { user: { id: string; name: string; email: string } }
>;

let casts = 0;
/** Each call makes a project and people of its own. */
export async function cast(bench: Bench): Promise<Cast> {
  const nth = ++casts;
  const project = await bench.store.projects.create({
    ...{ slug: `lab-${nth}`, name: `Lab ${nth}`, ownerId: null },
  });
  const member = (name: string, role: Role) =>
    visitor(bench, `${name} ${nth}`, { projectId: project.id, role });
  return {
    project,
    owner: await member('Ada Lovelace', 'owner'),
    editor: await member('Grace Hopper', 'editor'),
    commenter: await member('Alan Turing', 'commenter'),
    viewer: await member('Emmy Noether', 'viewer'),
  };
}

/** `net` with a checkpoint at step 0, `data` with a split `test` of two rows. */
export async function furnish(bench: Bench, project: ProjectRow): Promise<void> {
  const { store } = bench;
  const model = await store.models.create({
    ...{ projectId: project.id, name: 'net', manifest: ARCHITECTURE, createdById: null },
  });
  const blob = await store.blobs.put(new Uint8Array(64));
  const tensors = [{ name: 'dense_1/kernel', shape: [4, 4], blob }];
  await store.models.addCheckpoint({ modelId: model.id, step: 0, ...checkpointOf(ARCHITECTURE, tensors) });
  const x = { dtype: 'F32', shape: [2, 4], data: new Float32Array(8) } as const;
  const split = await store.blobs.put(encodeSafetensors({ x }));
  const manifest = datasetManifest({
    ...{ shape: [4], classes: [], columns: [], warnings: [] },
    ...{ dtype: 'F32', range: [0, 0], declaredScale: null },
    splits: [{ name: 'test', size: 2, blob: split }],
  });
  await store.datasets.create({ projectId: project.id, name: 'data', manifest });
  bench.app.catalogs.forget(project.id);
}

/** What a worker would give for a plan: real files and facts, made up numbers. */
export async function outcomeOf(bench: Bench, task: ComputeTask): Promise<ComputeOutcome> {
  if (task.kind !== 'query') throw new Error('only queries are answered here');
  const { plan } = task;
  const values = { dtype: 'F32', shape: [2], data: Float32Array.of(1, 2) } as const;
  const file = path.join(bench.folder, 'spool', randomUUID());
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, encodeSafetensors({ values }));
  const meta: ResultMeta = {
    ...{ id: plan.id, type: 'graph', title: plan.text, axes: [{ name: 'unit', size: 2 }], reading: '' },
    tensors: { values: { dtype: 'F32', shape: [2], axes: ['unit'] } },
    warnings: [],
    provenance: {
      ...{ query: plan.text, checkpoints: [], data: [], method: 'test', methodVersion: '1', parameters: {} },
      ...{ engine: 'test', engineVersion: '1', backend: 'test', durationMs: 1 },
      computedAt: '2026-01-01T00:00:00.000Z',
    },
  };
  return { kind: 'query', meta, file };
}
