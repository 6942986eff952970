/**
 * Our socket server in a process of its own. Arguments: where updates are kept ('sqlite' or 'memory'), and a folder.
 * Answers each message with its CPU time in ms.
 */
import { createServer } from 'node:http';
import path from 'node:path';
import { openStore } from '../server/store/index.ts';
import { createSyncServer, type Journal } from '../server/sync/index.ts';
import { MemoryJournal } from '../server/sync/testing/journals.ts';

const PEOPLE = 64;
const [kept, folder = '.'] = process.argv.slice(2);

async function openBoard(): Promise<{ journal: Journal; boardId: string; people: string[] }> {
  const numbers = Array.from({ length: PEOPLE }, (_, i) => `person-${i}`);
  if (kept === 'memory') return { journal: new MemoryJournal(), boardId: 'board', people: numbers };
  const store = await openStore({ dataDir: folder, url: `file:${path.join(folder, 'bench.db')}` });
  const users = await Promise.all(
    numbers.map((name) => store.users.create({ email: `${name}@example.org`, name, passwordHash: null })),
  );
  const people = users.map(({ id }) => id);
  const project = await store.projects.create({ slug: 'bench', name: 'Bench', ownerId: people[0] ?? null });
  const board = await store.boards.create({ projectId: project.id, title: 'Bench', createdById: null });
  return { journal: store.journal, boardId: board.id, people };
}

const { journal, boardId, people } = await openBoard();
const sync = createSyncServer({
  journal,
  // A ticket is a person's id: what tickets cost is not measured here.
  redeem: async (ticket) => ({
    user: { id: ticket, name: ticket, color: 0 },
    role: 'editor',
    boardId,
    projectId: 'bench',
    credential: { kind: 'session', id: ticket },
  }),
  origins: ['http://bench'],
});
const http = createServer().on('upgrade', (request, socket, head) => {
  if (!sync.upgrade(request, socket, head)) socket.destroy();
});
http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  process.send?.({ port: address.port, paths: people.map((id) => `/sync/${boardId}?ticket=${id}`) });
});
process.on('message', () => {
  const { user: own, system } = process.cpuUsage();
  process.send?.({ cpu: (own + system) / 1000 });
});
process.on('disconnect', () => process.exit());
