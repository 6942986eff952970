import type { Context } from '../context.ts';
import type { RunRow, Store } from '../contract.ts';
import { explained } from '../database/transactions.ts';
import { Prisma } from '../generated/sqlite/client.ts';
import { readMetaParameters } from '../json.ts';

const GONE = 'That run is no longer there.';
/** Three parameters a row; SQLite takes 32,766. */
const ROWS = 1000;

const toRun = (row: Prisma.RunGetPayload<object>): RunRow => ({
  ...row,
  metaParameters: readMetaParameters(row.metaParameters, `run ${row.id}`),
});

/** As text of the statement: Prisma rounds a parameter to 15 digits, and a double has up to 17. */
const literal = (value: number | null): Prisma.Sql =>
  Prisma.raw(value !== null && Number.isFinite(value) ? String(value) : 'NULL');

export function runs({ db, transact }: Context): Store['runs'] {
  return {
    create: async ({ metaParameters, ...run }) =>
      toRun(
        await explained(db.run.create({ data: { ...run, metaParameters: JSON.stringify(metaParameters) } }), {
          missing: 'The model or the project of the run is no longer there.',
        }),
      ),
    async byId(id) {
      const row = await db.run.findUnique({ where: { id } });
      return row && toRun(row);
    },
    /** In order of their beginning. */
    async ofModel(modelId) {
      const rows = await db.run.findMany({
        where: { modelId },
        orderBy: [{ startedAt: 'asc' }, { id: 'asc' }],
      });
      return rows.map(toRun);
    },
    /** Logged again, a metric at a step is replaced. Numbers that are not finite become null. */
    async log(runId, metrics) {
      const last = new Map(metrics.map((metric) => [JSON.stringify([metric.name, metric.step]), metric]));
      const rows = [...last.values()].map(
        ({ name, step, value }) => Prisma.sql`(${runId}, ${name}, ${step}, ${literal(value)})`,
      );
      if (rows.length === 0) return;
      await explained(
        transact(async (tx) => {
          await tx.run.update({ where: { id: runId }, data: { id: runId } });
          for (let i = 0; i < rows.length; i += ROWS) {
            await tx.$executeRaw`
              INSERT INTO "Metric" ("runId", "name", "step", "value") VALUES ${Prisma.join(rows.slice(i, i + ROWS))}
              ON CONFLICT ("runId", "name", "step") DO UPDATE SET "value" = excluded."value"`;
          }
        }),
        { missing: GONE },
      );
    },
    /** By name, then by step. */
    metrics: (runId) =>
      db.metric.findMany({
        where: { runId },
        select: { step: true, name: true, value: true },
        orderBy: [{ name: 'asc' }, { step: 'asc' }],
      }),
    update: async (id, change) =>
      toRun(await explained(db.run.update({ where: { id }, data: change }), { missing: GONE })),
  };
}
