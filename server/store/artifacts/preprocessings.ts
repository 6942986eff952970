import type { Context } from '../context.ts';
import type { PreprocessingRow, Store } from '../contract.ts';
import { explained } from '../database/transactions.ts';
import type { Prisma } from '../generated/sqlite/client.ts';
import { readPreprocessingChoice, readTrial } from '../json.ts';

function toRow(row: Prisma.PreprocessingGetPayload<object>): PreprocessingRow {
  const { modelId, datasetId, chosen, trial, checkpoint } = row;
  const where = `preprocessing of ${datasetId} for ${modelId}`;
  return {
    ...{ modelId, datasetId },
    chosen: chosen === null ? null : readPreprocessingChoice(chosen, where),
    trial: trial === null || checkpoint === null ? null : { checkpoint, outcome: readTrial(trial, where) },
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
      const rows = await db.preprocessing.findMany({ where: { model: { projectId } } });
      return rows.map(toRow);
    },
    choose: (modelId, datasetId, choice) =>
      keep(
        { modelId, datasetId },
        { chosen: choice && JSON.stringify(choice), trial: null, checkpoint: null },
      ),
    keepTrial: (modelId, datasetId, { checkpoint, outcome }) =>
      keep({ modelId, datasetId }, { trial: JSON.stringify(outcome), checkpoint }),
  };
}
