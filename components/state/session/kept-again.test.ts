import 'fake-indexeddb/auto';
import { afterEach, expect, test, vi } from 'vitest';
import { addItem, readBoard, spliceText, textOf } from '@/core/board/index.ts';
import type { Role } from '@/core/roles/index.ts';
import { start, Tickets } from '@/server/sync/testing/harness.ts';
import { MemoryJournal } from '@/server/sync/testing/journals.ts';
import { updatesOf } from '@/server/sync/testing/updates.ts';
import { KeptChanges } from './kept-changes.ts';
import type { BoardSession } from './session.ts';
import { note, openPage, saved, until } from './testing/pages.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const end of ends.splice(0).reverse()) await end();
});

/** A board of its own for each test, and pages on it. */
async function serve(board: string) {
  const tickets = new Tickets();
  const { port, sync, stop } = await start(new MemoryJournal(), tickets);
  ends.push(() => stop());
  const page = (user: string, role: Role = 'editor', patienceMs?: number) => {
    const session = openPage(port, tickets, user, role, board, patienceMs);
    ends.push(() => session.destroy());
    return session;
  };
  return { sync, page };
}
const offline = async (session: BoardSession) => {
  session.disconnect();
  await until(session.store, (s) => s.save.kind === 'offline');
};
const settled = () => new Promise((resolve) => setTimeout(resolve, 100));
const write = (session: BoardSession, id: string, words: string) => {
  const text = textOf(session.doc, id);
  if (text) spliceText(session.doc, text, { index: text.length, remove: 0, insert: words });
};
const left = async (board: string, user: string) => (await new KeptChanges(board, user).take())?.length;

test.each([
  ['the page stayed open', false],
  ['the page was closed', true],
])(
  'S8: what one wrote in a note while the board was restored is offered back, when %s',
  async (_, closed) => {
    const board = closed ? 'restored-closed' : 'restored';
    const { sync, page } = await serve(board);
    const ada = page('ada');
    await saved(ada);
    addItem(ada.doc, note('n', 'Before'));
    await saved(ada);
    const content = readBoard(ada.doc);
    await offline(ada);
    write(ada, 'n', ', and what I found');
    await settled();
    if (closed) ada.destroy();
    await sync.edit(board, 'bob', { kind: 'restore', content });
    const again = closed ? page('ada') : ada;
    if (!closed) await ada.connect();
    const { removed } = await until(again.removedTexts.store, (s) => s.removed.length > 0);
    expect(removed).toEqual([note('n', 'Before, and what I found')]);
    expect(again.items.store.getState().byId.get('n')).toMatchObject({ text: 'Before' });
  },
);

test('S8: a change that is too large for one message is not sent for ever, and its author is told', async () => {
  const { page } = await serve('large');
  const ada = page('ada');
  await saved(ada);
  await offline(ada);
  addItem(ada.doc, note('large', 'x'.repeat(9 * 2 ** 20)));
  await settled();
  await ada.connect();
  expect((await until(ada.store, (s) => s.ended !== null)).ended).toMatch(/too large/);
  ada.destroy();
  const second = page('ada');
  expect((await until(second.store, (s) => s.ended !== null)).ended).toMatch(/too large/);
  await settled();
  second.destroy();
  const third = page('ada');
  await saved(third);
  await settled();
  expect(third.store.getState()).toMatchObject({ ended: null, recovered: 0 });
});

test('S8: many changes that are too large together come with the next page', async () => {
  const { page } = await serve('many');
  const ada = page('ada');
  await saved(ada);
  await offline(ada);
  for (let i = 0; i < 5; i++) addItem(ada.doc, note(`part-${i}`, 'x'.repeat(2 * 2 ** 20)));
  await settled();
  await ada.connect();
  await until(ada.store, (s) => s.ended !== null);
  ada.destroy();
  const again = page('ada');
  await until(again.store, (s) => s.recovered === 5);
  await saved(again);
  await settled();
  expect(await left('many', 'ada')).toBe(0);
});

test('S8: who is not an editor any more keeps what was unsaved, also on a page that stayed open', async () => {
  const { sync, page } = await serve('lowered');
  const eve = page('eve');
  await saved(eve);
  sync.setRole('project', 'eve', 'viewer');
  addItem(eve.doc, note('of-eve'));
  await until(eve.store, (s) => s.refused !== null);
  await saved(eve);
  await settled();
  eve.destroy();
  const editor = page('eve');
  await until(editor.items.store, (s) => s.byId.has('of-eve'));
});

test('S8: what the browser did not take is tried again, and meanwhile the page does not say that it is kept', async () => {
  const { page } = await serve('quota');
  const ada = page('ada');
  await saved(ada);
  await until(ada.store, (s) => s.keeps);
  await offline(ada);
  addItem(ada.doc, note('one'));
  await settled();
  const add = vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(() => {
    throw new DOMException('the disk is full', 'QuotaExceededError');
  });
  addItem(ada.doc, note('two'));
  await until(ada.store, (s) => !s.keeps);
  add.mockRestore();
  addItem(ada.doc, note('three'));
  await until(ada.store, (s) => s.keeps);
  ada.destroy();
  const again = page('ada');
  await until(again.items.store, (s) => ['one', 'two', 'three'].every((id) => s.byId.has(id)));
  await saved(again);
});

test('S8: a page that ends before what it took over is confirmed leaves it to the next', async () => {
  const first = new KeptChanges('crashed', 'ada');
  first.add(Uint8Array.of(1), []);
  await first.settled();
  expect(await left('crashed', 'ada')).toBe(1);
  const third = new KeptChanges('crashed', 'ada');
  expect(await third.take()).toHaveLength(1);
  third.confirmed();
  await third.settled();
  expect(await left('crashed', 'ada')).toBe(0);
});

test('S8: two windows of one person, both offline: what either made is sent, once', async () => {
  const { page } = await serve('windows');
  const [a, b] = [page('ada'), page('ada')];
  await Promise.all([saved(a), saved(b)]);
  await Promise.all([offline(a), offline(b)]);
  addItem(a.doc, note('of-a'));
  addItem(b.doc, note('of-b'));
  await settled();
  const third = page('ada');
  await until(third.store, (s) => s.recovered === 2);
  await saved(third);
  write(a, 'of-a', ' later');
  await Promise.all([a.connect(), b.connect()]);
  await Promise.all([saved(a), saved(b)]);
  await until(third.items.store, (s) => {
    const item = s.byId.get('of-a');
    return item?.kind === 'note' && item.text === 'hello later';
  });
  expect(third.items.store.getState().list).toHaveLength(2);
  await settled();
  expect(await left('windows', 'ada')).toBe(0);
});

test('S8: what was kept and builds on what the board does not have is told, and not tried for ever', async () => {
  const { page } = await serve('gap');
  const kept = new KeptChanges('gap', 'ada');
  const [, later = new Uint8Array()] = updatesOf((doc) => {
    addItem(doc, note('earlier'));
    addItem(doc, note('later'));
  });
  kept.add(later, []);
  await kept.settled();
  const ada = page('ada', 'editor', 200);
  const { refused } = await until(ada.store, (s) => s.refused !== null);
  expect(refused).toBe(
    'Changes that an earlier page kept build on changes that this board does not have. They are not on the board.',
  );
  await saved(ada);
  await settled();
  expect(await left('gap', 'ada')).toBe(0);
});
