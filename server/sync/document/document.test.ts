import { describe, expect, it, vi } from 'vitest';
import * as Y from 'yjs';
import { CLOSE } from '../../../core/api/index.ts';
import { note } from '../../../core/board/board.fixture.ts';
import { NO_BINDINGS, readItems } from '../../../core/board/index.ts';
import { SAVE_FAILING } from '../close-reasons.ts';
import type { BoardEdit } from '../index.ts';
import { converged, roundTrip, same, stored } from '../testing/harness.ts';
import { Gate, MemoryJournal, UnsteadyJournal } from '../testing/journals.ts';
import { filled, scene } from '../testing/scene.ts';

const serve = scene();

/** What a snapshot brings back: one note. */
const restoring = (text: string): BoardEdit => ({
  kind: 'restore',
  content: { items: [note('n', { text })], bindings: NO_BINDINGS, slices: {}, marks: {} },
});

describe('S1 a document is served after its load and dropped after its last save', () => {
  it('S1 a client that joins while a slow store is loading sees nothing until all is there', async () => {
    const journal = new UnsteadyJournal(await filled('stored'));
    const gate = new Gate();
    journal.before = (method) => (method === 'load' ? gate.pass() : undefined);
    const { join } = await serve(journal);
    const client = join('ada');
    await gate.reached;
    await client.until('connected', () => client.provider.wsconnected);
    client.text().insert(0, 'early ');
    expect(client.provider.synced).toBe(false);
    gate.open();
    await client.synced();
    expect(client.text().toString()).toContain('stored');
    await client.until('saved', () => client.saved >= 1);
    expect(same(await stored(journal), client.doc)).toBe(true);
  });

  it('S1 a client that joins during the last save gets the live document, and its edits are kept', async () => {
    const journal = new UnsteadyJournal(await filled('first'));
    const gate = new Gate();
    let squashes = 0;
    journal.before = (method) => (method === 'squash' && ++squashes === 1 ? gate.pass() : undefined);
    const { server, join } = await serve(journal);
    const before = join('ada');
    await before.synced();
    before.text().insert(0, 'A');
    await before.until('saved', () => before.saved >= 2);
    before.destroy();
    await gate.reached;
    // The last save is under way.
    const after = join('grace');
    await after.synced();
    after.text().insert(0, 'B');
    await after.until('saved', () => after.saved >= 2);
    gate.open();
    const late = join('edsger');
    await late.synced();
    await converged(after, late);
    expect(late.text().toString()).toBe('BAfirst');
    expect(server.sync.stats().documents).toBe(1);
    expect(journal.calls.filter((call) => call === 'load')).toHaveLength(1);
    expect((await stored(journal)).getText('text').toString()).toBe('BAfirst');
  });

  it('S1 a load that fails is tried again', async () => {
    const journal = new UnsteadyJournal(await filled('stored'));
    let failures = 2;
    journal.before = (method) => {
      if (method === 'load' && failures-- > 0) throw new Error('store down');
    };
    const { join } = await serve(journal);
    const client = join('ada');
    await client.synced();
    expect(client.text().toString()).toBe('stored');
    expect(journal.calls.filter((call) => call === 'load')).toHaveLength(3);
  });

  it('S1 a board that cannot be loaded is never served empty; the socket is closed and may come again', async () => {
    const journal = new UnsteadyJournal(await filled('stored'));
    let down = true;
    journal.before = (method) => {
      if (method === 'load' && down) throw new Error('store down');
    };
    const { join } = await serve(journal, { storageMs: 300 });
    const client = join('ada');
    await client.until('close', () => client.closes.length > 0);
    expect(client.closes[0]?.code).toBe(CLOSE.storage);
    expect(client.messages).toEqual([]);
    down = false;
    await client.synced();
    expect(client.text().toString()).toBe('stored');
  });

  it('S1 a load that hangs ends in a close, not in an empty board', async () => {
    const journal = new UnsteadyJournal(await filled('stored'));
    const gate = new Gate();
    journal.before = (method) => (method === 'load' ? gate.pass() : undefined);
    const { join } = await serve(journal, { storageMs: 200 });
    const client = join('ada');
    await client.until('close', () => client.closes.length > 0);
    expect(client.closes[0]?.code).toBe(CLOSE.storage);
    expect(client.provider.synced).toBe(false);
    gate.open();
  });
});

