import { UserError } from '../../../core/errors/index.ts';
import { type Role, roleSchema } from '../../../core/roles/index.ts';
import { deleteUnreferenced } from '../blob-references.ts';
import type { Context } from '../context.ts';
import type { MemberRow, Store } from '../contract.ts';
import type { Tx } from '../database/database.ts';
import { explained, lockRow } from '../database/transactions.ts';

const GONE = 'That project is no longer there.';

export const toMember = (row: {
  projectId: string;
  userId: string;
  role: string;
  joinedAt: Date;
}): MemberRow => ({ ...row, role: roleSchema.parse(row.role) });

/** Call with the project locked. */
async function keepAnOwner(tx: Tx, projectId: string, leaving: string, what: string): Promise<void> {
  const others = await tx.member.count({ where: { projectId, role: 'owner', userId: { not: leaving } } });
  if (others > 0) return;
  const self = await tx.member.findUnique({ where: { projectId_userId: { projectId, userId: leaving } } });
  if (self?.role !== 'owner') return;
  throw new UserError(
    'conflict',
    `The last owner of a project cannot ${what}. Make another member owner first.`,
  );
}

/** Well below the number of parameters that either database takes. */
const CHUNK = 500;

/** Blobs of the project's checkpoints, data sets and snapshots. */
async function blobsOf(tx: Tx, projectId: string): Promise<string[]> {
  const used = await Promise.all([
    tx.checkpointBlob.findMany({
      where: { checkpoint: { model: { projectId } } },
      select: { blob: true },
      distinct: ['blob'],
    }),
    tx.datasetBlob.findMany({
      where: { dataset: { projectId } },
      select: { blob: true },
      distinct: ['blob'],
    }),
    tx.snapshotBlob.findMany({
      where: { snapshot: { projectId } },
      select: { blob: true },
      distinct: ['blob'],
    }),
  ]);
  return [...new Set(used.flat().map(({ blob }) => blob))];
}

/** Bytes of the documents of its boards, with what a squash keeps of the one before. */
async function boardBytes(db: Tx, projectId: string): Promise<number> {
  const rows = await db.$queryRaw<{ bytes: bigint | number }[]>`
    SELECT COALESCE(SUM(LENGTH("state") + COALESCE(LENGTH("previous"), 0)), 0) AS "bytes"
      FROM "BoardState" JOIN "Board" ON "Board"."id" = "BoardState"."boardId"
      WHERE "Board"."projectId" = ${projectId} AND "Board"."deletedAt" IS NULL
    UNION ALL
    SELECT COALESCE(SUM(LENGTH("update")), 0)
      FROM "JournalEntry" JOIN "Board" ON "Board"."id" = "JournalEntry"."boardId"
      WHERE "Board"."projectId" = ${projectId} AND "Board"."deletedAt" IS NULL`;
  return rows.reduce((sum, { bytes }) => sum + Number(bytes), 0);
}

/** Call once the project's claims and pins are gone: a result that another project claims or pins stays. */
async function deleteUnclaimed(tx: Tx, ids: readonly string[]): Promise<void> {
  for (let i = 0; i < ids.length; i += CHUNK)
    await tx.result.deleteMany({
      where: { id: { in: ids.slice(i, i + CHUNK) }, claims: { none: {} }, pins: { none: {} } },
    });
}

