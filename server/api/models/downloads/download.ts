/** A checkpoint as a file of another program: what can be had, why something cannot, and its bytes as they are read. */
import type { z } from 'zod';
import type { DownloadFormat, downloadSchema } from '../../../../core/api/index.ts';
import type { ModelManifest } from '../../../../core/artifacts/index.ts';
import { UserError } from '../../../../core/errors/index.ts';
import type { ProjectRow } from '../../../store/contract.ts';
import type { App } from '../../app/app.ts';
import { refuseLaterRow, stepsOf } from '../../app/catalog.ts';
import { findModel } from '../models.ts';
import { onnxFile, onnxRefusal } from './onnx.ts';
import { safetensorsFile } from './safetensors.ts';
import { tfjsFile, tfjsRefusal } from './tfjs.ts';
import { inPieces, type WeightSource } from './weights.ts';

interface Writer {
  readonly ending: string;
  /** Why this model cannot be written faithfully; null where it can. */
  refusal(manifest: ModelManifest): string | null;
  /** Throws UserError before the first piece for what only the weights tell. */
  write(source: WeightSource): Promise<AsyncIterable<Uint8Array>>;
}

const WRITERS: Readonly<Record<DownloadFormat, Writer>> = {
  safetensors: { ending: 'safetensors', refusal: () => null, write: safetensorsFile },
  tfjs: { ending: 'tfjs.zip', refusal: tfjsRefusal, write: tfjsFile },
  onnx: { ending: 'onnx', refusal: onnxRefusal, write: onnxFile },
};
const FORMATS: readonly DownloadFormat[] = ['safetensors', 'tfjs', 'onnx'];

/** Each format, and why it is not to be had. */
export async function listDownloads(
  app: App,
  project: ProjectRow,
  name: string,
): Promise<z.infer<typeof downloadSchema>[]> {
  const { row } = await findModel(app, project, name);
  return FORMATS.map((format) => ({ format, refused: WRITERS[format].refusal(row.manifest) }));
}

/** The last checkpoint where no step is given. Throws `not_found`, and `unsupported` where the format cannot hold the model. */
export async function downloadModel(
  app: App,
  project: ProjectRow,
  name: string,
  { as, step }: { readonly as: DownloadFormat; readonly step?: number | undefined },
): Promise<Response> {
  const known = await findModel(app, project, name);
  const wanted = step ?? stepsOf(known).at(-1);
  refuseLaterRow(known.later, String(wanted));
  const found = known.checkpoints.find((checkpoint) => checkpoint.step === wanted);
  if (!found)
    throw new UserError(
      'not_found',
      known.checkpoints.length === 0
        ? `${name} has no checkpoint yet.`
        : `No step ${step} of ${name}; it has ${known.checkpoints.map((each) => each.step).join(', ')}.`,
    );
  const { ending, refusal, write } = WRITERS[as];
  const refused = refusal(known.row.manifest);
  if (refused !== null) throw new UserError('unsupported', `${name}: ${refused}`);
  const pieces = await write({
    ...{ name, step: found.step, manifest: known.row.manifest, tensors: found.manifest.tensors },
    blobs: app.store.blobs,
  });
  return new Response(inPieces(pieces), {
    headers: {
      'content-type': 'application/octet-stream',
      'content-disposition': `attachment; filename="${name}-${found.step}.${ending}"`,
      'cache-control': 'private, no-cache',
    },
  });
}
