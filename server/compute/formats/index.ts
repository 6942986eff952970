/** Files from users into models and data sets. One file per format; this one tells them apart. */
import { UserError } from '../../../core/errors/index.ts';
import type { UploadedFile } from '../contract.ts';
import { importCsv } from './data/csv.ts';
import { importIdx, looksLikeIdx } from './data/idx.ts';
import { importImages, OTHER_PICTURES } from './data/images.ts';
import { importNumpy } from './data/npz.ts';
import { importSafetensors } from './data/safetensors.ts';
import { type DatasetOutcome, finishDataset, type RawDataset } from './datasets/dataset.ts';
import { isHidden } from './datasets/folders.ts';
import {
  baseName,
  extension,
  type ImportContext,
  invalid,
  type SourceFile,
  step,
  unsupported,
} from './files/context.ts';
import { counted, listed } from './files/numbers.ts';
import { openSources, type Sources } from './files/sources.ts';
import { isKerasArchive, readH5, readKerasEntries, readKerasFile } from './models/keras.ts';
import { isTfjsModel, readModelJson, readTfjs } from './models/tfjs.ts';
import { PICTURE_EXTENSIONS } from './pictures/decode.ts';
import { finishModel, type ModelOutcome, type RawModel } from './topology/model.ts';

export type { DatasetOutcome } from './datasets/dataset.ts';
export type { ImportContext } from './files/context.ts';
export { buildModel, disposeModel, type Topology } from './topology/build.ts';
export type { ModelOutcome } from './topology/model.ts';

/** Throws UserError: `invalid` for wrong files, `unsupported` for unknown kinds and layers, `too_large`, `cancelled`. */
export async function importModel(
  files: readonly UploadedFile[],
  context: ImportContext,
): Promise<ModelOutcome> {
  step(context, 0, 'reading files');
  const sources = await openSources(files);
  try {
    return await finishModel(await readModel(sources, files[0]!.name), context);
  } finally {
    sources.close();
  }
}

/** Other kinds of model files, and what to do with them. */
const ELSEWHERE: Record<string, string> = {
  onnx: 'ONNX models are not read yet; export the Keras or TensorFlow.js model that it came from',
  pb: 'a TensorFlow SavedModel keeps no layers to look into; save the Keras model: model.save("name.keras")',
  tflite: 'TensorFlow Lite models keep no layers to look into; send the .keras or .h5 that it was made from',
  pt: 'PyTorch files hold Python objects, which are never loaded; rebuild the model in Keras 3 and save it as .keras',
  pth: 'PyTorch files hold Python objects, which are never loaded; rebuild the model in Keras 3 and save it as .keras',
  safetensors: 'it holds weights without an architecture; send the model.json of the model together with it',
  bin: 'these are weight shards without their architecture; send the model.json together with them',
};

/** One of them is the model.json. */
const MAX_JSON_FILES = 100;

async function readModel({ files }: Sources, upload: string): Promise<RawModel> {
  if (isKerasArchive(files)) return readKerasEntries(files, upload);
  const of = (...kinds: string[]) => files.filter(({ name }) => kinds.includes(extension(name)));
  const [keras] = of('keras');
  if (keras) return beside(files, keras, await readKerasFile(only(keras, of('keras'))));
  const [h5] = of('h5', 'hdf5');
  if (h5) return beside(files, h5, await readH5(only(h5, of('h5', 'hdf5'))));
  if (of('json').length > MAX_JSON_FILES)
    throw new UserError(
      'too_large',
      `${files[0]!.name}: found ${of('json').length} files named .json, at most ${MAX_JSON_FILES} are looked into; send the model.json with its weight files only`,
    );
  const models: { file: SourceFile; json: Record<string, unknown> }[] = [];
  for (const file of of('json')) {
    const json = await readModelJson(file);
    if (json && isTfjsModel(json)) models.push({ file, json });
  }
  const [model, second] = models;
  if (second)
    throw invalid(second.file.name, `a second model beside ${model!.file.name}; send one model at a time`);
  if (model) return readTfjs(model.file, model.json, files);
  for (const [kind, advice] of Object.entries(ELSEWHERE)) {
    const [file] = of(kind);
    if (file) throw unsupported(file.name, advice);
  }
  throw unsupported(
    files[0]!.name,
    `not a model that Interlayer knows; found ${names(files)}. Send a .keras or .h5 file, or a TensorFlow.js model.json with its weight files (or a zip of them)`,
  );
}

/** A model that is one file: what else was sent is of no use to it, and said. */
function beside(files: readonly SourceFile[], used: SourceFile, raw: RawModel): RawModel {
  const note = leftOut(
    files.filter((file) => file !== used),
    'the model',
  );
  return { ...raw, warnings: [...(raw.warnings ?? []), ...note] };
}

/** Hidden files, which systems leave in folders and archives, are not worth a word. */
function leftOut(files: readonly SourceFile[], what: string): string[] {
  const left = files.map(({ name }) => name).filter((name) => !name.split(/[\\/]/).some(isHidden));
  if (left.length === 0) return [];
  return [`Left out ${counted(left.length, 'file', 'files')} beside ${what}: ${listed(left)}.`];
}

function only(file: SourceFile, all: readonly SourceFile[]): SourceFile {
  if (all.length > 1)
    throw invalid(all[1]!.name, `a second model beside ${file.name}; send one model at a time`);
  return file;
}

function names(files: readonly SourceFile[]): string {
  return files
    .slice(0, 5)
    .map(({ name }) => baseName(name))
    .join(', ');
}

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

/** The first kind of which there are files; what is of no use to it is said. */
async function readDataset({ files, folders }: Sources, context: ImportContext): Promise<RawDataset> {
  const of = (...kinds: string[]) => files.filter(({ name }) => kinds.includes(extension(name)));
  const pictures = of(...PICTURE_EXTENSIONS, ...OTHER_PICTURES);
  const kinds: [used: readonly SourceFile[], read: (used: readonly SourceFile[]) => Promise<RawDataset>][] = [
    [files.filter(({ name }) => looksLikeIdx(name)), importIdx],
    [of('npz', 'npy'), importNumpy],
    [of('safetensors'), importSafetensors],
    // All files: their folders are classes, and what is no picture is said there.
    [pictures.length > 0 ? files : [], () => importImages(files, folders, context)],
    [of('csv', 'tsv'), importCsv],
  ];
  const [used, read] = kinds.find(([own]) => own.length > 0) ?? [];
  if (!used || !read)
    throw unsupported(
      files[0]!.name,
      `not a data set that Interlayer knows; found ${names(files)}. Send IDX (.gz), .npz, .npy, .csv, .safetensors, or a zip of pictures in class folders`,
    );
  const raw = await read(used);
  const taken = new Set(used);
  const note = leftOut(
    files.filter((file) => !taken.has(file)),
    'the data',
  );
  return { ...raw, warnings: [...(raw.warnings ?? []), ...note] };
}
