import { afterEach, describe, expect, it, vi } from 'vitest';
import { addItem, readItems } from '@/core/board/index.ts';
import type { Role } from '@/core/roles/index.ts';
import { type admission, PageSocket, type Running, start, Tickets } from '@/server/sync/testing/harness.ts';
import { MemoryJournal, UnsteadyJournal } from '@/server/sync/testing/journals.ts';
import { ApiError } from '../api.ts';
import { BoardEdits } from '../edits/edits.ts';
import { BoardSession } from './session.ts';
import { note, openPage, until } from './testing/pages.ts';

describe('board session with a real server', () => {
  const ends: (() => unknown)[] = [];
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });
  const server = async (
    journal = new MemoryJournal() as ConstructorParameters<typeof UnsteadyJournal>[0],
    port = 0,
  ) => {
    const tickets = new Tickets();
    const running: Running = await start(journal, tickets, {}, port);
    return { running, tickets };
  };
  const open = (
    port: number,
    tickets: { issue(a: ReturnType<typeof admission>): string },
    user: string,
    role: Role = 'editor',
  ) => {
    const session = openPage(port, tickets, user, role);
    ends.push(() => session.destroy());
    return session;
  };

  it('S3: goes from saving to saved when the server has the change, and another client sees it', async () => {
    const { running, tickets } = await server();
    ends.push(() => running.stop());
    const a = open(running.port, tickets, 'ada');
    const b = open(running.port, tickets, 'bob');
    await until(a.store, (s) => s.save.kind === 'saved');
    await until(b.store, (s) => s.loaded);
    addItem(a.doc, note('n1'));
    expect(a.store.getState().save).toEqual({ kind: 'saving', pending: 1 });
    await until(a.store, (s) => s.save.kind === 'saved');
    await until(b.items.store, (s) => s.byId.has('n1'));
  });

  it('S1: a board that has loaded has its items: the view that a link names is shown at that moment', async () => {
    const { running, tickets } = await server();
    ends.push(() => running.stop());
    const a = open(running.port, tickets, 'ada');
    await until(a.store, (s) => s.save.kind === 'saved');
    addItem(a.doc, note('n1'));
    await until(a.store, (s) => s.save.kind === 'saved');
    const b = open(running.port, tickets, 'bob');
    const seen = await new Promise((resolve) => {
      b.store.subscribe((s) => s.loaded && resolve([...b.items.store.getState().byId.keys()]));
    });
    expect(seen).toEqual(['n1']);
  });

  it('S3, S4: counts what is kept here while offline, reconnects with a fresh ticket and saves it', async () => {
    const journal = new MemoryJournal();
    const { running, tickets } = await server(journal);
    const a = open(running.port, tickets, 'ada');
    await until(a.store, (s) => s.save.kind === 'saved');
    await running.stop();
    await until(a.store, (s) => s.save.kind === 'offline');
    addItem(a.doc, note('n1'));
    addItem(a.doc, note('n2'));
    expect(a.store.getState().save).toEqual({ kind: 'offline', kept: 2 });
    const again = await start(journal, tickets, {}, running.port);
    ends.push(() => again.stop());
    await until(a.store, (s) => s.save.kind === 'saved');
    const b = open(again.port, tickets, 'bob');
    await until(b.items.store, (s) => s.byId.has('n1') && s.byId.has('n2'));
  });

  it('S3: says at once that it is offline when the browser loses its network, and goes on when it is back', async () => {
    const { running, tickets } = await server();
    ends.push(() => running.stop());
    const network = new EventTarget();
    vi.stubGlobal('addEventListener', network.addEventListener.bind(network));
    vi.stubGlobal('removeEventListener', network.removeEventListener.bind(network));
    ends.push(() => vi.unstubAllGlobals());
    const a = open(running.port, tickets, 'ada');
    await until(a.store, (s) => s.save.kind === 'saved');
    network.dispatchEvent(new Event('offline'));
    expect(a.store.getState().save).toEqual({ kind: 'offline', kept: 0 });
    addItem(a.doc, note('n1'));
    expect(a.store.getState().save).toEqual({ kind: 'offline', kept: 1 });
    network.dispatchEvent(new Event('online'));
    await until(a.store, (s) => s.save.kind === 'saved');
  });

  it('S3: says that saving fails, and that it works again', async () => {
    const journal = new UnsteadyJournal(new MemoryJournal());
    const { running, tickets } = await server(journal);
    ends.push(() => running.stop());
    const a = open(running.port, tickets, 'ada');
    await until(a.store, (s) => s.save.kind === 'saved');
    journal.before = (method) => {
      if (method === 'append') throw new Error('disk full');
    };
    addItem(a.doc, note('n1'));
    await until(a.store, (s) => s.save.kind === 'failing');
    journal.before = () => undefined;
    await until(a.store, (s) => s.save.kind === 'saved');
  });

  it('S5: a change that the server refuses is told, and a role change arrives', async () => {
    const { running, tickets } = await server();
    ends.push(() => running.stop());
    const a = open(running.port, tickets, 'ada');
    await until(a.store, (s) => s.save.kind === 'saved');
    running.sync.setRole('project', 'ada', 'viewer');
    await until(a.store, (s) => s.role === 'viewer');
    expect(new BoardEdits(a).addNote({ x: 0, y: 0 })).toBeNull();
    addItem(a.doc, note('forced'));
    const { refused } = await until(a.store, (s) => s.refused !== null);
    expect(refused).toBeTruthy();
  });

  it('S4: ends with the reason, and does not try again, when no ticket is given', async () => {
    let asked = 0;
    const a = new BoardSession({
      board: 'board',
      url: 'ws://127.0.0.1:9/sync',
      role: 'viewer',
      ticket: async () => {
        asked++;
        throw new ApiError('forbidden', 'You are not a member of this project.');
      },
      WebSocket: PageSocket as unknown as typeof WebSocket,
    });
    ends.push(() => a.destroy());
    const { ended } = await until(a.store, (s) => s.ended !== null);
    expect([ended, asked]).toEqual(['You are not a member of this project.', 1]);
  });

  it('S7: a deleted board ends the session for good, and says so', async () => {
    const { running, tickets } = await server();
    ends.push(() => running.stop());
    const a = open(running.port, tickets, 'ada');
    await until(a.store, (s) => s.loaded);
    expect(a.store.getState().gone).toBe(false);
    running.sync.closeBoard('board');
    const { ended } = await until(a.store, (s) => s.gone);
    expect(ended).toMatch(/deleted/);
  });

  it('S6: others see cursor, selection and drag; the server says who it is', async () => {
    const { running, tickets } = await server();
    ends.push(() => running.stop());
    const a = open(running.port, tickets, 'ada');
    const b = open(running.port, tickets, 'bob');
    await until(b.store, (s) => s.loaded);
    a.presence.patch({ cursor: { x: 3, y: 4 }, dragging: { n1: { x: 1, y: 2, w: 3, h: 4 } } });
    const { list } = await until(b.presence.peers, (s) => s.list.some((p) => p.cursor?.x === 3));
    expect(list[0]?.user).toEqual({ id: 'ada', name: 'Name of ada', color: 3 });
    expect(list[0]?.dragging).toEqual({ n1: { x: 1, y: 2, w: 3, h: 4 } });
  });

  it('B2: undo takes back this person’s own steps only, and undo-all then redo-all leaves the board as it was', async () => {
    const { running, tickets } = await server();
    ends.push(() => running.stop());
    const a = open(running.port, tickets, 'ada');
    const b = open(running.port, tickets, 'bob');
    await until(a.store, (s) => s.user !== null && s.loaded);
    await until(b.store, (s) => s.user !== null && s.loaded);
    const [ea, eb] = [new BoardEdits(a), new BoardEdits(b)];
    const first = ea.addNote({ x: 0, y: 0 }) ?? '';
    await until(b.items.store, (s) => s.byId.has(first));
    const second = eb.addNote({ x: 500, y: 0 }) ?? '';
    await until(a.items.store, (s) => s.byId.has(second));
    ea.nudge([first], 40, 0);
    ea.setLocked([first], true);
    const before = readItems(a.doc);
    ea.undo();
    ea.undo();
    ea.undo();
    expect(readItems(a.doc).map((i) => i.id)).toEqual([second]);
    ea.redo();
    ea.redo();
    ea.redo();
    expect(readItems(a.doc)).toEqual(before);
  });
});
