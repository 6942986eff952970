/** Whether a kept result is what its question would be answered with by this version. */
import { parse } from '../../../core/algebra/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { ResultMeta } from '../../../core/result/index.ts';
import { methodVersion } from '../../compute/client.ts';

/**
 * The result as it is shown. Pinned results and those of snapshots outlive the version that computed them; what that
 * computed otherwise than this one does is said, so that a number since corrected is not taken for today's.
 */
export function withStanding(meta: ResultMeta): ResultMeta {
  const { query, methodVersion: then } = meta.provenance;
  const now = versionToday(query);
  if (now === then) return meta;
  const superseded =
    now === null
      ? `Computed by a version since corrected (${then}); this one no longer takes its question.`
      : `Computed by a version since corrected (${then}; today ${now}). Ask again for today's numbers.`;
  return { ...meta, superseded };
}

function versionToday(query: string): string | null {
  try {
    return methodVersion(parse(query));
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
