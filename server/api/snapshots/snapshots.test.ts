import { afterAll, beforeAll, expect, test } from 'vitest';
import * as Y from 'yjs';
import { z } from 'zod';
import {
  openSnapshotSchema,
  queryResponseSchema,
  snapshotSchema,
  threadSchema,
} from '../../../core/api/index.ts';
import {
  addItem,
  bind,
  itemsOf,
  markExamples,
  type Note,
  readBoard,
  removeItems,
  removeSlice,
  setSlice,
  unmarkExamples,
  type View,
} from '../../../core/board/index.ts';
import { type Bench, startBench } from '../testing/harness.ts';
import { type Cast, cast, furnish, outcomeOf } from '../testing/project.ts';
import { BoardClient } from '../testing/socket.ts';

let bench: Bench;
let people: Cast;
beforeAll(async () => {
  bench = await startBench();
  people = await cast(bench);
  await furnish(bench, people.project);
  bench.pool.answer = (task) => outcomeOf(bench, task);
});
afterAll(() => bench.close());

const base = { frame: { x: 1, y: 2, w: 300, h: 200 }, locked: false, group: null, createdBy: 'someone' };
const NOTE: Note = { ...base, id: 'note', kind: 'note', order: 1, text: 'It is the ReLU.', color: 2 };
const VIEW: View = {
  ...{
    ...base,
    id: 'view',
    kind: 'view',
    order: 2,
    query: 'select graph() from f',
    lens: 'auto',
    options: {},
  },
  pinnedResult: null,
};

async function newBoard(): Promise<string> {
  const answer = await people.editor.ask('POST', `projects/${people.project.slug}/boards`, { title: 'Why?' });
  return z.object({ id: z.string() }).parse(answer.body).id;
}
async function resultId(): Promise<string> {
  const route = `projects/${people.project.slug}/queries`;
  const answer = queryResponseSchema.parse(
    (await people.editor.ask('POST', route, { query: 'select graph() from net' })).body,
  );
  return answer.status === 'done' ? answer.result.id : '';
}

test('H1: a snapshot keeps board, threads and results as they were, whatever happens afterwards', async () => {
  const boardId = await newBoard();
  const client = await BoardClient.open(bench, people.editor, boardId);
  addItem(client.doc, NOTE);
  addItem(client.doc, VIEW);
  bind(client.doc, 'f', 'net@0');
  await client.saved();
  const anchor = { kind: 'view', boardId, viewId: 'view' };
  const threads = `projects/${people.project.slug}/threads`;
  const thread = threadSchema.parse(
    (await people.commenter.ask('POST', threads, { anchor, body: 'as it was' })).body,
  );
  const result = await resultId();
  const request = { title: 'The cause', summary: 'found', results: { view: result } };
  const taken = await people.editor.ask('POST', `boards/${boardId}/snapshots`, request);
  expect(taken.status).toBe(201);
  const snapshot = snapshotSchema.parse(taken.body);
  expect(snapshot).toMatchObject({
    title: 'The cause',
    author: { id: people.editor.user.id },
    boardTitle: 'Why?',
  });
  const open = async () =>
    openSnapshotSchema.parse((await people.viewer.ask('GET', `snapshots/${snapshot.id}`)).body);
  const before = await open();
  expect(before.content).toMatchObject({ items: [NOTE, VIEW], bindings: { f: 'net@0' } });
  expect(before.results).toEqual({ view: result });
  expect(before.threads).toMatchObject([{ id: thread.id, comments: [{ body: 'as it was' }] }]);

  removeItems(client.doc, ['note', 'view']);
  await client.until('the removal', () => (readBoard(client.doc).items.length === 0 ? true : null));
  const comment = thread.comments[0]?.id;
  await people.commenter.ask('PATCH', `comments/${comment}`, { body: 'rewritten' });
  await people.owner.ask('PATCH', `boards/${boardId}`, { title: 'Because.' });
  expect(await bench.store.results.evict(0)).toBe(0);
  expect(await open()).toEqual({ ...before, boardTitle: 'Because.' });
  expect((await people.viewer.ask('GET', `results/${result}`)).status).toBe(200);
  client.leave();
});

