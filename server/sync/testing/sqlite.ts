/** The real store on SQLite, with one board and some people. Opening the same folder again finds them. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openStore, type Store } from '../../store/index.ts';

export interface StoredBoard {
  readonly store: Store;
  readonly boardId: string;
  /** As many people as asked for. */
  readonly userIds: string[];
}

export async function openBoard(folder: string, people: number): Promise<StoredBoard> {
  mkdirSync(folder, { recursive: true });
  const store = await openStore({ dataDir: folder, url: `file:${join(folder, 'test.db')}` });
  const userIds: string[] = [];
  for (let i = 0; i < people; i++) {
    const email = `person-${i}@example.org`;
    const user =
      (await store.users.byEmail(email)) ??
      (await store.users.create({ email, name: `Person ${i}`, passwordHash: null }));
    userIds.push(user.id);
  }
  const project =
    (await store.projects.bySlug('sync')) ??
    (await store.projects.create({ slug: 'sync', name: 'Sync', ownerId: userIds[0] ?? null }));
  const [board] = await store.boards.ofProject(project.id);
  const { id } =
    board ?? (await store.boards.create({ projectId: project.id, title: 'Board', createdById: null }));
  return { store, boardId: id, userIds };
}
