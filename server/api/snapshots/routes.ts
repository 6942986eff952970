import { z } from 'zod';
import {
  newSnapshotSchema,
  openSnapshotSchema,
  restoredSchema,
  snapshotSchema,
} from '../../../core/api/index.ts';
import { type Route, route } from '../http/route.ts';
import { deleteSnapshot, listSnapshots, openSnapshot, restoreSnapshot, takeSnapshot } from './snapshots.ts';

export const snapshotRoutes: readonly Route[] = [
  route('POST /boards/{id}/snapshots', {
    summary: 'Save a board with its threads and the results that its views show',
    body: newSnapshotSchema,
    answer: snapshotSchema,
    status: 201,
    limit: 'write',
    run: ({ app, board, project, caller, body }) => takeSnapshot(app, board, project, caller, body),
  }),
  route('GET /projects/{project}/snapshots', {
    summary: 'Saved boards, newest first',
    answer: z.array(snapshotSchema),
    run: ({ app, project }) => listSnapshots(app, project),
  }),
  route('GET /snapshots/{id}', {
    summary: 'A saved board, as it was',
    answer: openSnapshotSchema,
    run: ({ app, snapshot, project }) => openSnapshot(app, snapshot, project),
  }),
  route('DELETE /snapshots/{id}', {
    summary: 'Delete a saved board for good',
    run: ({ app, snapshot }) => deleteSnapshot(app, snapshot),
  }),
  route('POST /snapshots/{id}/restore', {
    summary: 'Make the board show a snapshot again, as a change forward; what it was before is saved first',
    answer: restoredSchema,
    run: ({ app, snapshot, project, caller }) => restoreSnapshot(app, snapshot, project, caller),
  }),
];
