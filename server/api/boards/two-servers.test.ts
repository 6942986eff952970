/** Two servers with a data folder each on one database: nothing that anybody was told to be saved is lost. */
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { WebSocket } from 'ws';
import * as Y from 'yjs';
import { CLOSE, ticketSchema } from '../../../core/api/index.ts';
import { note, random } from '../../../core/board/board.fixture.ts';
import { describeStores } from '../../store/testing/stores.ts';
import { type Bench, startBench, Visitor, visitor } from '../testing/harness.ts';
import { BoardClient } from '../testing/socket.ts';

const EDITS = 50;
const ELSEWHERE = 'This board is open on another server that works on the same database';

/** How a socket that comes with a good ticket is sent away. */
async function knock(bench: Bench, person: Visitor, board: string) {
  const { ticket } = ticketSchema.parse((await person.ask('POST', `boards/${board}/ticket`)).body);
  const url = `ws://127.0.0.1:${bench.port}/sync/${board}?ticket=${ticket}`;
  const [code, reason] = await once(new WebSocket(url, { origin: bench.origin }), 'close');
  return { code, reason: String(reason) };
}

describeStores('Two servers on one database', (stores) => {
  /** Both, with Ada, who has a board, on each. */
  async function pair(leases: { leaseMs: number; renewMs: number }) {
    const [here, there] = await stores.shared();
    const env = { DATABASE_URL: here.url ?? '' };
    const squashOften = { squashAfter: 7, lingerMs: 0 };
    const first = await startBench({ folder: here.dataDir, env, leases, syncLimits: squashOften });
    const second = await startBench({ folder: there.dataDir, env, syncLimits: squashOften });
    const project = await first.store.projects.create({ slug: 'nets', name: 'Nets', ownerId: null });
    const ada = await visitor(first, 'Ada', { projectId: project.id, role: 'editor' });
    const board = await first.store.boards.create({ projectId: project.id, title: 'B', createdById: null });
    const on = (bench: Bench) => new Visitor(bench, ada.headers);
    return { first, second, board: board.id, onFirst: on(first), onSecond: on(second) };
  }

  it('a board that is open on one is refused by the other in words, and comes over once it is let go', async () => {
    const { first, second, board, onFirst, onSecond } = await pair({ leaseMs: 15_000, renewMs: 5_000 });
    const ada = await BoardClient.open(first, onFirst, board);
    for (let i = 0; i < EDITS; i++) ada.doc.getMap('words').set(`word ${i}`, i);
    await ada.saved();
    expect(await knock(second, onSecond, board)).toEqual({
      code: CLOSE.storage,
      reason: `${ELSEWHERE}. Open it there, or close it there.`,
    });
    const copied = await onSecond.ask('POST', `boards/${board}/duplicate`, { title: 'Copy' });
    expect(copied).toMatchObject({
      status: 409,
      body: { error: { code: 'conflict', message: expect.stringContaining(ELSEWHERE) } },
    });
    ada.leave();
    await first.close();
    const again = await BoardClient.open(second, onSecond, board);
    expect(Object.keys(again.doc.getMap('words').toJSON())).toHaveLength(EDITS);
    again.leave();
    await second.close();
  });

  it('a server that was taken for dead saves nothing more, says so, and loses nothing of what it had saved', async () => {
    const { first, second, board, onFirst, onSecond } = await pair({ leaseMs: 500, renewMs: 3_600_000 });
    const ada = await BoardClient.open(first, onFirst, board);
    for (let i = 0; i < EDITS; i++) ada.doc.getMap('words').set(`first ${i}`, i);
    await ada.saved();
    await new Promise((resolve) => setTimeout(resolve, 600));
    const ben = await BoardClient.open(second, onSecond, board);
    for (let i = 0; i < EDITS; i++) ben.doc.getMap('words').set(`second ${i}`, i);
    await ben.saved();
    const told = ada.heard.filter(({ message }) => message.type === 'saved').length;
    ada.doc.getMap('words').set('late', 'not to be saved there');
    expect(await ada.closed).toBe(CLOSE.restart);
    expect(ada.heard.filter(({ message }) => message.type === 'saved')).toHaveLength(told);
    expect(await knock(first, onFirst, board)).toMatchObject({ code: CLOSE.storage });
    // What was not saved is still with its author, who sends it to the server that has the board.
    const moved = await BoardClient.open(second, onSecond, board);
    Y.applyUpdate(moved.doc, Y.encodeStateAsUpdate(ada.doc));
    await moved.saved();
    for (const client of [ada, ben, moved]) client.leave();
    await second.close();
    const stored = await BoardClient.open(first, onFirst, board);
    const words = stored.doc.getMap('words').toJSON();
    expect(words.late).toBe('not to be saved there');
    expect(Object.keys(words)).toHaveLength(2 * EDITS + 1);
    stored.leave();
    await first.close();
  });

  it('an edit of the server’s own that meets a board taken by another is refused at once', async () => {
    const { first, second, board, onFirst, onSecond } = await pair({ leaseMs: 300, renewMs: 3_600_000 });
    const ada = await BoardClient.open(first, onFirst, board);
    await new Promise((resolve) => setTimeout(resolve, 400));
    const ben = await BoardClient.open(second, onSecond, board);
    await expect(first.app.sync.edit(board, null, { kind: 'add', items: [note('x')] })).rejects.toMatchObject(
      {
        code: 'conflict',
        message: 'The board was taken by another server. Try again in a moment.',
      },
    );
    expect(await ada.closed).toBe(CLOSE.restart);
    for (const client of [ada, ben]) client.leave();
    await first.close();
    await second.close();
  });

  it('loses no promise when boards are torn from one server by the other all the time', async () => {
    const [here, there] = await stores.shared();
    const env = { DATABASE_URL: here.url ?? '' };
    const syncLimits = { squashAfter: 5, lingerMs: 40, storageMs: 1_500 };
    // Neither renews in time: what the other wants it takes, in the middle of writes and squashes.
    const leases = { leaseMs: 60, renewMs: 3_600_000 };
    const servers = [
      await startBench({ folder: here.dataDir, env, leases, syncLimits }),
      await startBench({ folder: there.dataDir, env, leases, syncLimits }),
    ];
    const [first] = servers;
    if (!first) throw new Error('no server');
    const project = await first.store.projects.create({ slug: 'nets', name: 'Nets', ownerId: null });
    const ids: string[] = [];
    for (let i = 0; i < 3; i++) {
      const board = await first.store.boards.create({ projectId: project.id, title: 'B', createdById: null });
      ids.push(board.id);
    }
    const promised = new Set<string>();
    let refused = 0;
    const next = random(Number(process.env.INTERLAYER_TEST_SEED ?? 20261130));
    const writers = Array.from({ length: 6 }, async (_, writer) => {
      for (let i = 0; i < 25; i++) {
        const [bench, id] = [servers[Math.floor(next() * 2)], ids[Math.floor(next() * ids.length)] ?? ''];
        const word = `${id} ${writer} ${i}`;
        await bench?.app.sync.edit(id, null, { kind: 'add', items: [note(word)] }).then(
          () => promised.add(word),
          () => refused++,
        );
        await new Promise((resolve) => setTimeout(resolve, next() * 60));
      }
    });
    await Promise.all(writers);
    await Promise.all(servers.map((bench) => bench.app.sync.close()));
    const last = await stores.open({ ...here, leaseMs: 1 });
    const found = new Set<string>();
    for (const id of ids) {
      const { state, updates } = await expect
        .poll(() => last.journal.load(id).catch(() => null))
        .not.toBeNull()
        .then(() => last.journal.load(id));
      const doc = new Y.Doc();
      if (state) Y.applyUpdate(doc, state);
      for (const { update } of updates) Y.applyUpdate(doc, update);
      for (const word of doc.getMap('items').keys()) found.add(word);
    }
    expect([...promised].filter((word) => !found.has(word))).toEqual([]);
    // Both happened, or the test has shown nothing.
    expect(promised.size).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(0);
    for (const bench of servers) await bench.close();
  });
});
