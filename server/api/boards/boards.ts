/** Boards of a project. Their content lives in the socket server's documents. */
import type { Board } from '../../../core/api/index.ts';
import { type BoardContent, boardUpdate } from '../../../core/board/index.ts';
import type { Role } from '../../../core/roles/index.ts';
import type { BoardRow, ProjectRow } from '../../store/contract.ts';
import { type App, type Caller, personOf } from '../app/app.ts';
import { checkBoards } from '../app/quotas.ts';

export function shownBoard(board: BoardRow, project: ProjectRow, role: Role): Board {
  return {
    id: board.id,
    title: board.title,
    project: project.slug,
    role,
    createdAt: board.createdAt.toISOString(),
    updatedAt: board.updatedAt.toISOString(),
  };
}

/** Those last worked on first. */
export async function listBoards(app: App, project: ProjectRow, role: Role): Promise<Board[]> {
  return (await app.store.boards.ofProject(project.id))
    .filter((board) => board.deletedAt === null)
    .sort((a, b) => b.updatedAt.getTime() - a.updatedAt.getTime())
    .map((board) => shownBoard(board, project, role));
}

export async function createBoard(
  app: App,
  project: ProjectRow,
  caller: Caller | null,
  title: string,
  content?: BoardContent,
): Promise<BoardRow> {
  await checkBoards(app, project);
  const board = await app.store.boards.create({
    projectId: project.id,
    title,
    createdById: caller?.user.id ?? null,
    ...(content ? { state: boardUpdate(content) } : {}),
  });
  app.sync.announceProject(project.id, { type: 'project' });
  return board;
}

export async function renameBoard(app: App, board: BoardRow, title: string): Promise<BoardRow> {
  const renamed = await app.store.boards.rename(board.id, title);
  app.sync.announceProject(board.projectId, { type: 'project' });
  return renamed;
}

/** Whoever has it open is told and sent away. */
export async function deleteBoard(app: App, board: BoardRow): Promise<void> {
  await app.store.boards.delete(board.id);
  app.sync.closeBoard(board.id);
  app.sync.announceProject(board.projectId, { type: 'project' });
}

/** The copy begins a history of its own. */
export async function duplicateBoard(
  app: App,
  board: BoardRow,
  project: ProjectRow,
  caller: Caller,
): Promise<BoardRow> {
  const content = await app.sync.read(await app.sync.state(board.id));
  return createBoard(app, project, caller, `Copy of ${board.title}`.slice(0, 200), content);
}

export function makeTicket(app: App, board: BoardRow, caller: Caller): string {
  const { id, projectId } = board;
  const { sessionId, tokenId } = caller;
  const credential =
    tokenId === null
      ? { kind: 'session' as const, id: sessionId ?? '' }
      : { kind: 'token' as const, id: tokenId };
  return app.tickets.make({ user: personOf(caller.user), boardId: id, projectId, credential });
}
