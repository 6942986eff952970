/** Which results are in use: what has not been for the longest is let go first. */
import type { ResultRow, Store } from '../../store/contract.ts';

/** Use is written down at most this often, so that reading is not writing. */
const EVERY_MS = 60_000;

export async function noteUse(store: Pick<Store, 'results'>, result: ResultRow): Promise<void> {
  if (Date.now() - result.lastUsedAt.getTime() > EVERY_MS) await store.results.touch(result.id);
}
