import { UserError } from '../../../core/errors/index.ts';
import { deleteUnreferenced } from '../blob-references.ts';
import type { Context } from '../context.ts';
import type { SnapshotRow, Store } from '../contract.ts';
import { explained } from '../database/transactions.ts';
import { chunksOf } from '../files/chunks.ts';
import type { Prisma } from '../generated/sqlite/client.ts';
import { readIds, readUnknown } from '../json.ts';

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

/** A state up to this size lies in its row. */
const INLINE_BYTES = 64 * 1024;

export function snapshots(context: Context): Store['snapshots'] {
  const { db, transact, blobs } = context;

  /** Empty for a state that lies in its row. Twenty snapshots of one large board have most pieces in common. */
  async function piecesOf(state: Uint8Array): Promise<string[]> {
    if (state.length <= INLINE_BYTES) return [];
    const pieces: string[] = [];
    for (const chunk of chunksOf(state)) pieces.push(await blobs.put(chunk));
    return pieces;
  }

  async function stateOf(id: string, inline: Uint8Array): Promise<Uint8Array> {
    const parts = await db.snapshotBlob.findMany({ where: { snapshotId: id }, orderBy: { seq: 'asc' } });
    if (parts.length === 0) return inline;
    const pieces: Uint8Array[] = [];
    for (const { blob } of parts) pieces.push(await blobs.verify(blob));
    return new Uint8Array(Buffer.concat(pieces));
  }

  return {
    /** Pins its results in the same transaction; throws not_found when one of them is no longer there. */
    async create({ state, threads, resultIds, ...snapshot }) {
      const pieces = await piecesOf(state);
      return explained(
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
              state: pieces.length > 0 ? new Uint8Array() : Uint8Array.from(state),
              threads: JSON.stringify(threads ?? null),
              resultIds: JSON.stringify(resultIds),
            },
          });
          await tx.snapshotPin.createMany({
            data: ids.map((resultId) => ({ snapshotId: row.id, resultId })),
          });
          await tx.snapshotBlob.createMany({
            data: pieces.map((blob, seq) => ({ snapshotId: row.id, seq, blob })),
          });
          return { ...toSnapshot(row), state };
        }),
        { missing: 'The board, its author or one of its results is no longer there.' },
      );
    },
    async byId(id) {
      const row = await db.snapshot.findUnique({ where: { id } });
      return row && { ...toSnapshot(row), state: await stateOf(id, row.state) };
    },
    async delete(id) {
      const pieces = await transact(async (tx) => {
        const parts = await tx.snapshotBlob.findMany({ where: { snapshotId: id }, select: { blob: true } });
        await tx.snapshot.deleteMany({ where: { id } });
        return parts.map(({ blob }) => blob);
      });
      await deleteUnreferenced(context, pieces);
    },
    countOf: (boardId) => db.snapshot.count({ where: { boardId } }),
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