describe('S2 durable before shown', () => {
  it('S2 an update that is not durable is not broadcast, not acknowledged and not served to newcomers', async () => {
    const journal = new UnsteadyJournal(await filled('stored'));
    const { join } = await serve(journal);
    const author = join('ada');
    const reader = join('grace');
    await author.synced();
    await reader.synced();
    await author.until('the first count', () => author.saved === 1);
    const gate = new Gate();
    journal.before = (method) => (method === 'append' ? gate.pass() : undefined);
    author.text().insert(0, 'new ');
    await gate.reached;
    const newcomer = join('edsger');
    await newcomer.synced();
    expect(newcomer.text().toString()).toBe('stored');
    expect(reader.text().toString()).toBe('stored');
    expect(author.saved).toBe(1);
    gate.open();
    await converged(author, reader, newcomer);
    await author.until('saved', () => author.saved === 2);
    expect(reader.text().toString()).toBe('new stored');
    expect(same(await stored(journal), author.doc)).toBe(true);
  });

  it('S2 updates that arrive during a write go out together, one row per person, none lost', async () => {
    const inner = new MemoryJournal();
    const journal = new UnsteadyJournal(inner);
    const { join } = await serve(journal);
    const ada = join('ada');
    const grace = join('grace');
    await ada.synced();
    await grace.synced();
    const gate = new Gate();
    journal.before = (method) => (method === 'append' ? gate.pass() : undefined);
    ada.text().insert(0, 'x');
    await gate.reached;
    journal.before = () => undefined;
    for (let i = 0; i < 50; i++) {
      ada.doc.getMap('ada').set(`${i}`, i);
      grace.doc.getMap('grace').set(`${i}`, i);
    }
    // A reply to a later message shows that all of these were read.
    await Promise.all([ada, grace].map((client) => roundTrip(client)));
    gate.open();
    await ada.until('saved', () => ada.saved === 52);
    await grace.until('saved', () => grace.saved === 51);
    await converged(ada, grace);
    expect(inner.authors).toEqual(['ada', 'ada', 'grace']);
    expect(same(await stored(inner), ada.doc)).toBe(true);
  });

  it('S2 a failing store: the client is told, nothing is shown before it is durable, nothing is lost', async () => {
    const inner = await filled('stored');
    const journal = new UnsteadyJournal(inner);
    const { join } = await serve(journal);
    const author = join('ada');
    const reader = join('grace');
    await Promise.all([author.synced(), reader.synced()]);
    let down = true;
    journal.before = (method) => {
      if (method === 'append' && down) throw new Error('disk full');
    };
    author.text().insert(0, 'new ');
    expect((await author.heard('save-failing')).message).toBe(SAVE_FAILING);
    await reader.heard('save-failing');
    const newcomer = join('edsger');
    await newcomer.heard('save-failing');
    author.text().insert(0, 'more ');
    expect(reader.text().toString()).toBe('stored');
    const heard = reader.messages.length;
    down = false;
    await converged(author, reader, newcomer);
    await author.until('saved', () => author.saved === 3);
    // Who was told that saving fails is told that it works again, also with nothing of their own to save.
    await reader.until('saved again', () =>
      reader.messages.slice(heard).some(({ type }) => type === 'saved'),
    );
    expect(reader.text().toString()).toBe('more new stored');
    expect(same(await stored(inner), author.doc)).toBe(true);
  });

  it('S2 a write that happened but was reported as failed does no harm', async () => {
    const inner = await filled('stored');
    const journal = new UnsteadyJournal(inner);
    const { join } = await serve(journal);
    const author = join('ada');
    await author.synced();
    let failures = 3;
    journal.after = (method) => {
      if (method === 'append' && failures-- > 0) throw new Error('connection lost after commit');
    };
    author.text().insert(0, 'new ');
    await author.until('saved', () => author.saved === 2);
    expect((await stored(inner)).getText('text').toString()).toBe('new stored');
  });

  it('S2 a store that stays down: sockets are closed with CLOSE.storage, and nothing is lost', async () => {
    const inner = await filled('stored');
    const journal = new UnsteadyJournal(inner);
    const { join } = await serve(journal, { storageMs: 300 });
    const author = join('ada');
    await author.synced();
    let down = true;
    journal.before = (method) => {
      if (method === 'append' && down) throw new Error('disk full');
    };
    author.text().insert(0, 'new ');
    await author.until('close', () => author.closes.length > 0);
    expect(author.closes[0]?.code).toBe(CLOSE.storage);
    // The author's window is gone; what it sent is still kept here and written later.
    author.destroy();
    down = false;
    const reader = join('grace');
    await reader.until('the edit', () => reader.text().toString() === 'new stored');
    expect((await stored(inner)).getText('text').toString()).toBe('new stored');
  });

  it('S2 a write that hangs is reported, and ends in CLOSE.storage', async () => {
    const journal = new UnsteadyJournal(await filled('stored'));
    const { join } = await serve(journal, { storageMs: 200 });
    const author = join('ada');
    await author.synced();
    const gate = new Gate();
    journal.before = (method) => (method === 'append' ? gate.pass() : undefined);
    author.text().insert(0, 'new ');
    await author.heard('save-failing');
    await author.until('close', () => author.closes.length > 0);
    expect(author.closes[0]?.code).toBe(CLOSE.storage);
    gate.open();
    journal.before = () => undefined;
    await author.until('saved on a new connection', () => author.provider.synced && author.saved > 0);
    expect((await stored(journal)).getText('text').toString()).toBe('new stored');
  });

  it('S2 squash runs beside writes and deletes only the rows that it merged', async () => {
    const inner = new MemoryJournal();
    const journal = new UnsteadyJournal(inner);
    const { join } = await serve(journal, { squashAfter: 5, lingerMs: 60_000 });
    const author = join('ada');
    await author.synced();
    const gate = new Gate();
    journal.before = (method) => (method === 'squash' ? gate.pass() : undefined);
    let count = 1;
    const write = async (times: number) => {
      for (let i = 0; i < times; i++) {
        author.text().insert(0, `${count % 10}`);
        count++;
        await author.until('saved', () => author.saved === count);
      }
    };
    await write(5);
    await gate.reached;
    await write(3);
    expect(inner.board('board').rows.size).toBe(8);
    gate.open();
    journal.before = () => undefined;
    await write(1);
    expect(inner.board('board').state).not.toBeNull();
    expect(inner.board('board').rows.size).toBe(4);
    expect(same(await stored(inner), author.doc)).toBe(true);
    await write(1);
    await vi.waitFor(() => expect(journal.calls.filter((call) => call === 'squash')).toHaveLength(2));
  });

  it('S2 a squash that fails keeps the rows and is tried again later', async () => {
    const inner = new MemoryJournal();
    const journal = new UnsteadyJournal(inner);
    const { join } = await serve(journal, { squashAfter: 3, lingerMs: 60_000 });
    let failures = 1;
    journal.before = (method) => {
      if (method === 'squash' && failures-- > 0) throw new Error('locked');
    };
    const author = join('ada');
    await author.synced();
    for (let i = 0; i < 6; i++) {
      author.text().insert(0, 'x');
      await author.until('saved', () => author.saved === i + 2);
    }
    const reader = join('grace');
    await reader.synced();
    expect(inner.board('board').rows.size).toBe(0);
    expect(reader.text().toString()).toBe('xxxxxx');
    expect(same(await stored(inner), author.doc)).toBe(true);
  });

  it('S2 a reconnect without edits writes nothing', async () => {
    const inner = new MemoryJournal();
    const { join } = await serve(inner, { lingerMs: 60_000 });
    const author = join('ada');
    await author.synced();
    author.text().insert(0, 'some text');
    author.text().delete(0, 5);
    await author.until('saved', () => author.saved === 3);
    const rows = inner.board('board').rows.size;
    author.provider.disconnect();
    author.messages.length = 0;
    author.provider.connect();
    await author.until('saved', () => author.saved === 1);
    expect(inner.board('board').rows.size).toBe(rows);
  });
});

