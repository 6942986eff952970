import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { CLOSE } from '../../core/api/index.ts';
import { updateMessage } from './messages.ts';
import { converged, same, stored } from './testing/harness.ts';
import { MemoryJournal } from './testing/journals.ts';
import { filled, scene } from './testing/scene.ts';
import { openBoard } from './testing/sqlite.ts';
import {
  all,
  any,
  atRoot,
  behind,
  forged,
  gc,
  keyOf,
  nested,
  number,
  text,
  times,
  updatesOf,
  within,
} from './testing/updates.ts';

const serve = scene();

describe('S7 S8 updates that no client makes', () => {
  const hostile: [string, Uint8Array, 'quarantined' | 'too_large'][] = [
    [
      'two structs of no length (13 bytes)',
      forged([{ client: 7, count: 2, structs: all(gc(0), gc(0)) }]),
      'quarantined',
    ],
    [
      'values nested 5,000 deep',
      forged([{ client: 7, count: 1, structs: atRoot('list', 8, all(number(1), nested(5000))) }]),
      'quarantined',
    ],
    [
      '60,000 map items in 480 kB',
      forged([
        {
          client: 7,
          count: 60_000,
          structs: times(60_000, () => keyOf('m', 'k', 8, all(number(1), any(1)))),
        },
      ]),
      'too_large',
    ],
    [
      '4 million empty structs',
      forged([{ client: 7, count: 4_000_000, structs: times(4_000_000, () => gc(0)) }]),
      'too_large',
    ],
    [
      'types chained 40,000 deep',
      forged([
        {
          client: 7,
          count: 40_000,
          structs: times(40_000, (i) =>
            i === 0 ? atRoot('m', 7, number(0)) : within(7, i - 1, 7, number(0)),
          ),
        },
      ]),
      'quarantined',
    ],
    ['deletions of what is not there yet', forged([], [[4242, 0, 1000]]), 'quarantined'],
  ];
  for (const [name, update, code] of hostile)
    it(`S8 ${name}: refused, told, and stored by nobody`, async () => {
      const journal = await filled('stored');
      const { join, bare, server } = await serve(journal, { squashAfter: 1 });
      const ada = join('ada');
      await ada.synced();
      const eve = bare('eve');
      await eve.welcomed();
      // An answer to the server's first question: what comes later is no longer held back for it.
      eve.socket.send(Uint8Array.of(0, 1, 2, 0, 0));
      eve.socket.send(updateMessage(update));
      const told = await eve.until('a refusal', () => eve.messages.find(({ type }) => type === 'refused'));
      expect(told).toMatchObject({ code });
      if (code === 'too_large') expect((await eve.closed()).code).toBe(CLOSE.tooLarge);
      ada.text().insert(0, 'still ');
      await ada.until('saved', () => ada.saved === 2);
      await ada.until('squashed', () => journal.board('board').rows.size === 0);
      expect(same(await stored(journal), ada.doc)).toBe(true);
      expect(journal.authors.slice(1)).toEqual(['ada']);
      expect(server.logs.filter(({ level }) => level === 'error')).toEqual([]);
    });

  it('S7 what is too much is told in words', async () => {
    const { bare } = await serve(new MemoryJournal());
    const eve = bare('eve');
    await eve.welcomed();
    const structs = times(60_000, (i) => keyOf('m', `${i}`, 8, all(number(1), any(1))));
    eve.socket.send(updateMessage(forged([{ client: 7, count: 60_000, structs }])));
    const told = await eve.until('a refusal', () => eve.messages.find(({ type }) => type === 'refused'));
    expect(told).toMatchObject({
      message: 'A change was not taken: a change of 60000 parts, at most 50000. Make it in smaller steps.',
    });
    expect((await eve.closed()).reason).toBe(
      'A change held more parts than this server takes at once. Make it in smaller steps.',
    );
  });

  it('S8 what is edited between the opening of a socket and its first answer is not taken for a gap', async () => {
    const journal = await filled('stored');
    const { bare } = await serve(journal);
    const doc = new Y.Doc();
    const updates: Uint8Array[] = [];
    doc.on('update', (update: Uint8Array) => updates.push(update));
    doc.getText('text').insert(0, 'offline ');
    doc.getText('text').insert(8, 'early ');
    const early = updates[1];
    if (!early) throw new Error('two updates');
    const ada = bare('ada');
    await ada.welcomed();
    ada.socket.send(updateMessage(early));
    const whole = updateMessage(Y.encodeStateAsUpdate(doc));
    whole[1] = 1;
    ada.socket.send(whole);
    await ada.until('saved', () => ada.messages.some((m) => m.type === 'saved' && m.count === 2));
    expect(ada.messages.filter(({ type }) => type === 'refused')).toEqual([]);
    expect((await stored(journal)).getText('text').toString()).toMatch(/offline early /);
  });

  it('S8 deletions of what is deleted already are acknowledged and not stored', async () => {
    const journal = await filled('stored');
    const { join } = await serve(journal, { lingerMs: 60_000 });
    const ada = join('ada');
    const grace = join('grace');
    await Promise.all([ada.synced(), grace.synced()]);
    ada.text().delete(0, 3);
    await ada.until('saved', () => ada.saved === 2);
    await converged(ada, grace);
    const rows = journal.authors.length;
    for (let i = 0; i < 5; i++) grace.sendRaw(updateMessage(Y.encodeStateAsUpdate(grace.doc)));
    await grace.until('saved', () => grace.saved === 6);
    expect(journal.authors).toHaveLength(rows);
  });
});

