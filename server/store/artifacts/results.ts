import { storedResult } from '../../../core/result/index.ts';
import { deleteUnreferenced, sweep } from '../blob-references.ts';
import type { Context } from '../context.ts';
import type { ResultRow, Store } from '../contract.ts';
import type { Tx } from '../database/database.ts';
import { explained, isForeignKeyError, upserted } from '../database/transactions.ts';
import type { Prisma } from '../generated/sqlite/client.ts';
import { readResultMeta } from '../json.ts';

const WITH_PINS = { _count: { select: { pins: true } } } as const;
const DAY = 86_400_000;

const toResult = ({
  _count,
  createdAt: _,
  ...row
}: Prisma.ResultGetPayload<{ include: typeof WITH_PINS }>): ResultRow => ({
  ...row,
  meta: readResultMeta(row.meta, `result ${row.id}`),
  bytes: Number(row.bytes),
  pinned: _count.pins > 0,
});

export function results(context: Context): Store['results'] {
  const { db, blobs, transact } = context;
  let swept = 0;

  async function byId(id: string): Promise<ResultRow | null> {
    const row = await db.result.findUnique({ where: { id }, include: WITH_PINS });
    return row && toResult(row);
  }

  const claimIn = (tx: Tx, id: string, projectId: string) =>
    explained(
      tx.$executeRaw`
        INSERT INTO "ResultClaim" ("projectId", "resultId") VALUES (${projectId}, ${id})
        ON CONFLICT ("projectId", "resultId") DO NOTHING`.catch(asForeignKeyError),
      { missing: 'The result or the project is no longer there.' },
    );

  return {
    byId,
    /**
     * The first result of a question stays, so that everybody sees the same numbers; it is replaced only when its
     * blob is lost (a database restored without its blobs).
     */
    async save({ meta, blob, bytes, projectId }) {
      const found = await byId(meta.id);
      const lost = found !== null && !(await blobs.has(found.blob));
      const data = { meta: storedResult.write(meta), blob, bytes, lastUsedAt: new Date() };
      const row = await upserted(() =>
        transact(async (tx) => {
          const written = await tx.result.upsert({
            where: { id: meta.id },
            create: { id: meta.id, ...data },
            update: lost ? data : { lastUsedAt: data.lastUsedAt },
            include: WITH_PINS,
          });
          await claimIn(tx, meta.id, projectId);
          return written;
        }),
      );
      return toResult(row);
    },
    async visible(id, projectId) {
      return (await db.resultClaim.count({ where: { resultId: id, projectId } })) > 0;
    },
    async claim(id, projectId) {
      await claimIn(db, id, projectId);
    },
    async projectsOf(id) {
      const rows = await db.resultClaim.findMany({
        where: { resultId: id },
        select: { projectId: true },
        orderBy: { projectId: 'asc' },
      });
      return rows.map((row) => row.projectId);
    },
    async touch(id) {
      await db.result.updateMany({ where: { id }, data: { lastUsedAt: new Date() } });
    },
    /** Pinned results count towards the budget, but are never deleted (rule H1). */
    async evict(budgetBytes) {
      const total = await db.result.aggregate({ _sum: { bytes: true } });
      let excess = Number(total._sum.bytes ?? 0) - budgetBytes;
      const gone: string[] = [];
      let deleted = 0;
      while (excess > 0) {
        const oldest = await db.result.findMany({
          where: { pins: { none: {} } },
          orderBy: [{ lastUsedAt: 'asc' }, { id: 'asc' }],
          select: { id: true, blob: true, bytes: true, lastUsedAt: true },
          take: 100,
        });
        if (oldest.length === 0) break;
        for (const { id, blob, bytes, lastUsedAt } of oldest) {
          if (excess <= 0) break;
          // Used or pinned since it was read: it stays. The foreign key of a pin refuses the deletion in any case.
          const { count } = await transact((tx) =>
            tx.result.deleteMany({ where: { id, lastUsedAt, pins: { none: {} } } }),
          ).catch((error: unknown) => {
            if (isForeignKeyError(error)) return { count: 0 };
            throw error;
          });
          if (count === 0) continue;
          deleted++;
          gone.push(blob);
          excess -= Number(bytes);
        }
      }
      await deleteUnreferenced(context, gone);
      if (Date.now() - swept > DAY) {
        swept = Date.now();
        await sweep(context);
      }
      return deleted;
    },
  };
}

/** A raw statement's refusal has no code of Prisma's for it; the words are the databases'. */
function asForeignKeyError(error: unknown): never {
  if (error instanceof Error && /foreign key/i.test(error.message)) {
    throw Object.assign(new Error(error.message), { code: 'P2003' });
  }
  throw error;
}
