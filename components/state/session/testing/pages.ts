/** Pages on a board of a real server, for tests of what a session does. */
import type { StoreApi } from 'zustand/vanilla';
import type { Note } from '@/core/board/index.ts';
import type { Role } from '@/core/roles/index.ts';
import { admission, PageSocket, type Tickets } from '@/server/sync/testing/harness.ts';
import { BoardSession } from '../session.ts';

export const note = (id: string, text = 'hello'): Note => ({
  ...{ id, kind: 'note', text, color: 0, frame: { x: 0, y: 0, w: 100, h: 50 } },
  ...{ locked: false, group: null, order: 1, createdBy: 'ada' },
});

/** Resolves to the first state, now or later, of which that holds. */
export const until = <T>(store: StoreApi<T>, holds: (state: T) => boolean): Promise<T> =>
  new Promise((resolve) => {
    const look = () => {
      const state = store.getState();
      if (!holds(state)) return;
      stop();
      resolve(state);
    };
    const stop = store.subscribe(look);
    look();
  });

export const saved = (session: BoardSession) => until(session.store, (s) => s.save.kind === 'saved');

export function openPage(
  port: number,
  tickets: Pick<Tickets, 'issue'>,
  user: string,
  role: Role = 'editor',
  board = 'board',
  patienceMs?: number,
): BoardSession {
  return new BoardSession({
    ...{ board, url: `ws://127.0.0.1:${port}/sync`, role, retryMs: 20 },
    ...(patienceMs === undefined ? {} : { patienceMs }),
    ticket: async () => tickets.issue(admission(user, role, board)),
    WebSocket: PageSocket as unknown as typeof WebSocket,
  });
}
