import { storedCheckpointManifest, storedModelManifest } from '../../../core/artifacts/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import { deleteUnreferenced } from '../blob-references.ts';
import type { Context } from '../context.ts';
import type { CheckpointRow, ModelRow, Store } from '../contract.ts';
import { explained, lockRow } from '../database/transactions.ts';
import type { Prisma } from '../generated/sqlite/client.ts';
import { listed, readCheckpointManifest, readModelManifest } from '../json.ts';

const toModel = (row: Prisma.ModelGetPayload<object>): ModelRow => ({
  ...row,
  manifest: readModelManifest(row.manifest, `model ${row.name}`),
});

const toCheckpoint = (row: Prisma.CheckpointGetPayload<object>): CheckpointRow => ({
  ...row,
  manifest: readCheckpointManifest(row.manifest, `the checkpoint at step ${row.step}`),
  bytes: Number(row.bytes),
});

export function models(context: Context): Store['models'] {
  const { db, transact } = context;
  return {
    create: ({ manifest, ...model }) =>
      explained(
        transact(async (tx) => {
          // Two models made at once must not get one colour.
          if (!(await lockRow(tx, 'project', model.projectId))) {
            throw new UserError('not_found', 'The project that should hold the model is no longer there.');
          }
          const last = await tx.model.aggregate({
            where: { projectId: model.projectId },
            _max: { color: true },
          });
          const color = (last._max.color ?? -1) + 1;
          return toModel(
            await tx.model.create({
              data: { ...model, color, manifest: storedModelManifest.write(manifest) },
            }),
          );
        }),
        {
          taken: `There is a model ${model.name} in this project already. Choose another name, or delete that one first.`,
          missing: 'The account or the model that this one comes from is no longer there.',
        },
      ),
    async byName(projectId, name) {
      const row = await db.model.findUnique({ where: { projectId_name: { projectId, name } } });
      return row && toModel(row);
    },
    /** In order of creation. */
    async ofProject(projectId) {
      const rows = await db.model.findMany({
        where: { projectId },
        orderBy: [{ color: 'asc' }, { id: 'asc' }],
      });
      return listed(rows, toModel, ({ name }) => name);
    },
    rename: async (id, name) =>
      toModel(
        await explained(db.model.update({ where: { id }, data: { name } }), {
          taken: `There is a model ${name} in this project already. Choose another name.`,
          missing: 'That model is no longer there.',
        }),
      ),
    /** With its runs and checkpoints, and the blobs that nothing else needs. */
    async delete(id) {
      const blobs = await transact(async (tx) => {
        const used = await tx.checkpointBlob.findMany({
          where: { checkpoint: { modelId: id } },
          select: { blob: true },
        });
        await tx.model.deleteMany({ where: { id } });
        return used.map(({ blob }) => blob);
      });
      await deleteUnreferenced(context, blobs);
    },
    /** The same weights at the same step are the same checkpoint: an upload that is repeated does no harm. */
    async addCheckpoint({ modelId, step, manifest, bytes }) {
      const create = transact(async (tx) => {
        const row = await tx.checkpoint.create({
          data: { modelId, step, manifest: storedCheckpointManifest.write(manifest), bytes },
        });
        const blobs = [...new Set(manifest.tensors.map((tensor) => tensor.blob))];
        await tx.checkpointBlob.createMany({ data: blobs.map((blob) => ({ checkpointId: row.id, blob })) });
        return toCheckpoint(row);
      });
      try {
        return await explained(create, {
          taken: `The model has other weights at step ${step} already. Give the checkpoint another step.`,
          missing: 'That model is no longer there.',
        });
      } catch (error) {
        const row = await db.checkpoint.findUnique({ where: { modelId_step: { modelId, step } } });
        const found = row && toCheckpoint(row);
        if (found?.manifest.hash === manifest.hash) return found;
        throw error;
      }
    },
    /** By step. */
    async checkpoints(modelId) {
      const rows = await db.checkpoint.findMany({ where: { modelId }, orderBy: { step: 'asc' } });
      return listed(rows, toCheckpoint, ({ step }) => String(step));
    },
  };
}
