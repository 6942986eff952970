/** What others wrote to a person: mentions and replies. */
import type { Notification } from '../../../core/api/index.ts';
import type { App, Caller } from '../app.ts';

const EXCERPT = 160;

/** Newest first. What is in projects that the person left is not told. */
export async function listNotifications(app: App, caller: Caller): Promise<Notification[]> {
  const rows = await app.store.notifications.ofUser(caller.user.id);
  const projects = new Map((await app.store.projects.ofUser(caller.user.id)).map((p) => [p.id, p.slug]));
  const found: Notification[] = [];
  for (const row of rows) {
    const thread = await app.store.threads.byId(row.threadId);
    const comment = thread?.comments.find((candidate) => candidate.id === row.commentId);
    const slug = thread ? projects.get(thread.projectId) : undefined;
    if (!comment || comment.deletedAt !== null || slug === undefined) continue;
    const author = await app.store.users.byId(comment.authorId);
    found.push({
      id: row.id,
      kind: row.kind,
      project: slug,
      thread: row.threadId,
      comment: row.commentId,
      author: author?.name ?? 'someone who left',
      excerpt: comment.body.slice(0, EXCERPT),
      createdAt: row.createdAt.toISOString(),
      readAt: row.readAt?.toISOString() ?? null,
    });
  }
  return found.sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
}
