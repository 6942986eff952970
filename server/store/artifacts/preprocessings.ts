import { storedChoice, storedTrial } from '../../../core/preprocessing/index.ts';
import type { Context } from '../context.ts';
import type { PreprocessingRow, Store } from '../contract.ts';
import { explained } from '../database/transactions.ts';
import type { Prisma } from '../generated/sqlite/client.ts';
import { readPreprocessingChoice, readTrial, unlessLater } from '../json.ts';

const NAMED = {
  model: { select: { name: true } },
  dataset: { select: { name: true } },
} as const satisfies Prisma.PreprocessingInclude;

function toRow(row: Prisma.PreprocessingGetPayload<{ include: typeof NAMED }>): PreprocessingRow {
  const { modelId, datasetId, chosen, trial, checkpoint } = row;
  const where = `the preprocessing of ${row.dataset.name} for ${row.model.name}`;
  const kept = unlessLater(() => ({
    chosen: chosen === null ? null : readPreprocessingChoice(chosen, where),
    trial: trial === null || checkpoint === null ? null : { checkpoint, outcome: readTrial(trial, where) },
  }));
  return {
    ...{ modelId, datasetId },
    ...('value' in kept ? { ...kept.value, later: null } : { chosen: null, trial: null, later: kept.later }),
  };
}

export function preprocessings({ db }: Context): Store['preprocessings'] {
  const keep = async (
    pair: { modelId: string; datasetId: string },
    change: { chosen?: string | null; trial: string | null; checkpoint: string | null },
  ): Promise<void> => {
    await explained(
      db.preprocessing.upsert({
        where: { modelId_datasetId: pair },
        create: { ...pair, ...change },
        update: change,
      }),
      { missing: 'The model or the data set is no longer there.' },
    );
  };
  return {
    async ofProject(projectId) {
      const rows = await db.preprocessing.findMany({ where: { model: { projectId } }, include: NAMED });
      return rows.map(toRow);
    },
    choose: (modelId, datasetId, choice) =>
      keep(
        { modelId, datasetId },
        { chosen: choice && storedChoice.write(choice), trial: null, checkpoint: null },
      ),
    keepTrial: (modelId, datasetId, { checkpoint, outcome }) =>
      keep({ modelId, datasetId }, { trial: storedTrial.write(outcome), checkpoint }),
  };
}
