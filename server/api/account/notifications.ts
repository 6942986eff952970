/** What others wrote to a person: mentions and replies. */
import type { Notification } from '../../../core/api/index.ts';
import type { App, Caller, FullThread } from '../app/app.ts';

const EXCERPT = 160;

/** Asked for every half minute by every open page: only these are looked up. */
const MOST = 50;

/** Newest first, at most 50. What is in projects that the person left is not told. */
export async function listNotifications(app: App, caller: Caller): Promise<Notification[]> {
  const rows = (await app.store.notifications.ofUser(caller.user.id)).slice(0, MOST);
  const projects = new Map((await app.store.projects.ofUser(caller.user.id)).map((p) => [p.id, p.slug]));
  const threads = new Map<string, FullThread>();
  for (const id of new Set(rows.map((row) => row.threadId))) {
    const thread = await app.store.threads.byId(id);
    if (thread) threads.set(id, thread);
  }
  const told = rows.flatMap((row) => {
    const thread = threads.get(row.threadId);
    const comment = thread?.comments.find((candidate) => candidate.id === row.commentId);
    const project = thread && projects.get(thread.projectId);
    if (!thread || !comment || comment.deletedAt !== null || project === undefined) return [];
    return [{ row, thread, comment, project }];
  });
  const authors = await app.store.users.byIds(told.map(({ comment }) => comment.authorId));
  const names = new Map(authors.map((author) => [author.id, author.name]));
  return told.map(({ row, thread, comment, project }) => ({
    id: row.id,
    kind: row.kind,
    project,
    thread: row.threadId,
    comment: row.commentId,
    anchor: thread.anchor,
    author: names.get(comment.authorId) ?? 'someone who left',
    excerpt: comment.body.slice(0, EXCERPT),
    createdAt: row.createdAt.toISOString(),
    readAt: row.readAt?.toISOString() ?? null,
  }));
}
