/** JSON in text columns: written once; brought to the newest shape and parsed by its schema whenever it is read. */
import { z } from 'zod';
import {
  storedCheckpointManifest,
  storedDatasetManifest,
  storedModelManifest,
  withImportersCaveat,
} from '../../core/artifacts/index.ts';
import { storedAnchor } from '../../core/board/index.ts';
import { storedChoice, storedTrial } from '../../core/preprocessing/index.ts';
import { storedResult } from '../../core/result/index.ts';
import { LaterVersion, type StoredShape } from '../../core/stored/index.ts';
import type { LaterRow, Listed } from './rows.ts';

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
export const readPreprocessingChoice = readerOf(storedChoice);
export const readTrial = readerOf(storedTrial);
export const readAnchor = readerOf(storedAnchor);
export const readMetaParameters = reader(
  z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
);
export const readIds = reader(z.array(z.string()));
export const readUnknown = reader(z.unknown());

/** What `read` gives; where a later version wrote it, the sentence that says so. */
export function unlessLater<T>(read: () => T): { readonly value: T } | { readonly later: string } {
  try {
    return { value: read() };
  } catch (error) {
    if (error instanceof LaterVersion) return { later: error.message };
    throw error;
  }
}

/** Rows in their order; one that a later version wrote is told by name and hides no other. */
export function listed<Row extends { readonly id: string }, T>(
  rows: readonly Row[],
  read: (row: Row) => T,
  nameOf: (row: Row) => string,
): Listed<T> {
  const known: T[] = [];
  const later: LaterRow[] = [];
  for (const row of rows) {
    const found = unlessLater(() => read(row));
    if ('value' in found) known.push(found.value);
    else later.push({ id: row.id, name: nameOf(row), why: found.later });
  }
  return { rows: known, later };
}