describe('the server’s own use of documents', () => {
  it('S2 edit is journalled, then seen by all, and says who made it', async () => {
    const inner = await filled('stored');
    const journal = new UnsteadyJournal(inner);
    const { join, server } = await serve(journal);
    const client = join('ada');
    await client.synced();
    const gate = new Gate();
    journal.before = (method) => (method === 'append' ? gate.pass() : undefined);
    const edited = server.sync.edit('board', 'grace', restoring('restored'));
    await gate.reached;
    expect(client.text().toString()).toBe('stored');
    expect(readItems(client.doc)).toEqual([]);
    gate.open();
    await edited;
    await client.until('the edit', () => readItems(client.doc).length === 1);
    expect(inner.authors.at(-1)).toBe('grace');
  });

  it('state gives a closed board from the store and leaves it closed', async () => {
    const { server } = await serve(await filled('stored'));
    const doc = new Y.Doc();
    Y.applyUpdate(doc, await server.sync.state('board'));
    expect(doc.getText('text').toString()).toBe('stored');
  });

  it('an edit that would make a board larger than it may be is refused', async () => {
    const { server } = await serve(await filled('stored'), { documentBytes: 1000 });
    await expect(server.sync.edit('board', null, restoring('x'.repeat(2000)))).rejects.toMatchObject({
      code: 'too_large',
      message: 'The board is full: remove something, then try again.',
    });
  });

  it('state and edit of a board that cannot be loaded say so', async () => {
    const journal = new UnsteadyJournal(await filled('stored'));
    journal.before = () => {
      throw new Error('store down');
    };
    const { server } = await serve(journal, { storageMs: 100 });
    await expect(server.sync.state('board')).rejects.toMatchObject({ code: 'overloaded' });
    await expect(server.sync.edit('board', null, restoring('again'))).rejects.toMatchObject({
      code: 'overloaded',
    });
    expect(server.sync.stats().documents).toBe(0);
    await server.sync.close();
    await expect(server.sync.state('board')).rejects.toMatchObject({
      code: 'overloaded',
      message: 'The server is stopping. Try again in a moment.',
    });
  });

  it('S2 close saves what is under way, then says restart', async () => {
    const inner = await filled('stored');
    const journal = new UnsteadyJournal(inner);
    const { join, server } = await serve(journal);
    const client = join('ada');
    await client.synced();
    const gate = new Gate();
    journal.before = (method) => (method === 'append' ? gate.pass() : undefined);
    client.text().insert(0, 'new ');
    await gate.reached;
    const closed = server.sync.close();
    gate.open();
    await closed;
    await client.until('close', () => client.closes.length > 0);
    expect(client.closes[0]?.code).toBe(CLOSE.restart);
    expect(client.saved).toBe(2);
    expect((await stored(inner)).getText('text').toString()).toBe('new stored');
  });
});
