import { storedDatasetManifest } from '../../../core/artifacts/index.ts';
import { deleteUnreferenced } from '../blob-references.ts';
import type { Context } from '../context.ts';
import type { DatasetRow, Store } from '../contract.ts';
import { explained } from '../database/transactions.ts';
import type { Prisma } from '../generated/sqlite/client.ts';
import { listed, readDatasetManifest } from '../json.ts';

const toDataset = (row: Prisma.DatasetGetPayload<object>): DatasetRow => ({
  ...row,
  manifest: readDatasetManifest(row.manifest, `data set ${row.name}`),
});

export function datasets(context: Context): Store['datasets'] {
  const { db, transact } = context;
  return {
    create: ({ projectId, name, manifest, citation = '' }) =>
      explained(
        transact(async (tx) => {
          const row = await tx.dataset.create({
            data: { projectId, name, citation, manifest: storedDatasetManifest.write(manifest) },
          });
          const blobs = [...new Set(manifest.splits.map((split) => split.blob))];
          await tx.datasetBlob.createMany({ data: blobs.map((blob) => ({ datasetId: row.id, blob })) });
          return toDataset(row);
        }),
        {
          taken: `There is a data set ${name} in this project already. Choose another name, or delete that one first.`,
          missing: 'The project that should hold the data set is no longer there.',
        },
      ),
    async byName(projectId, name) {
      const row = await db.dataset.findUnique({ where: { projectId_name: { projectId, name } } });
      return row && toDataset(row);
    },
    /** In order of creation. */
    async ofProject(projectId) {
      const rows = await db.dataset.findMany({
        where: { projectId },
        orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
      });
      return listed(rows, toDataset, ({ name }) => name);
    },
    /** With the blobs that nothing else needs. */
    async delete(id) {
      const blobs = await transact(async (tx) => {
        const used = await tx.datasetBlob.findMany({ where: { datasetId: id }, select: { blob: true } });
        await tx.dataset.deleteMany({ where: { id } });
        return used.map(({ blob }) => blob);
      });
      await deleteUnreferenced(context, blobs);
    },
  };
}
