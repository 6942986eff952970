/** Files from users into models and data sets. A file per format in models/ and data/, a row each in core/formats. */
import { namesOf } from '../../../core/algebra/dictionary/values.ts';
import { DATA_FORMATS, isData, MODEL_FORMATS } from '../../../core/formats/index.ts';
import type { UploadedFile } from '../contract.ts';
import { architectureWarnings } from './checks/architecture.ts';
import { weightWarnings } from './checks/weights.ts';
import { REGISTRY as DATA } from './data/registry.generated.ts';
import { type DatasetOutcome, finishDataset, type RawDataset } from './datasets/dataset.ts';
import { isHidden } from './datasets/folders.ts';
import {
  baseName,
  extension,
  type ImportContext,
  type SourceFile,
  step,
  unsupported,
} from './files/context.ts';
import { counted, listed } from './files/numbers.ts';
import { openSources, type Sources } from './files/sources.ts';
import { REGISTRY as MODELS } from './models/registry.generated.ts';
import { finishOperators, type RawOperators } from './operators/model.ts';
import { finishParameters, type RawParameters } from './parameters/model.ts';
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
    const raw = await readModel(sources, files[0]!.name);
    if ('parameters' in raw) return await finishParameters(raw, context);
    const outcome = await ('graph' in raw ? finishOperators(raw, context) : finishModel(raw, context));
    return await withChecks(outcome, context);
  } finally {
    sources.close();
  }
}

/** Warns of what the architecture and the weights show by themselves. */
async function withChecks(outcome: ModelOutcome, context: ImportContext): Promise<ModelOutcome> {
  const { manifest, weights } = outcome;
  const found = [
    ...architectureWarnings(manifest.graph),
    ...(await weightWarnings(manifest.graph, weights, context)),
  ];
  return { ...outcome, manifest: { ...manifest, warnings: [...manifest.warnings, ...found] } };
}

/** Other kinds of model files, and what to do with them. */
const ELSEWHERE: Record<string, string> = {
  pb: 'a TensorFlow SavedModel keeps no layers to look into; save the Keras model: model.save("name.keras")',
  ort: "this is onnxruntime's own copy of a model; send the .onnx file that it was made from",
  tflite: 'TensorFlow Lite models keep no layers to look into; send the .keras or .h5 that it was made from',
  safetensors: 'it holds weights without an architecture; send the model.json of the model together with it',
  bin: 'these are weight shards without their architecture; send the model.json together with them',
};

async function readModel(
  { files }: Sources,
  upload: string,
): Promise<RawModel | RawOperators | RawParameters> {
  for (const name of namesOf(MODEL_FORMATS)) {
    const found = await MODELS[name].read(files, upload);
    if (!found) continue;
    const { model, parts } = found;
    if (parts === null) return model;
    const note = leftOut(
      files.filter((each) => !parts.includes(each)),
      'the model',
    );
    return { ...model, warnings: [...(model.warnings ?? []), ...note] };
  }
  for (const [kind, advice] of Object.entries(ELSEWHERE)) {
    const file = files.find(({ name }) => extension(name) === kind);
    if (file) throw unsupported(file.name, advice);
  }
  const known = Object.values(MODEL_FORMATS).map(({ send }) => send);
  throw unsupported(
    files[0]!.name,
    `not a model that Interlayer knows; found ${names(files)}. Send ${known.join(', or ')}`,
  );
}

/** Hidden files, which systems leave in folders and archives, are not worth a word. */
function leftOut(files: readonly SourceFile[], what: string): string[] {
  const left = files.map(({ name }) => name).filter((name) => !name.split(/[\\/]/).some(isHidden));
  if (left.length === 0) return [];
  return [`Left out ${counted(left.length, 'file', 'files')} beside ${what}: ${listed(left)}.`];
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

/** The first format of which there are files; what is of no use to it is said. */
async function readDataset({ files, folders }: Sources, context: ImportContext): Promise<RawDataset> {
  for (const name of namesOf(DATA_FORMATS)) {
    const row = DATA_FORMATS[name];
    const own = files.filter((file) => isData(file.name, row));
    if (own.length === 0) continue;
    const used = new Set(row.takesAll ? files : own);
    const raw = await DATA[name].read([...used], folders, context);
    const note = leftOut(
      files.filter((file) => !used.has(file)),
      'the data',
    );
    return { ...raw, warnings: [...(raw.warnings ?? []), ...note] };
  }
  const known = Object.values(DATA_FORMATS).map(({ send }) => send);
  throw unsupported(
    files[0]!.name,
    `not a data set that Interlayer knows; found ${names(files)}. Send ${known.slice(0, -1).join(', ')}, or ${known.at(-1)}`,
  );
}
