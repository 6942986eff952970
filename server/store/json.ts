/** JSON in text columns: written once, parsed by a schema whenever it is read. */
import { z } from 'zod';
import {
  checkpointManifestSchema,
  datasetManifestSchema,
  modelManifestSchema,
  withImportersCaveat,
} from '../../core/artifacts/index.ts';
import { preprocessingChoiceSchema, trialSchema } from '../../core/preprocessing/index.ts';
import { resultSchema } from '../../core/result/index.ts';

/** `where` names the row in the error that a damaged column gives. */
function reader<T>(schema: z.ZodType<T>): (text: string, where: string) => T {
  return (text, where) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new Error(`${where} holds no JSON: the database is damaged`);
    }
    const parsed = schema.safeParse(value);
    if (!parsed.success)
      throw new Error(`${where} does not fit its schema: ${z.prettifyError(parsed.error)}`);
    return parsed.data;
  };
}

const asStored = reader(modelManifestSchema);
export const readModelManifest = (text: string, where: string) => withImportersCaveat(asStored(text, where));
export const readCheckpointManifest = reader(checkpointManifestSchema);
export const readDatasetManifest = reader(datasetManifestSchema);
export const readResultMeta = reader(resultSchema);
export const readPreprocessingChoice = reader(preprocessingChoiceSchema);
export const readTrial = reader(trialSchema);
export const readMetaParameters = reader(
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
);
export const readIds = reader(z.array(z.string()));
export const readUnknown = reader(z.unknown());