it('S8 a stored board that cannot be read is opened from the state before and its rows, and reported', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'interlayer-broken-'));
  const { store, boardId, userIds } = await openBoard(folder, 1);
  try {
    const [one = new Uint8Array(), two = new Uint8Array()] = updatesOf((doc) => {
      doc.getText('text').insert(0, 'kept');
      doc.getText('text').insert(4, ' all');
    });
    const [userId = ''] = userIds;
    const seqs = [];
    for (const update of [one, two]) seqs.push(await store.journal.append(boardId, { update, userId }));
    await store.journal.squash(boardId, Uint8Array.of(1, 2, 3), seqs);
    const { server, join: enter } = await serve(store.journal);
    const client = enter(userId, 'editor', { boardId });
    await client.synced();
    expect(client.text().toString()).toBe('kept all');
    expect(server.logs.map(({ message }) => message)).toEqual(
      expect.arrayContaining([
        'a stored board cannot be read',
        'the board before its last squash is used, with its rows',
      ]),
    );
    client.destroy();
    await server.stop();
  } finally {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

it('S8 a board that took what cannot be stored again is opened without it, keeps it aside, and is squashed', async () => {
  const journal = new MemoryJournal();
  const [first = new Uint8Array()] = updatesOf((doc) => {
    doc.transact(() => {
      doc.getText('text').insert(0, 'hello');
      doc.getMap('bindings').set('class', 3);
    });
  }, 1);
  // Written past the server, as one that did not look at places took it.
  const poison = forged([{ client: 7, count: 1, structs: behind(1, 5, 4, text('or')) }], [[7, 1, 1]]);
  for (const update of [first, poison]) await journal.append('board', { update, userId: 'eve' });
  const { join, server } = await serve(journal, { squashAfter: 3, lingerMs: 60_000 });
  const ada = join('ada');
  await ada.synced();
  ada.text().insert(5, ' world');
  await ada.until('saved', () => ada.saved === 2);
  await expect.poll(() => journal.board('board').rows.size).toBe(0);
  expect((await stored(journal)).getText('text').toString()).toBe('hello world');
  expect(journal.quarantined).toEqual([
    { update: poison, userId: null, reason: 'stored row 2 holds a key with several values' },
  ]);
  expect(server.logs).toContainEqual({ level: 'error', message: 'a stored update does not apply' });
});
