import { z } from 'zod';
import { type Anchor, storedAnchor } from '../../../core/board/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { Context } from '../context.ts';
import type { CommentRow, Store, ThreadRow } from '../contract.ts';
import type { Tx } from '../database/database.ts';
import { explained, lockRow, upserted } from '../database/transactions.ts';
import type { Prisma } from '../generated/sqlite/client.ts';
import { readAnchor, unlessLater } from '../json.ts';
import { notify } from './notifications.ts';

const idSchema = z.object({ id: z.string() });
const GONE = 'That thread is no longer there.';
const WITH_COMMENTS = {
  comments: {
    orderBy: { seq: 'asc' },
    include: {
      reactions: {
        select: { commentId: true, userId: true, emoji: true },
        orderBy: [{ createdAt: 'asc' }, { userId: 'asc' }, { emoji: 'asc' }],
      },
    },
  },
} as const satisfies Prisma.ThreadInclude;
type Loaded = Prisma.ThreadGetPayload<{ include: typeof WITH_COMMENTS }>;

function toThread({ lastSeq: _, ...row }: Prisma.ThreadGetPayload<object>): ThreadRow {
  const anchor = unlessLater(() => readAnchor(row.anchor, 'the place of this thread'));
  if ('value' in anchor) return { ...row, anchor: anchor.value, later: null };
  return { ...row, anchor: placeIn(row), later: anchor.later };
}

/** Where a thread stands as its other columns tell: nearly there, when its anchor cannot be read. */
function placeIn({ address, boardId, viewId }: Pick<ThreadRow, 'address' | 'boardId' | 'viewId'>): Anchor {
  if (boardId !== null && viewId !== null) return { kind: 'view', boardId, viewId };
  return { kind: 'address', address: address ?? 'a place that cannot be read' };
}

const toComment = ({ seq: _, ...row }: Prisma.CommentGetPayload<object>): CommentRow => row;

function withComments({ comments, ...row }: Loaded) {
  return {
    ...toThread(row),
    comments: comments.map(({ reactions: _, ...comment }) => toComment(comment)),
    reactions: comments.flatMap((comment) => comment.reactions),
  };
}

interface NewComment {
  authorId: string;
  body: string;
  mentions: readonly string[];
}

/** Call with the thread locked, so that numbers are given one after the other. */
async function addComment(tx: Tx, threadId: string, { authorId, body, mentions }: NewComment) {
  const { lastSeq: seq, projectId } = await tx.thread.update({
    where: { id: threadId },
    data: { lastSeq: { increment: 1 } },
  });
  const comment = await tx.comment.create({ data: { threadId, seq, authorId, body } });
  await notify(tx, { id: comment.id, threadId, projectId, authorId }, mentions);
  return toComment(comment);
}

export function threads({ db, transact }: Context): Store['threads'] {
  /** Only the author's own, and only while it is there. A deleted comment keeps its place, but not its words. */
  async function change(id: string, authorId: string, data: Prisma.CommentUpdateManyMutationInput) {
    const rows = await db.comment.updateManyAndReturn({ where: { id, authorId, deletedAt: null }, data });
    return rows[0] ? toComment(rows[0]) : null;
  }
  return {
    create: ({ body, mentions, createdById, anchor, ...thread }) =>
      explained(
        transact(async (tx) => {
          const row = await tx.thread.create({
            data: { ...thread, createdById, anchor: storedAnchor.write(anchor) },
          });
          const comment = await addComment(tx, row.id, { authorId: createdById, body, mentions });
          return { ...toThread(row), comments: [comment] };
        }),
        { missing: 'The project or the author of the thread is no longer there.' },
      ),
    async byId(id) {
      const row = await db.thread.findUnique({ where: { id }, include: WITH_COMMENTS });
      return row && withComments(row);
    },
    async byComment(commentId) {
      const row = await db.comment.findUnique({
        where: { id: commentId },
        select: { thread: { include: WITH_COMMENTS } },
      });
      return row && withComments(row.thread);
    },
    /** In order of creation. */
    async ofProject(projectId) {
      const rows = await db.thread.findMany({
        where: { projectId },
        include: WITH_COMMENTS,
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      });
      return rows.map(withComments);
    },
    addComment: (threadId, comment) =>
      explained(
        transact((tx) => addComment(tx, threadId, comment)),
        { missing: GONE },
      ),
    editComment: (id, authorId, body) => change(id, authorId, { body, editedAt: new Date() }),
    deleteComment: (id, authorId) => change(id, authorId, { body: '', deletedAt: new Date() }),
    setResolved: async (threadId, by) =>
      toThread(
        await explained(
          db.thread.update({
            where: { id: threadId },
            data: { resolvedAt: by === null ? null : new Date(), resolvedById: by },
          }),
          { missing: GONE },
        ),
      ),
    /** Twice is once. */
    async react(commentId, userId, emoji) {
      const there = await db.comment.count({ where: { id: commentId, deletedAt: null } });
      if (there === 0) throw new UserError('not_found', 'That comment is no longer there.');
      await explained(
        upserted(() =>
          db.reaction.upsert({
            where: { commentId_userId_emoji: { commentId, userId, emoji } },
            create: { commentId, userId, emoji },
            update: {},
          }),
        ),
        { missing: 'That comment is no longer there.' },
      );
    },
    async unreact(commentId, userId, emoji) {
      await db.reaction.deleteMany({ where: { commentId, userId, emoji } });
    },
    markRead: (threadId, userId) =>
      transact(async (tx) => {
        if (!(await lockRow(tx, 'thread', threadId))) throw new UserError('not_found', GONE);
        const { lastSeq: seq } = await tx.thread.findUniqueOrThrow({ where: { id: threadId } });
        await tx.threadRead.upsert({
          where: { threadId_userId: { threadId, userId } },
          create: { threadId, userId, seq },
          update: { seq },
        });
        // Whoever has read the thread need not be told of it any more.
        await tx.notification.updateMany({
          where: { threadId, userId, readAt: null },
          data: { readAt: new Date() },
        });
      }),
    async unread(projectId, userId) {
      const rows = await db.$queryRaw<unknown[]>`
        SELECT DISTINCT c."threadId" AS "id", t."createdAt" FROM "Comment" c
        JOIN "Thread" t ON t."id" = c."threadId"
        LEFT JOIN "ThreadRead" r ON r."threadId" = t."id" AND r."userId" = ${userId}
        WHERE t."projectId" = ${projectId} AND c."authorId" <> ${userId} AND c."deletedAt" IS NULL
          AND c."seq" > COALESCE(r."seq", 0)
        ORDER BY t."createdAt", c."threadId"`;
      return rows.map((row) => idSchema.parse(row).id);
    },
  };
}
