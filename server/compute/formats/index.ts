/** Files from users into models and data sets. One file per format; this one tells them apart. */
import type { UploadedFile } from '../contract.ts';
import { baseName, extension, type ImportContext, step, unsupported } from './context.ts';
import { importCsv } from './csv.ts';
import { type DatasetOutcome, finishDataset, type RawDataset } from './dataset.ts';
import { importIdx, looksLikeIdx } from './idx.ts';
import { importImages, PICTURE_EXTENSIONS } from './images.ts';
import { importNumpy } from './npz.ts';
import { importSafetensors } from './safetensors.ts';
import { openSources, type Sources } from './sources.ts';

export type { ImportContext } from './context.ts';
export type { DatasetOutcome } from './dataset.ts';

/** Throws UserError: `invalid` for wrong files, `unsupported` for unknown kinds, `too_large`, `cancelled`. */
export async function importDataset(
  files: readonly UploadedFile[],
  context: ImportContext,
): Promise<DatasetOutcome> {
  step(context, 0, 'reading files');
  const sources = await openSources(files);
  try {
    return await finishDataset(await readDataset(sources, context), context);
  } finally {
    sources.close();
  }
}

function readDataset({ files }: Sources, context: ImportContext): Promise<RawDataset> {
  const of = (...kinds: string[]) => files.filter(({ name }) => kinds.includes(extension(name)));
  const idx = files.filter(({ name }) => looksLikeIdx(name));
  if (idx.length > 0) return importIdx(idx);
  const numpy = of('npz', 'npy');
  if (numpy.length > 0) return importNumpy(numpy);
  const tensors = of('safetensors');
  if (tensors.length > 0) return importSafetensors(tensors);
  const pictures = of(...PICTURE_EXTENSIONS);
  if (pictures.length > 0) return importImages(pictures, context);
  const tables = of('csv', 'tsv');
  if (tables.length > 0) return importCsv(tables);
  throw unsupported(
    files[0]!.name,
    `not a data set that Interlayer knows; found ${files
      .slice(0, 5)
      .map(({ name }) => baseName(name))
      .join(', ')}. Send IDX (.gz), .npz, .npy, .csv, .safetensors, or a zip of pictures in class folders`,
  );
}
