/**
 * Walks every route of the OpenAPI document, so that none can be forgotten, as each kind of person. What is expected
 * stands here by hand: the server's own table must not be its own proof.
 */
import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { boardUpdate, NO_BINDINGS } from '../../../core/board/index.ts';
import type { ResultMeta } from '../../../core/result/index.ts';
import { type Bench, startBench, Visitor, visitor } from '../testing/harness.ts';

const PEOPLE = ['stranger', 'outsider', 'viewer', 'commenter', 'editor', 'owner'] as const;
type Who = (typeof PEOPLE)[number];

/** Least that may: anybody, whoever is signed in, or a member of the project from this role on. */
type Least = 'stranger' | 'user' | 'viewer' | 'commenter' | 'editor' | 'owner';
const EXPECTED: Readonly<Record<string, Least>> = {
  'GET /health': 'stranger',
  'GET /setup': 'stranger',
  'POST /setup': 'stranger',
  'GET /auth/providers': 'stranger',
  'POST /register': 'stranger',
  'GET /invites/{token}': 'stranger',
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
  'GET /projects/{project}': 'viewer',
  'PATCH /projects/{project}': 'owner',
  'DELETE /projects/{project}': 'owner',
  'GET /projects/{project}/members': 'viewer',
  'PATCH /projects/{project}/members/{user}': 'owner',
  'DELETE /projects/{project}/members/{user}': 'owner',
  'GET /projects/{project}/invites': 'owner',
  'POST /projects/{project}/invites': 'owner',
  'DELETE /projects/{project}/invites/{id}': 'owner',
  'GET /projects/{project}/models': 'viewer',
  'POST /projects/{project}/models': 'editor',
  'GET /projects/{project}/imports/{id}': 'editor',
  'GET /projects/{project}/models/{name}': 'viewer',
  'GET /projects/{project}/models/{name}/export': 'viewer',
  'GET /projects/{project}/models/{name}/downloads': 'viewer',
  'GET /projects/{project}/models/{name}/download': 'viewer',
  'PATCH /projects/{project}/models/{name}': 'editor',
  'DELETE /projects/{project}/models/{name}': 'owner',
  'GET /projects/{project}/models/{name}/preprocessing/{dataset}': 'viewer',
  'PUT /projects/{project}/models/{name}/preprocessing/{dataset}': 'editor',
  'DELETE /projects/{project}/models/{name}/preprocessing/{dataset}': 'editor',
  'GET /projects/{project}/datasets': 'viewer',
  'POST /projects/{project}/datasets': 'editor',
  'GET /projects/{project}/datasets/{name}/splits/{split}/export': 'viewer',
  'DELETE /projects/{project}/datasets/{name}': 'owner',
  'POST /projects/{project}/runs': 'editor',
  'POST /runs/{id}/log': 'editor',
  'POST /runs/{id}/checkpoints': 'editor',
  'POST /projects/{project}/queries': 'viewer',
  'GET /projects/{project}/jobs': 'viewer',
  'GET /jobs/{id}': 'viewer',
  'DELETE /jobs/{id}': 'viewer',
  'GET /results/{id}': 'viewer',
  'GET /projects/{project}/boards': 'viewer',
  'POST /projects/{project}/boards': 'editor',
  'GET /boards/{id}': 'viewer',
  'PATCH /boards/{id}': 'editor',
  'DELETE /boards/{id}': 'owner',
  'POST /boards/{id}/duplicate': 'editor',
  'POST /boards/{id}/ticket': 'viewer',
  'POST /boards/{id}/snapshots': 'editor',
  'GET /projects/{project}/snapshots': 'viewer',
  'GET /snapshots/{id}': 'viewer',
  'DELETE /snapshots/{id}': 'owner',
  'POST /snapshots/{id}/restore': 'editor',
  'GET /projects/{project}/threads': 'viewer',
  'POST /projects/{project}/threads': 'commenter',
  'GET /threads/{id}': 'viewer',
  'POST /threads/{id}/comments': 'commenter',
  'POST /threads/{id}/resolve': 'commenter',
  'POST /threads/{id}/reopen': 'commenter',
  'POST /threads/{id}/read': 'viewer',
  'PATCH /comments/{id}': 'commenter',
  'DELETE /comments/{id}': 'commenter',
  'PUT /comments/{id}/reactions/{emoji}': 'commenter',
  'DELETE /comments/{id}/reactions/{emoji}': 'commenter',
};
const RANK: readonly Least[] = ['viewer', 'commenter', 'editor', 'owner'];

