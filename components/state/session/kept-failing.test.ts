/** A browser whose database fails: the page edits and saves, says what it cannot keep, and loses nothing without a word. */
import 'fake-indexeddb/auto';
import { openDB } from 'idb';
import { afterEach, expect, test, vi } from 'vitest';
import { addItem } from '@/core/board/index.ts';
import { start, Tickets } from '@/server/sync/testing/harness.ts';
import { MemoryJournal } from '@/server/sync/testing/journals.ts';
import type { BoardSession } from './session.ts';
import { note, openPage, saved, until } from './testing/pages.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  for (const end of ends.splice(0).reverse()) await end();
});

async function serve(board: string) {
  const tickets = new Tickets();
  const { port, stop } = await start(new MemoryJournal(), tickets);
  ends.push(() => stop());
  return (user = 'ada') => {
    const session = openPage(port, tickets, user, 'editor', board);
    ends.push(() => session.destroy());
    return session;
  };
}
const settled = () => new Promise((resolve) => setTimeout(resolve, 100));
const failing = () => {
  throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
};
async function offline(session: BoardSession) {
  session.disconnect();
  await until(session.store, (s) => s.save.kind === 'offline');
}

test.each<[string, () => unknown]>([
  ['is not there', () => vi.stubGlobal('indexedDB', undefined)],
  ['cannot be opened', () => vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(failing)],
  [
    'never opens',
    () =>
      vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
        const request = Object.create(IDBOpenDBRequest.prototype);
        request.addEventListener = () => undefined;
        request.removeEventListener = () => undefined;
        return request;
      }),
  ],
])('S8: a database that %s: the page edits, saves, and says that it keeps nothing', async (what, fail) => {
  const page = await serve(`none ${what}`.replaceAll(' ', '-'));
  fail();
  const ada = page();
  await saved(ada);
  addItem(ada.doc, note('first'));
  await saved(ada);
  await offline(ada);
  addItem(ada.doc, note('second'));
  await settled();
  expect(ada.store.getState()).toMatchObject({
    keeps: false,
    refused: null,
    save: { kind: 'offline', kept: 1 },
  });
  await ada.connect();
  await saved(ada);
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  const bob = page('bob');
  await saved(bob);
  expect([...bob.items.store.getState().byId.keys()].sort()).toEqual(['first', 'second']);
});

test('S8: what cannot be deleted once it is saved is sent again, and changes nothing', async () => {
  const page = await serve('undeleted');
  const ada = page();
  await saved(ada);
  await until(ada.store, (s) => s.keeps);
  await offline(ada);
  addItem(ada.doc, note('once'));
  await settled();
  const undeletable = vi.spyOn(IDBObjectStore.prototype, 'delete').mockImplementation(failing);
  await ada.connect();
  await saved(ada);
  await settled();
  undeletable.mockRestore();
  ada.destroy();
  const again = page();
  await saved(again);
  await settled();
  expect(again.store.getState()).toMatchObject({ recovered: 0, refused: null });
  expect(again.removedTexts.store.getState().removed).toEqual([]);
  expect(again.items.store.getState().byId.size).toBe(1);
});

test('S8: what cannot be read now stays for the next page', async () => {
  const page = await serve('unread');
  const ada = page();
  await saved(ada);
  await until(ada.store, (s) => s.keeps);
  await offline(ada);
  addItem(ada.doc, note('later'));
  await settled();
  ada.destroy();
  const unreadable = vi.spyOn(IDBObjectStore.prototype, 'openCursor').mockImplementation(failing);
  const second = page();
  await saved(second);
  addItem(second.doc, note('meanwhile'));
  await saved(second);
  await settled();
  expect(second.items.store.getState().byId.has('later')).toBe(false);
  expect(second.store.getState().refused).toBe(
    'The browser does not give back what an earlier page kept. If something is missing here, reload the page; it is kept for 30 days.',
  );
  unreadable.mockRestore();
  second.destroy();
  const third = page();
  await until(third.items.store, (s) => s.byId.has('later'));
  await saved(third);
});

test('S8: one damaged change, and one of another version, take no other with them', async () => {
  const page = await serve('damaged');
  const ada = page();
  await saved(ada);
  await until(ada.store, (s) => s.keeps);
  const database = await openDB('interlayer-kept-changes', 1);
  const of = { board: 'damaged', user: 'ada', written: [], at: Date.now() };
  await database.add('changes', { ...of, update: new Uint8Array([255, 255, 255, 255, 255]) });
  const foreign = await database.add('changes', { version: 9, board: 'damaged' });
  await offline(ada);
  addItem(ada.doc, note('whole'));
  await settled();
  ada.destroy();
  const again = page();
  await until(again.items.store, (s) => s.byId.has('whole'));
  await saved(again);
  expect(again.store.getState().refused).toBe(
    'Some changes that an earlier page kept can no longer be read. They are not on the board; all others were sent.',
  );
  await settled();
  const left = (await database.getAll('changes')).filter(({ board }) => board === 'damaged');
  expect(left).toEqual([{ version: 9, board: 'damaged' }]);
  await database.delete('changes', foreign);
  database.close();
});

test('S8: a database of a newer version is not held up, is left alone, and the page says that it keeps nothing', async () => {
  const page = await serve('newer');
  const before = page();
  await saved(before);
  await until(before.store, (s) => s.keeps);
  const newer = await openDB('interlayer-kept-changes', 2);
  newer.close();
  await until(before.store, (s) => !s.keeps);
  addItem(before.doc, note('edited'));
  await saved(before);
  const ada = page();
  await saved(ada);
  await settled();
  expect(ada.store.getState()).toMatchObject({ keeps: false, refused: null });
});
