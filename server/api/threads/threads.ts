/** Threads: authored comments anchored at an address or on a view (rules T1 to T4). Author and time are the server's. */
import { parseAddress, printAddress } from '../../../core/address/index.ts';
import type { Person, Thread } from '../../../core/api/index.ts';
import type { Anchor } from '../../../core/board/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { CommentRow, ProjectRow, ThreadRow } from '../../store/contract.ts';
import { type App, type Caller, type FullThread, notFound, personOf } from '../app/app.ts';
import { mentionsIn } from './mentions.ts';

/** Within 200 ms on every open board of the project (rule T1). */
function announce(app: App, thread: { id: string; projectId: string }): void {
  app.sync.announceProject(thread.projectId, { type: 'threads', thread: thread.id });
}

async function shown(app: App, rows: readonly FullThread[], unread: ReadonlySet<string>): Promise<Thread[]> {
  const ids = rows.flatMap((row) => [row.createdById, ...row.comments.map((comment) => comment.authorId)]);
  const users = new Map((await app.store.users.byIds([...new Set(ids)])).map((user) => [user.id, user]));
  const person = (id: string): Person => {
    const user = users.get(id);
    return user ? personOf(user) : { id, name: 'someone who left', color: 0 };
  };
  return rows.map((row) => ({
    id: row.id,
    anchor: row.anchor,
    ...(row.later === null ? {} : { unreadable: row.later }),
    author: person(row.createdById),
    createdAt: row.createdAt.toISOString(),
    resolvedAt: row.resolvedAt?.toISOString() ?? null,
    resolvedBy: row.resolvedById,
    comments: row.comments.map((comment) => ({
      id: comment.id,
      author: person(comment.authorId),
      body: comment.deletedAt === null ? comment.body : '',
      createdAt: comment.createdAt.toISOString(),
      editedAt: comment.editedAt?.toISOString() ?? null,
      deleted: comment.deletedAt !== null,
      reactions: reactionsOf(row, comment),
    })),
    unread: unread.has(row.id),
  }));
}

function reactionsOf(thread: FullThread, comment: CommentRow): Thread['comments'][number]['reactions'] {
  const byEmoji = new Map<string, string[]>();
  for (const { commentId, emoji, userId } of thread.reactions)
    if (commentId === comment.id) byEmoji.set(emoji, [...(byEmoji.get(emoji) ?? []), userId]);
  return [...byEmoji].map(([emoji, users]) => ({ emoji, users }));
}

/** `at`: only those anchored at this address. */
export async function listThreads(
  app: App,
  project: ProjectRow,
  caller: Caller,
  at?: string,
): Promise<Thread[]> {
  const wanted = at === undefined ? null : printAddress(parseAddress(at));
  const [rows, unread] = await Promise.all([
    app.store.threads.ofProject(project.id),
    app.store.threads.unread(project.id, caller.user.id),
  ]);
  const found = wanted === null ? rows : rows.filter((row) => row.address === wanted);
  return shown(app, found, new Set(unread));
}

export async function readThread(app: App, id: string, caller: Caller): Promise<Thread> {
  const row = await app.store.threads.byId(id);
  if (!row) throw notFound('thread');
  const unread = await app.store.threads.unread(row.projectId, caller.user.id);
  const [thread] = await shown(app, [row], new Set(unread));
  if (!thread) throw notFound('thread');
  return thread;
}

/** Throws `invalid` for an address that does not parse, `not_found` for a board of another project. */
async function placed(
  app: App,
  project: ProjectRow,
  anchor: Anchor,
): Promise<Pick<ThreadRow, 'anchor' | 'address' | 'boardId' | 'viewId'>> {
  if (anchor.kind === 'address') {
    const address = printAddress(parseAddress(anchor.address));
    return { anchor: { kind: anchor.kind, address }, address, boardId: null, viewId: null };
  }
  const board = await app.store.boards.byId(anchor.boardId);
  if (!board || board.deletedAt !== null || board.projectId !== project.id) throw notFound('board');
  return { anchor, address: null, boardId: anchor.boardId, viewId: anchor.viewId };
}

async function mentioned(app: App, projectId: string, body: string): Promise<string[]> {
  if (!body.includes('@')) return [];
  const members = await app.store.projects.members(projectId);
  return mentionsIn(body, await app.store.users.byIds(members.map((member) => member.userId)));
}

export async function startThread(
  app: App,
  project: ProjectRow,
  caller: Caller,
  request: { anchor: Anchor; body: string },
): Promise<Thread> {
  const { body } = request;
  const row = await app.store.threads.create({
    projectId: project.id,
    ...(await placed(app, project, request.anchor)),
    createdById: caller.user.id,
    body,
    mentions: await mentioned(app, project.id, body),
  });
  announce(app, row);
  return readThread(app, row.id, caller);
}

export async function addComment(
  app: App,
  thread: FullThread,
  caller: Caller,
  body: string,
): Promise<Thread> {
  const mentions = await mentioned(app, thread.projectId, body);
  await app.store.threads.addComment(thread.id, { authorId: caller.user.id, body, mentions });
  await app.store.threads.markRead(thread.id, caller.user.id);
  announce(app, thread);
  return readThread(app, thread.id, caller);
}

function checkOwn(comment: CommentRow, caller: Caller, doing: string): void {
  if (comment.deletedAt !== null) throw notFound('comment');
  if (comment.authorId !== caller.user.id)
    throw new UserError('forbidden', `Only its author may ${doing} a comment.`);
}

export async function editComment(
  app: App,
  thread: FullThread,
  comment: CommentRow,
  caller: Caller,
  body: string,
): Promise<Thread> {
  checkOwn(comment, caller, 'edit');
  await app.store.threads.editComment(comment.id, caller.user.id, body);
  announce(app, thread);
  return readThread(app, thread.id, caller);
}

/** Its place in the thread stays, its words go. */
export async function deleteComment(
  app: App,
  thread: FullThread,
  comment: CommentRow,
  caller: Caller,
): Promise<void> {
  checkOwn(comment, caller, 'delete');
  await app.store.threads.deleteComment(comment.id, caller.user.id);
  announce(app, thread);
}

export async function setResolved(
  app: App,
  thread: FullThread,
  caller: Caller,
  resolved: boolean,
): Promise<Thread> {
  await app.store.threads.setResolved(thread.id, resolved ? caller.user.id : null);
  announce(app, thread);
  return readThread(app, thread.id, caller);
}

export async function react(
  app: App,
  thread: FullThread,
  comment: CommentRow,
  caller: Caller,
  emoji: string,
  on: boolean,
): Promise<void> {
  const one = [...new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(emoji)].length === 1;
  if (!one || emoji.length > 32 || !/\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3/u.test(emoji))
    throw new UserError('bad_request', 'A reaction is one emoji.', 'emoji');
  if (on) await app.store.threads.react(comment.id, caller.user.id, emoji);
  else await app.store.threads.unreact(comment.id, caller.user.id, emoji);
  announce(app, thread);
}
