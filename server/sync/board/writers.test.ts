import { describe, expect, it } from 'vitest';
import * as Y from 'yjs';
import { CLOSE } from '../../../core/api/index.ts';
import { awarenessEntry, awarenessMessage, updateMessage } from '../messages.ts';
import { type BareSocket, converged, same, start, stored } from '../testing/harness.ts';
import { MemoryJournal } from '../testing/journals.ts';
import { filled, scene } from '../testing/scene.ts';
import { behind, forged, gc, text, updatesOf } from '../testing/updates.ts';

const serve = scene();
const FOREIGN =
  'A change came under the id of another person’s window and was not taken. Copy what you wrote, then reload the page.';
const complete = (socket: BareSocket) => socket.socket.send(Uint8Array.of(0, 1, 2, 0, 0));
const refusal = (socket: BareSocket) =>
  socket.until('a refusal', () => socket.messages.find(({ type }) => type === 'refused'));

describe('S6 a client id is one person’s', () => {
  it('S6 nobody makes another’s edits vanish by writing under their id what they would write next', async () => {
    const journal = await filled('stored');
    const { join, bare, server } = await serve(journal);
    const ada = join('ada');
    const grace = join('grace');
    await Promise.all([ada.synced(), grace.synced()]);
    const eve = bare('eve');
    await eve.welcomed();
    complete(eve);
    ada.text().insert(0, 'a');
    await ada.until('saved', () => ada.saved === 2);
    const victim = ada.doc.clientID;
    // What comes next, and what comes after a gap of one.
    for (const clock of [1, 2])
      eve.socket.send(
        updateMessage(
          forged([{ client: victim, clock, count: 1, structs: behind(victim, 0, 4, text('x'.repeat(28))) }]),
        ),
      );
    // And deletions of what is not written yet.
    eve.socket.send(updateMessage(forged([], [[victim, 1, 29]])));
    await eve.until(
      'three refusals',
      () => eve.messages.filter(({ type }) => type === 'refused').length === 3,
    );
    expect(await refusal(eve)).toMatchObject({ code: 'foreign', message: FOREIGN });
    for (const letter of 'bcdefghijklmnopqrstuvwxyz1234') ada.text().insert(ada.text().length, letter);
    await ada.until('saved', () => ada.saved === 31);
    await converged(ada, grace);
    expect(grace.text().toString()).toBe('astoredbcdefghijklmnopqrstuvwxyz1234');
    expect(same(await stored(journal), ada.doc)).toBe(true);
    expect(server.logs.filter(({ level }) => level === 'error')).toEqual([]);
  });

  it('S6 who has joined and written nothing yet has their id already, also after a restart', async () => {
    const journal = new MemoryJournal();
    const { join, bare, server, tickets } = await serve(journal);
    const ada = join('ada');
    const grace = join('grace');
    await grace.until('ada', () => grace.provider.awareness.getStates().has(ada.doc.clientID));
    const steal = updateMessage(forged([{ client: ada.doc.clientID, count: 1, structs: gc(5) }]));
    const eve = bare('eve');
    await eve.welcomed();
    complete(eve);
    eve.socket.send(steal);
    expect(await refusal(eve)).toMatchObject({ code: 'foreign' });
    ada.provider.disconnect();
    ada.text().insert(0, 'offline');
    await server.stop();
    const restarted = await start(journal, tickets, {}, server.port);
    const later = bare('eve');
    await later.welcomed();
    complete(later);
    later.socket.send(steal);
    expect(await refusal(later)).toMatchObject({ code: 'foreign' });
    ada.provider.connect();
    await grace.until('the edit', () => grace.text().toString() === 'offline');
    ada.destroy();
    grace.destroy();
    await restarted.stop();
  });

  it('S6 a person’s other windows, and what an earlier one wrote offline, are theirs', async () => {
    const journal = new MemoryJournal();
    const { join } = await serve(journal);
    const before = join('ada');
    await before.synced();
    before.text().insert(0, 'one ');
    await before.until('saved', () => before.saved === 2);
    before.provider.disconnect();
    before.text().insert(4, 'offline ');
    const kept = Y.encodeStateAsUpdate(before.doc);
    before.destroy();
    const doc = new Y.Doc();
    Y.applyUpdate(doc, kept);
    doc.getText('text').insert(0, 'two ');
    const later = join('ada', 'editor', { doc });
    const grace = join('grace');
    await grace.until('all of it', () => grace.text().toString() === 'two one offline ');
    expect(later.messages.filter(({ type }) => type === 'refused')).toEqual([]);
    expect(new Set(journal.board('board').writers.values())).toEqual(new Set(['ada', 'grace']));
  });

  it('S6 an id that only a viewer has shown is theirs, also after a restart', async () => {
    const journal = new MemoryJournal();
    const { bare, server, tickets } = await serve(journal);
    const viewer = bare('vera', 'viewer');
    await viewer.welcomed();
    viewer.socket.send(awarenessMessage([awarenessEntry(99, 0, '{}')]));
    const steal = updateMessage(forged([{ client: 99, count: 1, structs: gc(1) }]));
    const eve = bare('eve');
    await eve.welcomed();
    complete(eve);
    await eve.until('vera', () => eve.received.some((bytes) => bytes[0] === 1 && bytes.length > 10));
    eve.socket.send(steal);
    expect(await refusal(eve)).toMatchObject({ code: 'foreign' });
    await server.stop();
    const restarted = await start(journal, tickets, {}, server.port);
    const later = bare('eve');
    await later.welcomed();
    complete(later);
    later.socket.send(steal);
    expect(await refusal(later)).toMatchObject({ code: 'foreign' });
    await restarted.stop();
  });

  it('S7 a board that has had its windows says so, and what to do', async () => {
    const { bare, join } = await serve(new MemoryJournal(), { documentClients: 3 });
    const eve = bare('eve');
    await eve.welcomed();
    complete(eve);
    for (const client of [1, 2, 3, 4])
      eve.socket.send(updateMessage(forged([{ client, count: 1, structs: gc(1) }])));
    const words =
      'This board has had as many windows as one board takes. Duplicate it, and go on in the copy.';
    expect(await refusal(eve)).toMatchObject({ code: 'too_large', message: words });
    expect(await eve.closed()).toEqual({ code: CLOSE.tooLarge, reason: words });
    // It can still be looked at.
    await join('vera', 'viewer').synced();
  });

  it('S6 S7 one person cannot use up the windows that a board has room for', async () => {
    const journal = await filled('stored');
    const { join, bare } = await serve(journal);
    const grace = join('grace');
    const eve = bare('eve');
    await Promise.all([grace.synced(), eve.welcomed()]);
    complete(eve);
    for (let at = 0; at < 5; at++) {
      const clients = Array.from({ length: 64 }, (_, i) => 1000 + 64 * at + i);
      eve.socket.send(updateMessage(forged(clients.map((client) => ({ client, count: 1, structs: gc(1) })))));
    }
    expect(await refusal(eve)).toMatchObject({
      code: 'too_large',
      message:
        'A change was not taken: changes of too many new windows of one person. Make it in smaller steps.',
    });
    await eve.closed();
    grace.text().insert(0, 'un');
    await grace.until('saved', () => grace.saved === 2);
    expect((await stored(journal)).store.clients.size).toBeLessThan(260);
  });

  it('S6 a board from before ids were kept tells by its rows whose they are', async () => {
    const journal = new MemoryJournal();
    const [first = new Uint8Array()] = updatesOf((doc) => doc.getText('text').insert(0, 'old'), 1234);
    const seq = await journal.append('board', { update: first, userId: 'ada' });
    journal.writers = async () => ({ clients: [], rows: [{ seq, userId: 'ada' }] });
    const { bare } = await serve(journal);
    const eve = bare('eve');
    await eve.welcomed();
    complete(eve);
    eve.socket.send(
      updateMessage(forged([{ client: 1234, clock: 3, count: 1, structs: behind(1234, 2, 4, text('x')) }])),
    );
    expect(await refusal(eve)).toMatchObject({ code: 'foreign' });
  });
});

describe('S8 what is kept aside is bounded', () => {
  it('S8 an update that is not kept aside is told so', async () => {
    const journal = new MemoryJournal();
    journal.quarantine = async () => false;
    const { bare } = await serve(journal);
    const eve = bare('eve');
    await eve.welcomed();
    eve.socket.send(updateMessage(Uint8Array.of(1, 2, 3)));
    expect(await refusal(eve)).toMatchObject({
      code: 'quarantined',
      message:
        'A change could not be applied, and no more such changes are kept. Copy what you wrote, then reload the page.',
    });
    await eve.until('saved', () => eve.messages.some((m) => m.type === 'saved' && m.count === 1));
  });
});