export function projects(context: Context): Store['projects'] {
  const { db, transact } = context;
  return {
    /**
     * Without an owner given, the first account owns it, if the workspace has been set up: nobody could reach it
     * otherwise. Before that, setup.claim will.
     */
    create: ({ slug, name, ownerId }) =>
      explained(
        transact(async (tx) => {
          const project = await tx.project.create({ data: { slug, name } });
          // Waits for a setup that is being claimed at this moment.
          await lockRow(tx, 'setup', 1);
          const owner = ownerId ?? (await tx.setup.findUnique({ where: { id: 1 } }))?.claimedById ?? null;
          if (owner !== null) {
            await tx.member.create({ data: { projectId: project.id, userId: owner, role: 'owner' } });
          }
          return project;
        }),
        {
          taken: `There is a project with the short name ${slug} already. Choose another name.`,
          missing: 'The account that should own the project is no longer there.',
        },
      ),
    bySlug: (slug) => db.project.findUnique({ where: { slug } }),
    byId: (id) => db.project.findUnique({ where: { id } }),
    async ofUser(userId) {
      const rows = await db.member.findMany({
        where: { userId },
        include: { project: true },
        orderBy: [{ project: { name: 'asc' } }, { projectId: 'asc' }],
      });
      return rows.map((row) => ({ ...row.project, role: roleSchema.parse(row.role) }));
    },
    /** What they share is counted once. */
    async bytes(id) {
      let sum = await boardBytes(db, id);
      for (const blob of await blobsOf(db, id)) sum += await context.blobs.size(blob);
      return sum;
    },
    async answeredFor(id) {
      const owners = (where: { projectId: string } | { projectId: { in: string[] } }) =>
        db.member.findMany({
          where: { ...where, role: 'owner' },
          orderBy: [{ joinedAt: 'asc' }, { userId: 'asc' }],
          select: { projectId: true, userId: true, user: { select: { name: true } } },
        });
      const [first] = await owners({ projectId: id });
      if (!first) return null;
      const owned = await db.member.findMany({
        where: { userId: first.userId, role: 'owner' },
        select: { projectId: true },
      });
      const answering = new Map<string, string>();
      for (const { projectId, userId } of await owners({
        projectId: { in: owned.map((row) => row.projectId) },
      }))
        if (!answering.has(projectId)) answering.set(projectId, userId);
      const projects = [...answering].flatMap(([project, who]) => (who === first.userId ? [project] : []));
      return { name: first.user.name, projects };
    },
    rename: (id, name) => explained(db.project.update({ where: { id }, data: { name } }), { missing: GONE }),
    async delete(id) {
      const blobs = await transact(async (tx) => {
        if (!(await lockRow(tx, 'project', id))) return [];
        const claimed = await tx.resultClaim.findMany({
          where: { projectId: id },
          select: { resultId: true, result: { select: { blob: true } } },
        });
        const used = await blobsOf(tx, id);
        await tx.project.delete({ where: { id } });
        await deleteUnclaimed(
          tx,
          claimed.map(({ resultId }) => resultId),
        );
        return [...used, ...claimed.map(({ result }) => result.blob)];
      });
      await deleteUnreferenced(context, blobs);
    },
    async members(projectId) {
      const rows = await db.member.findMany({
        where: { projectId },
        orderBy: [{ joinedAt: 'asc' }, { userId: 'asc' }],
      });
      return rows.map(toMember);
    },
    async memberships(projectIds) {
      const rows = await db.member.findMany({ where: { projectId: { in: [...new Set(projectIds)] } } });
      return rows.map(toMember);
    },
    async role(projectId, userId): Promise<Role | null> {
      const row = await db.member.findUnique({ where: { projectId_userId: { projectId, userId } } });
      return row ? roleSchema.parse(row.role) : null;
    },
    /** Adds the member when there is none. */
    setRole: (projectId, userId, role) =>
      explained(
        transact(async (tx) => {
          if (!(await lockRow(tx, 'project', projectId))) throw new UserError('not_found', GONE);
          if (role !== 'owner') await keepAnOwner(tx, projectId, userId, 'take a lesser role');
          await tx.member.upsert({
            where: { projectId_userId: { projectId, userId } },
            create: { projectId, userId, role },
            update: { role },
          });
        }),
        { missing: 'That account is no longer there.' },
      ),
    removeMember: (projectId, userId) =>
      transact(async (tx) => {
        if (!(await lockRow(tx, 'project', projectId))) throw new UserError('not_found', GONE);
        await keepAnOwner(tx, projectId, userId, 'leave it');
        await tx.member.deleteMany({ where: { projectId, userId } });
      }),
  };
}