test('H1 H3: what this version cannot show is saved, shown with its text, copied and restored whole', async () => {
  const boardId = await newBoard();
  const client = await BoardClient.open(bench, people.editor, boardId);
  const long = `select graph() from f ${'x'.repeat(20_000)}`;
  addItem(client.doc, { ...VIEW, id: 'long', query: long });
  addItem(client.doc, { ...VIEW, id: 'later', lens: 'holographic' });
  addItem(client.doc, { ...VIEW, id: 'fits', query: `select graph() from f ${' '.repeat(12_000)}` });
  const hologram = new Y.Map<unknown>(Object.entries({ ...base, kind: 'hologram', order: 9 }));
  hologram.set('script', new Y.Text('Turn slowly.'));
  hologram.set('colours', Y.Array.from(['red', new Y.Map([['name', 'blue']])]));
  client.doc.getMap<unknown>('items').set('hologram', hologram);
  client.doc.getMap<unknown>('items').set('odd', 'no item');
  await client.saved();
  const taken = await people.editor.ask('POST', `boards/${boardId}/snapshots`, {
    ...{ title: 'odd', summary: '', results: {} },
  });
  const { id } = snapshotSchema.parse(taken.body);
  const opened = openSnapshotSchema.parse((await people.viewer.ask('GET', `snapshots/${id}`)).body);
  const { items, unreadable } = z
    .object({
      items: z.array(z.object({ id: z.string() })),
      unreadable: z.array(z.record(z.string(), z.unknown())),
    })
    .parse(opened.content);
  expect(items.map((item) => item.id).sort()).toEqual(['fits', 'later']);
  const at = (each: string) => unreadable.find((item) => item.id === each);
  expect(at('long')).toMatchObject({
    ...{ frame: VIEW.frame, text: long },
    why: `its query has ${long.length} characters, at most 20000 are read`,
  });
  expect(at('hologram')).toMatchObject({ frame: base.frame, text: 'Turn slowly.' });
  expect(at('odd')).toMatchObject({ frame: null, text: 'no item' });
  expect(unreadable.some((item) => 'kept' in item)).toBe(false);

  const stored = itemsOf(client.doc).toJSON();
  const copied = await people.editor.ask('POST', `boards/${boardId}/duplicate`);
  const copy = await BoardClient.open(
    bench,
    people.editor,
    z.object({ id: z.string() }).parse(copied.body).id,
  );
  expect(itemsOf(copy.doc).toJSON()).toEqual(stored);
  expect(itemsOf(copy.doc).get('hologram')?.get('script')).toBeInstanceOf(Y.Text);
  copy.leave();

  removeItems(client.doc, ['hologram', 'long', 'odd', 'later']);
  await client.saved();
  expect((await people.editor.ask('POST', `snapshots/${id}/restore`)).status).toBe(200);
  await client.until('the restored hologram', () => (itemsOf(client.doc).has('hologram') ? true : null));
  expect(itemsOf(client.doc).toJSON()).toEqual(stored);
  client.leave();
});

test('H1: a result of another project cannot be pinned', async () => {
  const boardId = await newBoard();
  const request = { title: 'x', summary: '', results: { view: 'f'.repeat(64) } };
  const answer = await people.editor.ask('POST', `boards/${boardId}/snapshots`, request);
  expect(answer).toMatchObject({ status: 422, body: { error: { at: 'results' } } });
});

test('H3: restoring is a change forward: live peers converge, and what was there is saved first', async () => {
  const boardId = await newBoard();
  const client = await BoardClient.open(bench, people.editor, boardId);
  addItem(client.doc, NOTE);
  await client.saved();
  const taken = await people.editor.ask('POST', `boards/${boardId}/snapshots`, {
    ...{ title: 'v1', summary: '', results: {} },
  });
  const { id } = snapshotSchema.parse(taken.body);
  removeItems(client.doc, ['note']);
  addItem(client.doc, { ...NOTE, id: 'later', text: 'Something else.' });
  await client.saved();
  const peer = await BoardClient.open(bench, people.viewer, boardId);
  const restored = await people.editor.ask('POST', `snapshots/${id}/restore`);
  expect(restored.body).toMatchObject({ board: boardId });
  for (const each of [client, peer])
    await each.until('the restored note', () =>
      readBoard(each.doc)
        .items.map((item) => item.id)
        .join() === 'note'
        ? true
        : null,
    );
  expect(readBoard(peer.doc)).toEqual(readBoard(client.doc));
  const { before } = z.object({ before: z.string() }).parse(restored.body);
  const kept = openSnapshotSchema.parse((await people.viewer.ask('GET', `snapshots/${before}`)).body);
  expect(kept).toMatchObject({ title: 'Before restoring v1', content: { items: [{ id: 'later' }] } });
  client.leave();
  peer.leave();
});

