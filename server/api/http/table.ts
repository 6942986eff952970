/**
 * The one table of the HTTP interface: every route, who may call it, and what its path names. The router enforces it
 * before a route runs; a route that is not here does not exist.
 */
import type { Action } from '../../../core/roles/index.ts';
import type { Resource } from '../app/app.ts';

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
/** public: anybody; user: whoever is signed in; else: a member of the project whose role allows the action. */
export type Access = 'public' | 'user' | { readonly action: Action; readonly resource: Resource };

const on = <const S extends Resource>(resource: S) =>
  ({
    read: { action: 'read', resource },
    query: { action: 'query', resource },
    comment: { action: 'comment', resource },
    edit: { action: 'edit', resource },
    import: { action: 'import', resource },
    manage: { action: 'manage', resource },
  }) as const;
const project = on('project');
const board = on('board');
const thread = on('thread');
const comment = on('comment');
const snapshot = on('snapshot');
const run = on('run');
const job = on('job');
const result = on('result');

export const ACCESS = {
  'GET /health': 'public',
  'GET /setup': 'public',
  'POST /setup': 'public',
  'GET /auth/providers': 'public',
  'POST /register': 'public',
  'GET /invites/{token}': 'public',
  'POST /invites/{token}/accept': 'user',

  'GET /me': 'user',
  'PATCH /me': 'user',
  'POST /me/password': 'user',
  'GET /me/sessions': 'user',
  'DELETE /me/sessions/{id}': 'user',
  'GET /me/tokens': 'user',
  'POST /me/tokens': 'user',
  'DELETE /me/tokens/{id}': 'user',
  'GET /me/notifications': 'user',
  'POST /me/notifications/{id}/read': 'user',

  'GET /projects': 'user',
  'POST /projects': 'user',
  'GET /projects/{project}': project.read,
  'PATCH /projects/{project}': project.manage,
  'DELETE /projects/{project}': project.manage,
  'GET /projects/{project}/members': project.read,
  'PATCH /projects/{project}/members/{user}': project.manage,
  /** A member may also leave; the use case lets nobody but an owner remove another. */
  'DELETE /projects/{project}/members/{user}': project.read,
  'GET /projects/{project}/invites': project.manage,
  'POST /projects/{project}/invites': project.manage,
  'DELETE /projects/{project}/invites/{id}': project.manage,

  'GET /projects/{project}/models': project.read,
  'POST /projects/{project}/models': project.import,
  'GET /projects/{project}/imports/{id}': project.import,
  'GET /projects/{project}/models/{name}': project.read,
  'GET /projects/{project}/models/{name}/export': project.read,
  'GET /projects/{project}/models/{name}/downloads': project.read,
  'GET /projects/{project}/models/{name}/download': project.read,
  'PATCH /projects/{project}/models/{name}': project.import,
  'DELETE /projects/{project}/models/{name}': project.manage,
  'GET /projects/{project}/models/{name}/preprocessing/{dataset}': project.read,
  'PUT /projects/{project}/models/{name}/preprocessing/{dataset}': project.import,
  'DELETE /projects/{project}/models/{name}/preprocessing/{dataset}': project.import,
  'GET /projects/{project}/datasets': project.read,
  'POST /projects/{project}/datasets': project.import,
  'GET /projects/{project}/datasets/{name}/splits/{split}/export': project.read,
  'DELETE /projects/{project}/datasets/{name}': project.manage,
  'POST /projects/{project}/runs': project.import,
  'POST /runs/{id}/log': run.import,
  'POST /runs/{id}/checkpoints': run.import,

  'POST /projects/{project}/queries': project.query,
  'GET /projects/{project}/jobs': project.read,
  'GET /jobs/{id}': job.read,
  'DELETE /jobs/{id}': job.query,
  'GET /results/{id}': result.read,

  'GET /projects/{project}/boards': project.read,
  'POST /projects/{project}/boards': project.edit,
  'GET /boards/{id}': board.read,
  'PATCH /boards/{id}': board.edit,
  'DELETE /boards/{id}': board.manage,
  'POST /boards/{id}/duplicate': board.edit,
  'POST /boards/{id}/ticket': board.read,
  'POST /boards/{id}/snapshots': board.edit,
  'GET /projects/{project}/snapshots': project.read,
  'GET /snapshots/{id}': snapshot.read,
  'DELETE /snapshots/{id}': snapshot.manage,
  'POST /snapshots/{id}/restore': snapshot.edit,

  'GET /projects/{project}/threads': project.read,
  'POST /projects/{project}/threads': project.comment,
  'GET /threads/{id}': thread.read,
  'POST /threads/{id}/comments': thread.comment,
  'POST /threads/{id}/resolve': thread.comment,
  'POST /threads/{id}/reopen': thread.comment,
  'POST /threads/{id}/read': thread.read,
  'PATCH /comments/{id}': comment.comment,
  'DELETE /comments/{id}': comment.comment,
  'PUT /comments/{id}/reactions/{emoji}': comment.comment,
  'DELETE /comments/{id}/reactions/{emoji}': comment.comment,
} as const satisfies Record<`${Method} /${string}`, Access>;

export type RouteKey = keyof typeof ACCESS;
