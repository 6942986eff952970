/** Saved investigations: a board, its threads and the results it was decided on, as they were (rules H1 to H3). */
import type { OpenSnapshot, Snapshot, Thread } from '../../../core/api/index.ts';
import type { BoardContent } from '../../../core/board/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { BoardRow, ProjectRow, SnapshotRow } from '../../store/contract.ts';
import { type App, type Caller, notFound, personOf } from '../app/app.ts';
import { checkSnapshots, checkSpace } from '../app/quotas.ts';
import { listThreads } from '../threads/threads.ts';
import { type SnapshotContents, storedKept } from './kept.ts';

type Listed = Omit<SnapshotRow, 'state' | 'threads'>;

async function shown(app: App, project: ProjectRow, rows: readonly Listed[]): Promise<Snapshot[]> {
  const authors = await app.store.users.byIds([...new Set(rows.map((row) => row.authorId))]);
  const boards = new Map((await app.store.boards.ofProject(project.id)).map((b) => [b.id, b.title]));
  return rows.map((row) => {
    const author = authors.find((user) => user.id === row.authorId);
    return {
      id: row.id,
      board: row.boardId,
      boardTitle: boards.get(row.boardId) ?? 'a deleted board',
      project: project.slug,
      title: row.title,
      summary: row.summary,
      author: author ? personOf(author) : { id: row.authorId, name: 'someone who left', color: 0 },
      createdAt: row.createdAt.toISOString(),
    };
  });
}

/** Newest first. */
export async function listSnapshots(app: App, project: ProjectRow): Promise<Snapshot[]> {
  const rows = await app.store.snapshots.ofProject(project.id);
  return shown(
    app,
    project,
    [...rows].sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime()),
  );
}

async function showOne(app: App, project: ProjectRow, row: Listed): Promise<Snapshot> {
  const [one] = await shown(app, project, [row]);
  if (!one) throw notFound('snapshot');
  return one;
}

export async function takeSnapshot(
  app: App,
  board: BoardRow,
  project: ProjectRow,
  caller: Caller,
  request: { title: string; summary: string; results: Readonly<Record<string, string>> },
): Promise<Snapshot> {
  const resultIds = [...new Set(Object.values(request.results))];
  for (const id of resultIds)
    if (!(await app.store.results.visible(id, project.id)))
      throw new UserError(
        'invalid',
        `The result ${id.slice(0, 12)} is not one of this project's. Let the board compute it again, then save it.`,
        'results',
      );
  await checkSnapshots(app, board);
  const [state, threads] = await Promise.all([app.sync.state(board.id), listThreads(app, project, caller)]);
  await checkSpace(app, project, state.length);
  const onBoard = threads.filter(({ anchor }) => anchor.kind === 'address' || anchor.boardId === board.id);
  const kept: SnapshotContents = {
    results: { ...request.results },
    threads: onBoard.map((thread): Thread => ({ ...thread, unread: false })),
  };
  const row = await app.store.snapshots.create({
    boardId: board.id,
    projectId: project.id,
    title: request.title,
    summary: request.summary,
    authorId: caller.user.id,
    state,
    threads: storedKept.fields(kept),
    resultIds,
  });
  app.sync.announceProject(project.id, { type: 'project' });
  return showOne(app, project, row);
}

export async function openSnapshot(
  app: App,
  snapshot: SnapshotRow,
  project: ProjectRow,
): Promise<OpenSnapshot> {
  const kept = storedKept.read(snapshot.threads, `the snapshot ${snapshot.title}`);
  return {
    ...(await showOne(app, project, snapshot)),
    content: shownContent(await app.sync.read(snapshot.state)),
    ...kept,
  };
}

/** What cannot be shown without what is stored of it, which may be anything that Yjs can hold. */
function shownContent({ unreadable = [], ...content }: BoardContent): unknown {
  return { ...content, unreadable: unreadable.map(({ kept: _, ...shown }) => shown) };
}

/** With what nothing else needs of it; its results are the cache's again. */
export async function deleteSnapshot(app: App, snapshot: SnapshotRow): Promise<void> {
  await app.store.snapshots.delete(snapshot.id);
  app.sync.announceProject(snapshot.projectId, { type: 'project' });
}

/** A forward change: live peers converge, and what the board was before is saved first (rule H3). */
export async function restoreSnapshot(
  app: App,
  snapshot: SnapshotRow,
  project: ProjectRow,
  caller: Caller,
): Promise<{ board: string; before: string }> {
  const board = await app.store.boards.byId(snapshot.boardId);
  if (!board || board.deletedAt !== null)
    throw new UserError(
      'conflict',
      'The board of this snapshot was deleted, so it cannot be restored there.',
    );
  const before = await takeSnapshot(app, board, project, caller, {
    title: `Before restoring ${snapshot.title}`.slice(0, 200),
    summary: '',
    results: {},
  });
  const content = await app.sync.read(snapshot.state);
  await app.sync.edit(board.id, caller.user.id, { kind: 'restore', content });
  return { board: board.id, before: before.id };
}