test('a copy of a board shows the same and goes its own way', async () => {
  const boardId = await newBoard();
  const client = await BoardClient.open(bench, people.editor, boardId);
  addItem(client.doc, NOTE);
  await client.saved();
  const copied = await people.editor.ask('POST', `boards/${boardId}/duplicate`);
  expect(copied).toMatchObject({ status: 201, body: { title: 'Copy of Why?' } });
  const { id } = z.object({ id: z.string() }).parse(copied.body);
  const copy = await BoardClient.open(bench, people.editor, id);
  expect(readBoard(copy.doc)).toEqual(readBoard(client.doc));
  removeItems(copy.doc, ['note']);
  await copy.saved();
  expect(readBoard(client.doc).items).toHaveLength(1);
  client.leave();
  copy.leave();
});

test('a deleted board is gone; its snapshots stay and cannot be restored onto it', async () => {
  const boardId = await newBoard();
  const taken = await people.editor.ask('POST', `boards/${boardId}/snapshots`, {
    ...{ title: 'kept', summary: '', results: {} },
  });
  const { id } = snapshotSchema.parse(taken.body);
  expect((await people.owner.ask('DELETE', `boards/${boardId}`)).status).toBe(204);
  expect((await people.owner.ask('GET', `boards/${boardId}`)).status).toBe(404);
  expect((await people.viewer.ask('GET', `snapshots/${id}`)).body).toMatchObject({ title: 'kept' });
  expect((await people.editor.ask('POST', `snapshots/${id}/restore`)).status).toBe(409);
});

test('H1 H3: slices and marks are saved, restored and copied with the board', async () => {
  const boardId = await newBoard();
  const client = await BoardClient.open(bench, people.editor, boardId);
  setSlice(client.doc, 'hard', 'digits.test[label = 3]');
  markExamples(client.doc, ['digits.test[7]', 'digits.test[9]'], { by: people.editor.user.id });
  await client.saved();
  const saved = {
    slices: { hard: 'digits.test[label = 3]' },
    marks: {
      'digits.test[7]': { by: people.editor.user.id },
      'digits.test[9]': { by: people.editor.user.id },
    },
  };
  const request = { title: 'Marked', summary: '', results: {} };
  const taken = await people.editor.ask('POST', `boards/${boardId}/snapshots`, request);
  const { id } = snapshotSchema.parse(taken.body);
  const opened = openSnapshotSchema.parse((await people.viewer.ask('GET', `snapshots/${id}`)).body);
  expect(opened.content).toMatchObject(saved);

  const copied = await people.editor.ask('POST', `boards/${boardId}/duplicate`);
  const copy = z.object({ id: z.string() }).parse(copied.body);
  const other = await BoardClient.open(bench, people.viewer, copy.id);
  expect(readBoard(other.doc)).toMatchObject(saved);
  other.leave();

  removeSlice(client.doc, 'hard');
  setSlice(client.doc, 'later', 'digits.test[label = 4]');
  unmarkExamples(client.doc, ['digits.test[7]']);
  markExamples(client.doc, ['digits.test[11]'], { by: people.editor.user.id });
  await client.saved();
  const peer = await BoardClient.open(bench, people.viewer, boardId);
  expect((await people.editor.ask('POST', `snapshots/${id}/restore`)).status).toBe(200);
  for (const each of [client, peer])
    await each.until('the restored slice', () => (readBoard(each.doc).slices.hard ? true : null));
  const { slices, marks } = readBoard(client.doc);
  expect({ slices, marks }).toEqual(saved);
  expect(readBoard(peer.doc)).toEqual(readBoard(client.doc));
  client.leave();
  peer.leave();
});
