/** Closing a page with unsaved changes loses none, over a real server and with the real database code of the browser. */
import 'fake-indexeddb/auto';
import { afterEach, expect, test } from 'vitest';
import { addItem, removeItems, spliceText, textOf } from '@/core/board/index.ts';
import type { Role } from '@/core/roles/index.ts';
import { start, Tickets } from '@/server/sync/testing/harness.ts';
import { MemoryJournal } from '@/server/sync/testing/journals.ts';
import { KeptChanges } from './kept-changes.ts';
import type { BoardSession } from './session.ts';
import { note, openPage, saved, until } from './testing/pages.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});
const journal = new MemoryJournal();
const tickets = new Tickets();

async function serve(port = 0) {
  const running = await start(journal, tickets, {}, port);
  ends.push(() => running.stop());
  return running;
}
function page(port: number, user: string, role: Role = 'editor'): BoardSession {
  const session = openPage(port, tickets, user, role);
  ends.push(() => session.destroy());
  return session;
}
/** All that the page asked of the browser's database is done: what a person takes to close a window. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 100));

test('S8: changes made offline come back after the page was closed, once, and for nobody else', async () => {
  const first = await serve();
  const a = page(first.port, 'ada');
  await saved(a);
  addItem(a.doc, note('saved'));
  await saved(a);
  await first.stop();
  await until(a.store, (s) => s.save.kind === 'offline');
  addItem(a.doc, note('kept'));
  const text = textOf(a.doc, 'saved');
  if (text) spliceText(a.doc, text, { index: 5, remove: 0, insert: ' world' });
  await settled();
  a.destroy();

  const second = await serve(first.port);
  const bob = page(second.port, 'bob');
  await saved(bob);
  await settled();
  expect(bob.items.store.getState().byId.has('kept')).toBe(false);
  const again = page(second.port, 'ada');
  await until(again.store, (s) => s.recovered > 0);
  await saved(again);
  expect(again.store.getState()).toMatchObject({ recovered: 2, keeps: true });
  await until(bob.items.store, (s) => s.byId.has('kept'));
  expect(bob.items.store.getState().byId.get('saved')).toMatchObject({ text: 'hello world' });
  await settled();
  again.destroy();
  const third = page(second.port, 'ada');
  await saved(third);
  await settled();
  expect(third.store.getState().recovered).toBe(0);
});

test('who may not edit any more keeps what was unsaved until they may again', async () => {
  const first = await serve();
  const a = page(first.port, 'eve');
  await saved(a);
  await first.stop();
  await until(a.store, (s) => s.save.kind === 'offline');
  addItem(a.doc, note('of-eve'));
  await settled();
  a.destroy();
  const second = await serve(first.port);
  const viewer = page(second.port, 'eve', 'viewer');
  await saved(viewer);
  await settled();
  expect(viewer.items.store.getState().byId.has('of-eve')).toBe(false);
  expect(viewer.store.getState().refused).toBeNull();
  viewer.destroy();
  const editor = page(second.port, 'eve');
  await until(editor.items.store, (s) => s.byId.has('of-eve'));
  await saved(editor);
});

test('S8: a note that somebody removed while one wrote in it offline is offered back', async () => {
  const first = await serve();
  const [a, bob] = [page(first.port, 'ada'), page(first.port, 'bob')];
  await Promise.all([saved(a), saved(bob)]);
  addItem(a.doc, note('contested', 'Before'));
  await saved(a);
  await until(bob.items.store, (s) => s.byId.has('contested'));
  a.disconnect();
  await until(a.store, (s) => s.save.kind === 'offline');
  const text = textOf(a.doc, 'contested');
  if (text) spliceText(a.doc, text, { index: 6, remove: 0, insert: ', and what I found' });
  removeItems(bob.doc, ['contested']);
  await saved(bob);
  await a.connect();
  const { removed } = await until(a.removedTexts.store, (s) => s.removed.length > 0);
  expect(removed).toMatchObject([{ id: 'contested', text: 'Before, and what I found' }]);
  a.removedTexts.settle('contested');
  expect(a.removedTexts.store.getState().removed).toEqual([]);
});

test('S8: so it is when the page was closed in between', async () => {
  const first = await serve();
  const [a, bob] = [page(first.port, 'ada'), page(first.port, 'bob')];
  await Promise.all([saved(a), saved(bob)]);
  addItem(a.doc, note('closed', 'Before'));
  await saved(a);
  await until(bob.items.store, (s) => s.byId.has('closed'));
  a.disconnect();
  await until(a.store, (s) => s.save.kind === 'offline');
  const text = textOf(a.doc, 'closed');
  for (const word of [' one', ' two'])
    if (text) spliceText(a.doc, text, { index: text.length, remove: 0, insert: word });
  await settled();
  a.destroy();
  removeItems(bob.doc, ['closed']);
  await saved(bob);
  const again = page(first.port, 'ada');
  const { removed } = await until(again.removedTexts.store, (s) => s.removed.length > 0);
  expect(removed).toMatchObject([{ id: 'closed', text: 'Before one two' }]);
  await saved(again);
  await settled();
});

test('what one removes oneself, and what others remove once it is saved, is offered to nobody', async () => {
  const first = await serve();
  const [a, bob] = [page(first.port, 'ada'), page(first.port, 'bob')];
  await Promise.all([saved(a), saved(bob)]);
  addItem(a.doc, note('own'));
  addItem(a.doc, note('theirs'));
  for (const id of ['own', 'theirs']) {
    const text = textOf(a.doc, id);
    if (text) spliceText(a.doc, text, { index: 0, remove: 0, insert: 'x' });
  }
  removeItems(a.doc, ['own']);
  await saved(a);
  await until(bob.items.store, (s) => s.byId.has('theirs'));
  removeItems(bob.doc, ['theirs']);
  await until(a.items.store, (s) => !s.byId.has('theirs'));
  expect(a.removedTexts.store.getState().removed).toEqual([]);
});

test('what could not be sent for a month is given up', async () => {
  let now = 0;
  const old = new KeptChanges('dusty', 'ada', () => now);
  old.add(new Uint8Array([1]), []);
  await old.settled();
  now = 31 * 86_400_000;
  const late = new KeptChanges('dusty', 'ada', () => now);
  expect(await late.take()).toEqual([]);
  now = 0;
  expect(await new KeptChanges('dusty', 'ada', () => now).take()).toEqual([]);
});
