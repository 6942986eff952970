/** Servers and clients of one test, taken down after it. */
import { afterEach } from 'vitest';
import * as Y from 'yjs';
import type { Role } from '../../../core/roles/index.ts';
import type { Journal, SyncLimits } from '../index.ts';
import {
  admission,
  BareSocket,
  Client,
  type ClientOptions,
  type Running,
  start,
  Tickets,
} from './harness.ts';
import { MemoryJournal } from './journals.ts';

export interface Scene {
  readonly server: Running;
  readonly tickets: Tickets;
  join(userId: string, role?: Role, options?: ClientOptions & { boardId?: string }): Client;
  bare(userId: string, role?: Role): BareSocket;
}

export function scene(): (journal: Journal, limits?: Partial<SyncLimits>) => Promise<Scene> {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });
  return async (journal, limits = {}) => {
    const tickets = new Tickets();
    const server = await start(journal, tickets, limits);
    cleanups.push(() => server.stop());
    return {
      server,
      tickets,
      join(userId, role = 'editor', { boardId, ...options } = {}) {
        const client = new Client(server.port, tickets, admission(userId, role, boardId), options);
        cleanups.push(() => client.destroy());
        return client;
      },
      bare(userId, role = 'editor') {
        const socket = new BareSocket(server.port, tickets.issue(admission(userId, role)));
        cleanups.push(() => socket.socket.terminate());
        return socket;
      },
    };
  };
}

/** A journal that holds a board with this text. */
export async function filled(text: string): Promise<MemoryJournal> {
  const journal = new MemoryJournal();
  await journal.append('board', { update: textUpdate(text), userId: null });
  return journal;
}

/** The update of a document in which this text was written. */
export function textUpdate(text: string): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('text').insert(0, text);
  return Y.encodeStateAsUpdate(doc);
}
