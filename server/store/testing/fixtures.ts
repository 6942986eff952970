/** Rows to test with: small, valid, and different wherever a mix-up should show. */
import { createHash, randomUUID } from 'node:crypto';
import {
  type CheckpointManifest,
  type DatasetManifest,
  IMPORTER,
  type ModelManifest,
} from '../../../core/artifacts/index.ts';
import type { ResultMeta } from '../../../core/result/index.ts';
import type { BoardRow, ProjectRow, Store, UserRow } from '../index.ts';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

let count = 0;
/** A name that no other test uses. */
export const fresh = (prefix: string): string => `${prefix}-${++count}-${randomUUID().slice(0, 8)}`;

export function person(store: Store, name = fresh('person')): Promise<UserRow> {
  return store.users.create({ email: `${name}@example.org`, name, passwordHash: null });
}

export async function projectOf(store: Store, owner: UserRow | null): Promise<ProjectRow> {
  const slug = fresh('project');
  return store.projects.create({ slug, name: slug.toUpperCase(), ownerId: owner?.id ?? null });
}

export async function boardOf(store: Store): Promise<BoardRow & { owner: UserRow }> {
  const owner = await person(store);
  const project = await projectOf(store, owner);
  const board = await store.boards.create({
    projectId: project.id,
    title: fresh('board'),
    createdById: owner.id,
  });
  return { ...board, owner };
}

export const modelManifest = (name = 'net'): ModelManifest => ({
  importer: IMPORTER,
  format: 'tfjs-layers',
  topology: { class_name: 'Model', config: { name } },
  graph: {
    model: name,
    layers: [
      {
        name: 'dense_1',
        type: 'Dense',
        outputShape: [null, 3],
        params: 9,
        trainableParams: 9,
        units: 3,
        weights: [{ name: 'kernel', shape: [2, 3] }],
        config: { units: 3, activation: 'relu' },
      },
    ],
    edges: [],
    inputs: ['dense_1'],
    outputs: ['dense_1'],
    params: 9,
  },
  inputs: [{ name: 'x', shape: [null, 2] }],
  outputs: [{ name: 'y', shape: [null, 3] }],
  weights: [{ name: 'dense_1/kernel', shape: [2, 3] }],
  warnings: ['naïve — ☃'],
});

export const checkpointManifest = (...blobs: string[]): CheckpointManifest => ({
  hash: sha256(blobs.join()),
  tensors: blobs.map((blob, i) => ({ name: `w${i}`, shape: [2, 3], blob })),
});

export const datasetManifest = (...blobs: string[]): DatasetManifest => ({
  hash: sha256(`data ${blobs.join()}`),
  shape: [8, 8, 1],
  classes: ['null', 'eins', '二'],
  columns: [],
  ...{ dtype: 'U8', range: [0, 16], declaredScale: 16 },
  splits: blobs.map((blob, i) => ({ name: `split${i}`, size: 10 + i, blob })),
  warnings: [],
});

export const resultMeta = (question = fresh('question')): ResultMeta => ({
  id: sha256(question),
  type: 'vector[unit]',
  title: question,
  axes: [{ name: 'unit', size: 3 }],
  tensors: { values: { dtype: 'F32', shape: [3], axes: ['unit'] } },
  reading: 'Bars are activations.',
  warnings: [],
  provenance: {
    query: question,
    checkpoints: [{ address: 'net@1', hash: sha256('net') }],
    data: [],
    method: 'activation',
    methodVersion: '1',
    parameters: { k: 3, exact: true },
    engine: 'tfjs',
    engineVersion: '4.22.0',
    backend: 'wasm',
    durationMs: 1.5,
    computedAt: '2026-01-02T03:04:05.678Z',
  },
});

/** A result whose blob holds `bytes` bytes that no other has. */
export async function saveResult(store: Store, projectId: string, bytes: number, question = fresh('q')) {
  const content = new Uint8Array(bytes);
  content.set(new TextEncoder().encode(question).subarray(0, bytes));
  const blob = await store.blobs.put(content);
  return store.results.save({ meta: resultMeta(question), blob, bytes, projectId });
}
