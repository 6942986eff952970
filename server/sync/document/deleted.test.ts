import { describe, expect, it, onTestFinished } from 'vitest';
import { CLOSE } from '../../../core/api/index.ts';
import { admission, BareSocket, start, Tickets } from '../testing/harness.ts';
import { Gate, MemoryJournal, UnsteadyJournal } from '../testing/journals.ts';
import { filled, scene } from '../testing/scene.ts';

const serve = scene();

const DELETED = { code: CLOSE.notFound, reason: 'This board was deleted.' };

describe('S7 a deleted board', () => {
  it('S7 closes its sockets with a code of its own and a reason, and no other board’s', async () => {
    const { join, server } = await serve(await filled('stored'));
    const [ada, grace] = [join('ada'), join('grace', 'viewer')];
    const other = join('alan', 'editor', { boardId: 'other' });
    await Promise.all([ada.synced(), grace.synced(), other.synced()]);
    server.sync.closeBoard('board');
    for (const client of [ada, grace]) {
      await client.until('the end', () => client.closes.length > 0);
      expect(client.closes[0]).toEqual(DELETED);
    }
    other.text().insert(0, 'still here');
    await other.until('saved', () => other.saved === 2);
    expect(other.closes).toEqual([]);
  });

  it('S7 gives up what cannot be saved any more, instead of trying for ever', async () => {
    const journal = new UnsteadyJournal(new MemoryJournal());
    const { join, server } = await serve(journal);
    const ada = join('ada');
    await ada.synced();
    journal.before = async (method) => {
      if (method === 'append') throw new Error('there is no such board');
    };
    ada.text().insert(0, 'too late');
    await ada.heard('save-failing');
    server.sync.closeBoard('board');
    await ada.until('the end', () => ada.closes.length > 0);
    expect(server.sync.stats().documents).toBe(0);
    await server.stop();
    expect(server.logs.map(({ message }) => message)).not.toContain('the server stops with unsaved changes');
  });

  it('S4 is not opened by a ticket that was being looked at when it was deleted', async () => {
    const gate = new Gate();
    const server = await start(new MemoryJournal(), new Tickets(), {}, 0, async () => {
      await gate.pass();
      return admission('ada');
    });
    onTestFinished(() => server.stop());
    const { socket } = new BareSocket(server.port, 'any');
    const status = new Promise((resolve) =>
      socket.on('unexpected-response', (_, response) => resolve(response.statusCode)),
    );
    await gate.reached;
    server.sync.closeBoard('board');
    gate.open();
    expect(await status).toBe(404);
    expect(server.sync.stats().connections).toBe(0);
    socket.terminate();
  });
});
