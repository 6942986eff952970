/** Which blobs are needed: those of checkpoints, data sets, snapshots and results. */
import type { Context } from './context.ts';

/** Well below the number of parameters that either database takes. */
const CHUNK = 500;

async function referenced({ db }: Context, blobs: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (let i = 0; i < blobs.length; i += CHUNK) {
    const where = { blob: { in: blobs.slice(i, i + CHUNK) } };
    const rows = await Promise.all([
      db.checkpointBlob.findMany({ where, select: { blob: true } }),
      db.datasetBlob.findMany({ where, select: { blob: true } }),
      db.snapshotBlob.findMany({ where, select: { blob: true } }),
      db.result.findMany({ where, select: { blob: true } }),
    ]);
    for (const { blob } of rows.flat()) found.add(blob);
  }
  return found;
}

/**
 * Deletes those of the blobs that no row needs. Call after the rows were deleted. A blob that was put again lately
 * stays, because its row may be about to be written; a later sweep takes it.
 */
export async function deleteUnreferenced(context: Context, blobs: Iterable<string>): Promise<number> {
  const candidates = [...new Set(blobs)];
  const needed = await referenced(context, candidates);
  let deleted = 0;
  for (const blob of candidates) {
    if (!needed.has(blob) && (await context.blobs.deleteUnlessFresh(blob, context.blobGraceMs))) deleted++;
  }
  return deleted;
}

/** Deletes all blobs that no row needs: what uploads left that broke off, and what earlier sweeps found too fresh. */
export async function sweep(context: Context): Promise<number> {
  let deleted = 0;
  let batch: string[] = [];
  for await (const blob of context.blobs.olderThan(context.blobGraceMs)) {
    batch.push(blob);
    if (batch.length < CHUNK) continue;
    deleted += await deleteUnreferenced(context, batch);
    batch = [];
  }
  return deleted + (await deleteUnreferenced(context, batch));
}