type Verdict = 'let in' | 401 | 403 | 404;
function expected(who: Who, least: Least): Verdict {
  if (least === 'stranger') return 'let in';
  if (who === 'stranger') return 401;
  if (least === 'user') return 'let in';
  // Who is not a member must not learn that the thing exists.
  if (who === 'outsider') return 404;
  return RANK.indexOf(who) >= RANK.indexOf(least) ? 'let in' : 403;
}

const documentSchema = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ operationId: z.string() }).loose())),
});

let bench: Bench;
let people: Readonly<Record<Who, Visitor>>;
let routes: string[];
/** What `{id}` stands for, by the noun before it. */
let ids: Readonly<Record<string, string>>;
let jobId: string;
let victim: string;

beforeAll(async () => {
  bench = await startBench();
  const { store } = bench;
  const project = await store.projects.create({ slug: 'lab', name: 'Lab', ownerId: null });
  const other = await store.projects.create({ slug: 'other', name: 'Other', ownerId: null });
  const member = (role: 'viewer' | 'commenter' | 'editor' | 'owner') =>
    visitor(bench, `The ${role}`, { projectId: project.id, role });
  const owner = await member('owner');
  people = {
    stranger: new Visitor(bench),
    outsider: await visitor(bench, 'The outsider', { projectId: other.id, role: 'owner' }),
    viewer: await member('viewer'),
    commenter: await member('commenter'),
    editor: await member('editor'),
    owner,
  };
  victim = (await visitor(bench, 'The victim', { projectId: project.id, role: 'viewer' })).user.id;
  const board = await store.boards.create({ projectId: project.id, title: 'Board', createdById: null });
  const thread = await store.threads.create({
    projectId: project.id,
    anchor: { kind: 'address', address: 'net' },
    ...{ address: 'net', boardId: null, viewId: null, createdById: owner.user.id, body: 'x', mentions: [] },
  });
  const snapshot = await store.snapshots.create({
    ...{ boardId: board.id, projectId: project.id, title: 'S', summary: '', authorId: owner.user.id },
    state: boardUpdate({ items: [], bindings: NO_BINDINGS, slices: {}, marks: {} }),
    ...{ threads: { results: {}, threads: [] }, resultIds: [] },
  });
  const model = await store.models.create({
    ...{ projectId: project.id, name: 'net', createdById: null },
    manifest: emptyManifest(),
  });
  const tensors: [] = [];
  const hash = createHash('sha256').digest('hex');
  await store.models.addCheckpoint({ modelId: model.id, step: 0, manifest: { hash, tensors }, bytes: 0 });
  const split = { name: 'test', size: 0, blob: await store.blobs.put(new Uint8Array([4, 5, 6])) };
  await store.datasets.create({
    ...{ projectId: project.id, name: 'net' },
    manifest: {
      ...{ hash, shape: [1], classes: [], columns: [], splits: [split], warnings: [] },
      ...{ dtype: 'F32', range: null, declaredScale: null },
    },
  });
  const run = await store.runs.create({
    ...{ projectId: project.id, modelId: model.id, name: 'run', metaParameters: {} },
  });
  const blob = await store.blobs.put(new Uint8Array([1, 2, 3]));
  const result = await store.results.save({ meta: meta(), blob, bytes: 3, projectId: project.id });
  // A computation that never ends by itself.
  bench.pool.answer = (_task, options) =>
    new Promise((_, reject) =>
      options?.signal?.addEventListener('abort', () => reject(new Error('given up'))),
    );
  const asked = await owner.ask('POST', 'projects/lab/queries?wait=0', { query: 'select graph() from net' });
  jobId = z.object({ job: z.string() }).parse(asked.body).job;
  ids = {
    boards: board.id,
    threads: thread.id,
    comments: thread.comments[0]?.id ?? '',
    snapshots: snapshot.id,
    runs: run.id,
    results: result.id,
    jobs: jobId,
  };
  const { paths } = documentSchema.parse((await people.stranger.ask('GET', 'openapi.json')).body);
  routes = Object.entries(paths).flatMap(([route, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${route.replace('/api/v1', '')}`),
  );
});
afterAll(() => bench.close());

function emptyManifest() {
  const graph = { model: 'net', layers: [], edges: [], inputs: [], outputs: [], params: 0 };
  return { format: 'test', topology: {}, graph, inputs: [], outputs: [], weights: [], warnings: [] };
}

function meta(): ResultMeta {
  const none = { checkpoints: [], data: [], parameters: {} };
  return {
    ...{
      id: 'a'.repeat(64),
      type: 'graph',
      title: 'graph',
      axes: [],
      tensors: {},
      reading: '',
      warnings: [],
    },
    provenance: {
      ...{ query: 'select graph() from net', ...none, method: 'graph', methodVersion: '1', engine: 'x' },
      ...{ engineVersion: '1', backend: 'x', durationMs: 1, computedAt: '2026-01-01T00:00:00.000Z' },
    },
  };
}

/** A path with everything in it that exists; a write's target that is never there where trying it would destroy. */
function pathOf(route: string): string {
  const [method = '', template = ''] = route.split(' ');
  const noun = template.split('/')[1] ?? '';
  const own = ids[noun] ?? randomUUID();
  // Deleting the fixtures would spoil the walk: what is let in shows by another refusal than 401, 403 or 404.
  return template
    .replace('{project}', 'lab')
    .replace('{user}', method === 'DELETE' ? victim : randomUUID())
    .replace('{token}', 'unknown')
    .replace('{name}', method === 'GET' ? 'net' : 'missing')
    .replace('{split}', 'test')
    .replace('{dataset}', 'net')
    .replace('{emoji}', encodeURIComponent('no emoji'))
    .replace('{id}', own)
    .slice(1);
}

test('every route is in the expected table, and nothing else', () => {
  expect([...routes].sort()).toEqual(Object.keys(EXPECTED).sort());
});

/** Not found because of what we asked for, not because of who asks: these answers come after the check of access. */
const LATER_404 =
  /^(DELETE \/me|GET \/invites|POST \/invites|PATCH .*\/members|DELETE .*\/(models|datasets|invites)\/|(PATCH|PUT) .*\/models)/;
/** These would end a fixture that others need: they are tried on a fresh one, in the tests of their nouns. */
const DESTROYS = [
  'DELETE /boards/{id}',
  'DELETE /comments/{id}',
  'DELETE /jobs/{id}',
  'DELETE /snapshots/{id}',
];

test('each kind of person gets in where they should and nowhere else', async () => {
  const wrong: string[] = [];
  for (const route of routes) {
    const least = EXPECTED[route];
    if (least === undefined) continue;
    const method = route.split(' ')[0] ?? '';
    for (const who of PEOPLE) {
      const verdict = expected(who, least);
      if (verdict === 'let in' && DESTROYS.includes(route) && least !== 'stranger') continue;
      // An empty object fits no schema of a write: who is let in is told 400 or the like, and nothing happens.
      const body = method === 'GET' || method === 'DELETE' ? undefined : {};
      const answer = await people[who].ask(method, pathOf(route), body);
      const entered =
        ![401, 403, 404].includes(answer.status) || (answer.status === 404 && LATER_404.test(route));
      const ownRule = route.startsWith('PATCH /comments') && answer.status !== 401 && answer.status !== 404;
      if (verdict === 'let in' ? !(entered || ownRule) : answer.status !== verdict)
        wrong.push(`${who} ${route}: ${answer.status}, expected ${verdict}`);
      if (answer.status >= 400)
        expect(answer.body, route).toMatchObject({
          error: { code: expect.any(String), message: expect.any(String) },
        });
      expect(answer.status, `${who} ${route}`).not.toBe(500);
    }
  }
  expect(wrong).toEqual([]);
});

test('a stranger and an outsider cannot tell a board that exists from one that does not', async () => {
  for (const who of ['stranger', 'outsider'] as const) {
    const there = await people[who].ask('GET', `boards/${ids.boards}`);
    const not = await people[who].ask('GET', `boards/${randomUUID()}`);
    expect(there).toMatchObject({ status: not.status, body: not.body });
  }
});

test('what is not a route says so, and leaks no page', async () => {
  const answer = await people.owner.ask('GET', 'nothing/here');
  expect(answer).toMatchObject({ status: 404, body: { error: { code: 'not_found' } } });
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
});
