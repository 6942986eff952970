import { z } from 'zod';
import type { Context } from '../context.ts';
import type { Store } from '../contract.ts';
import type { Tx } from '../database/database.ts';

const kindSchema = z.enum(['mention', 'reply']);

/**
 * Tells those who were mentioned, and of the rest those who wrote in the thread. Only members are told, because
 * others may not read it; nobody is told of what they wrote themselves, or twice.
 */
export async function notify(
  tx: Tx,
  comment: { id: string; threadId: string; projectId: string; authorId: string },
  mentions: readonly string[],
): Promise<void> {
  const writers = await tx.comment.findMany({
    where: { threadId: comment.threadId, deletedAt: null },
    select: { authorId: true },
    distinct: ['authorId'],
  });
  const kinds = new Map<string, z.infer<typeof kindSchema>>();
  for (const { authorId } of writers) kinds.set(authorId, 'reply');
  for (const userId of mentions) kinds.set(userId, 'mention');
  kinds.delete(comment.authorId);
  const members = await tx.member.findMany({
    where: { projectId: comment.projectId, userId: { in: [...kinds.keys()] } },
    select: { userId: true },
  });
  await tx.notification.createMany({
    data: members.map(({ userId }) => ({
      userId,
      threadId: comment.threadId,
      commentId: comment.id,
      kind: kinds.get(userId) ?? 'reply',
    })),
  });
}

export function notifications({ db }: Context): Store['notifications'] {
  return {
    /** Newest first. */
    async ofUser(userId) {
      const rows = await db.notification.findMany({
        where: { userId },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      });
      return rows.map((row) => ({ ...row, kind: kindSchema.parse(row.kind) }));
    },
    async markRead(id, userId) {
      await db.notification.updateMany({
        where: { id, userId, readAt: null },
        data: { readAt: new Date() },
      });
    },
  };
}
