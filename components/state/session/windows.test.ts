/** One person in several windows: duplicated tabs, two browsers, two boards. Each window is a session of its own. */
import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, expect, test } from 'vitest';
import * as Y from 'yjs';
import { addItem, removeItems, spliceText, textOf } from '@/core/board/index.ts';
import { same, start, stored, Tickets } from '@/server/sync/testing/harness.ts';
import { MemoryJournal } from '@/server/sync/testing/journals.ts';
import { updatesOf } from '@/server/sync/testing/updates.ts';
import { BoardEdits } from '../edits/edits.ts';
import { KeptChanges } from './kept-changes.ts';
import type { BoardSession } from './session.ts';
import { note, openPage, saved, until } from './testing/pages.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function serve() {
  const tickets = new Tickets();
  const journal = new MemoryJournal();
  const { port, stop } = await start(journal, tickets);
  ends.push(() => stop());
  const page = (user: string, board: string) => {
    const session = openPage(port, tickets, user, 'editor', board);
    ends.push(() => session.destroy());
    return session;
  };
  return { page, journal };
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
const textIn = (session: BoardSession, id: string) => textOf(session.doc, id)?.toString() ?? '';
const left = async (board: string, user: string) => (await new KeptChanges(board, user).take())?.length;
const count = (text: string, part: string) => text.split(part).length - 1;

test.each([
  ['the first comes back first', false],
  ['the second comes back first', true],
])(
  'S8: a tab and its duplicate write in one note offline, and a third opens: all is there once, when %s',
  async (_, reversed) => {
    const board = `duplicated-${reversed}`;
    const { page, journal } = await serve();
    const pair = [page('ada', board), page('ada', board)] as const;
    await Promise.all(pair.map(saved));
    addItem(pair[0].doc, note('n', 'Begun.'));
    await saved(pair[0]);
    await until(pair[1].items.store, (s) => s.byId.has('n'));
    await Promise.all(pair.map(offline));
    for (let i = 0; i < 20; i++)
      for (const [at, session] of pair.entries()) write(session, 'n', ` ${at}:${i};`);
    await settled();
    const third = page('ada', board);
    await until(third.store, (s) => s.recovered === 40);
    // One goes on while the third has what it wrote so far.
    write(pair[0], 'n', ' later;');
    for (const session of reversed ? [...pair].reverse() : pair) {
      await session.connect();
      await saved(session);
    }
    await saved(third);
    await until(third.items.store, () => textIn(third, 'n').includes('later'));
    const text = textIn(third, 'n');
    for (let i = 0; i < 20; i++) for (const at of [0, 1]) expect(count(text, ` ${at}:${i};`)).toBe(1);
    expect(count(text, 'Begun.')).toBe(1);
    // Each hears of it in its own time: no one store tells when all have.
    await expect.poll(() => pair.every(({ doc }) => same(doc, third.doc)), { timeout: 20_000 }).toBe(true);
    expect(same(await stored(journal, board), third.doc)).toBe(true);
    await settled();
    expect(await left(board, 'ada')).toBe(0);
  },
);

test('S8: a removed text that two tabs offer and both put back is there twice, and what is written in either stays', async () => {
  const { page } = await serve();
  const ada = page('ada', 'removed');
  await saved(ada);
  addItem(ada.doc, note('n', 'Begun'));
  await saved(ada);
  await offline(ada);
  write(ada, 'n', ', and finished');
  await settled();
  const bob = page('bob', 'removed');
  await until(bob.items.store, (s) => s.byId.has('n'));
  removeItems(bob.doc, ['n']);
  await saved(bob);
  const twin = page('ada', 'removed');
  const offered = async (session: BoardSession) =>
    (await until(session.removedTexts.store, (s) => s.removed.length > 0)).removed;
  const [ofTwin = note('none')] = await offered(twin);
  await ada.connect();
  const [ofAda = note('none')] = await offered(ada);
  expect([ofTwin, ofAda].map((item) => item.kind === 'note' && item.text)).toEqual([
    'Begun, and finished',
    'Begun, and finished',
  ]);
  new BoardEdits(twin).putBack(ofTwin);
  twin.removedTexts.settle('n');
  const { list } = await until(bob.items.store, (s) => s.list.length === 1);
  const first = list[0]?.id ?? '';
  write(bob, first, ', and gone on with');
  await until(twin.items.store, () => textIn(twin, first).includes('gone on'));
  new BoardEdits(ada).putBack(ofAda);
  ada.removedTexts.settle('n');
  await until(bob.items.store, (s) => s.list.length === 2);
  await Promise.all([ada, twin, bob].map(saved));
  expect(
    bob.items.store
      .getState()
      .list.map(({ id }) => textIn(bob, id))
      .sort(),
  ).toEqual(['Begun, and finished', 'Begun, and finished, and gone on with']);
});

test('S8: two browsers of one person on two boards keep each their own, and send it where it belongs', async () => {
  const { page } = await serve();
  const browsers = [new IDBFactory(), new IDBFactory()];
  const boards = ['left', 'right'];
  const windows: { session: BoardSession; browser: IDBFactory; board: string }[] = [];
  for (const [i, browser] of browsers.entries())
    for (const board of boards) {
      globalThis.indexedDB = browser;
      const session = page('ada', board);
      await saved(session);
      await until(session.store, (s) => s.keeps);
      await offline(session);
      addItem(session.doc, note(`${board}-${i}`));
      windows.push({ session, browser, board });
    }
  await settled();
  for (const { session } of windows) session.destroy();
  for (const browser of browsers)
    for (const board of boards) {
      globalThis.indexedDB = browser;
      const session = page('ada', board);
      expect((await until(session.store, (s) => s.recovered > 0)).recovered).toBe(1);
      await saved(session);
      await settled();
      expect(await left(board, 'ada')).toBe(0);
    }
  for (const board of boards) {
    const bob = page('bob', board);
    await until(bob.items.store, (s) => s.byId.has(`${board}-0`) && s.byId.has(`${board}-1`));
    expect(bob.items.store.getState().list).toHaveLength(2);
  }
});

test('S8: what a live window kept last, when the board has not yet what it builds on, is neither lost nor called lost', async () => {
  const { page } = await serve();
  const [earlier = new Uint8Array(), later = new Uint8Array()] = updatesOf((doc) => {
    addItem(doc, note('earlier'));
    addItem(doc, note('later'));
  });
  const kept = new KeptChanges('late', 'ada');
  kept.add(later, []);
  await kept.settled();
  const second = page('ada', 'late');
  await until(second.store, (s) => s.loaded);
  await settled();
  // What it waits for is not confirmed by what is saved meanwhile.
  addItem(second.doc, note('meanwhile'));
  await saved(second);
  await settled();
  // The other window's first change, on its way until now.
  globalThis.indexedDB = new IDBFactory();
  const first = page('ada', 'late');
  await saved(first);
  Y.applyUpdate(first.doc, earlier);
  await until(second.items.store, (s) => s.byId.has('later'));
  await saved(second);
  expect(second.store.getState()).toMatchObject({ refused: null, recovered: 1 });
  const bob = page('bob', 'late');
  await until(bob.items.store, (s) => s.byId.has('earlier') && s.byId.has('later'));
  await settled();
  expect(await left('late', 'ada')).toBe(0);
});
