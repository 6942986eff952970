/** A model with its weights in one answer, for scripts that compute with it elsewhere. */
import type { z } from 'zod';
import type { exportedModelSchema } from '../../../core/api/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { ProjectRow } from '../../store/contract.ts';
import type { App } from '../app/app.ts';
import { refuseLaterRow, stepsOf } from '../app/catalog.ts';
import { findModel } from './models.ts';

/** The last checkpoint where no step is given. Throws `not_found` for a step that it does not have. */
export async function exportModel(
  app: App,
  project: ProjectRow,
  name: string,
  step: number | undefined,
): Promise<z.infer<typeof exportedModelSchema>> {
  const known = await findModel(app, project, name);
  const { row, checkpoints } = known;
  const wanted = step ?? stepsOf(known).at(-1);
  refuseLaterRow(known.later, String(wanted));
  const found = checkpoints.find((c) => c.step === wanted);
  if (!found)
    throw new UserError(
      'not_found',
      checkpoints.length === 0
        ? `${name} has no checkpoint yet.`
        : `No step ${step} of ${name}; it has ${checkpoints.map((c) => c.step).join(', ')}.`,
    );
  if (row.manifest.operators)
    throw new UserError(
      'unsupported',
      `${name} is a graph of operators (${row.manifest.format}), which this answer has no place for; use the file that it was imported from.`,
    );
  const weights = [];
  for (const { name: weight, shape, blob } of found.manifest.tensors)
    weights.push({
      name: weight,
      shape,
      data: Buffer.from(await app.store.blobs.read(blob)).toString('base64'),
    });
  return {
    name: row.name,
    step: found.step,
    hash: found.manifest.hash,
    topology: row.manifest.topology,
    weights,
  };
}
