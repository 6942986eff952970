import { UserError } from '../../core/errors/index.ts';
import { type Context, explained } from './context.ts';
import type { SnapshotRow, Store } from './contract.ts';
import type { Prisma } from './generated/sqlite/client.ts';
import { readIds, readUnknown } from './json.ts';

const LISTED = {
  id: true,
  boardId: true,
  projectId: true,
  title: true,
  summary: true,
  authorId: true,
  createdAt: true,
  resultIds: true,
} as const satisfies Record<keyof Omit<SnapshotRow, 'state' | 'threads'>, true>;

const toSnapshot = (row: Prisma.SnapshotGetPayload<object>): SnapshotRow => ({
  ...row,
  threads: readUnknown(row.threads, `snapshot ${row.id}, threads`),
  resultIds: readIds(row.resultIds, `snapshot ${row.id}, results`),
});

export function snapshots({ db, transact }: Context): Store['snapshots'] {
  return {
    /** Pins its results in the same transaction; throws not_found when one of them is no longer there. */
    create: ({ state, threads, resultIds, ...snapshot }) =>
      explained(
        transact(async (tx) => {
          const ids = [...new Set(resultIds)];
          const there = await tx.result.findMany({ where: { id: { in: ids } }, select: { id: true } });
          if (there.length < ids.length) {
            const missing = ids.filter((id) => !there.some((row) => row.id === id));
            throw new UserError(
              'not_found',
              `${missing.length} of the board's ${ids.length} results are no longer kept (${missing[0]?.slice(0, 12)}...). Let the board compute them again, then save it.`,
            );
          }
          const row = await tx.snapshot.create({
            data: {
              ...snapshot,
              state: Uint8Array.from(state),
              threads: JSON.stringify(threads ?? null),
              resultIds: JSON.stringify(resultIds),
            },
          });
          await tx.snapshotPin.createMany({
            data: ids.map((resultId) => ({ snapshotId: row.id, resultId })),
          });
          return toSnapshot(row);
        }),
        { missing: 'The board, its author or one of its results is no longer there.' },
      ),
    async byId(id) {
      const row = await db.snapshot.findUnique({ where: { id } });
      return row && toSnapshot(row);
    },
    /** Newest first. */
    async ofProject(projectId) {
      const rows = await db.snapshot.findMany({
        where: { projectId },
        select: LISTED,
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
      });
      return rows.map((row) => ({
        ...row,
        resultIds: readIds(row.resultIds, `snapshot ${row.id}, results`),
      }));
    },
  };
}
