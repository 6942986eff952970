/** The examples of a split as they are stored. */
import { UserError } from '../../../core/errors/index.ts';
import type { ProjectRow } from '../../store/contract.ts';
import { type App, notFound } from '../app/app.ts';
import { SAFETENSORS } from '../results/routes.ts';

/** Safetensors. Throws `not_found`. */
export async function exportSplit(
  app: App,
  project: ProjectRow,
  name: string,
  split: string,
): Promise<Response> {
  const row = await app.store.datasets.byName(project.id, name);
  if (!row) throw notFound('data set');
  const { splits } = row.manifest;
  const found = splits.find((s) => s.name === split);
  if (!found)
    throw new UserError(
      'not_found',
      `No split ${split} in ${name}; it has ${splits.map((s) => s.name).join(', ')}.`,
    );
  const { bytes, body } = await app.store.blobs.stream(found.blob);
  return new Response(body, {
    headers: {
      'content-length': String(bytes),
      'content-type': SAFETENSORS,
      'cache-control': 'private, no-cache',
    },
  });
}
