/** JSON in text columns: written once; brought to the newest shape and parsed by its schema whenever it is read. */
import { z } from 'zod';
import {
  storedCheckpointManifest,
  storedDatasetManifest,
  storedModelManifest,
  withImportersCaveat,
} from '../../core/artifacts/index.ts';
import { preprocessingChoiceSchema, trialSchema } from '../../core/preprocessing/index.ts';
import { storedResult } from '../../core/result/index.ts';
import type { StoredShape } from '../../core/stored/index.ts';

/** `where` names the row in the error that a damaged column gives. */
function parsed(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${where} holds no JSON: the database is damaged`);
  }
}

function reader<T>(schema: z.ZodType<T>): (text: string, where: string) => T {
  return (text, where) => {
    const found = schema.safeParse(parsed(text, where));
    if (!found.success) throw new Error(`${where} does not fit its schema: ${z.prettifyError(found.error)}`);
    return found.data;
  };
}
const readerOf =
  <T>(shape: StoredShape<T>) =>
  (text: string, where: string): T =>
    shape.read(parsed(text, where), where);

const asStored = readerOf(storedModelManifest);
export const readModelManifest = (text: string, where: string) => withImportersCaveat(asStored(text, where));
export const readCheckpointManifest = readerOf(storedCheckpointManifest);
export const readDatasetManifest = readerOf(storedDatasetManifest);
export const readResultMeta = readerOf(storedResult);
export const readPreprocessingChoice = reader(preprocessingChoiceSchema);
export const readTrial = reader(trialSchema);
export const readMetaParameters = reader(
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
);
export const readIds = reader(z.array(z.string()));
export const readUnknown = reader(z.unknown());
