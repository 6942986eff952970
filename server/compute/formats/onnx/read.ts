/** An ONNX file as a graph of operators and the weights of its checkpoint. */
import type { OperatorGraph } from '../../../../core/artifacts/operators.ts';
import { freeNames } from '../../operators/names.ts';
import { invalid, type SourceFile, unsupported } from '../files/context.ts';
import { counted, listed } from '../files/numbers.ts';
import { readModel } from './decode.ts';
import { noExternal, openExternal } from './external.ts';
import { type Compilation, compileGraph, type Weight } from './graph.ts';
import { domainOf, Inliner, OUTERMOST } from './inline.ts';
import { type LaidWeight, laidWeights } from './laid.ts';
import type { ModelMessage } from './messages.ts';
import { Names } from './names.ts';
import { lossOf } from './tensors.ts';
import { readThin } from './thin.ts';

export interface OnnxModel {
  readonly graph: OperatorGraph;
  /** In the order of the graph's weights. */
  readonly weights: readonly Weight[];
  readonly warnings: readonly string[];
  /** Names of inputs and outputs of the graph that are lists of tensors, or may be absent. */
  readonly sequences: ReadonlySet<string>;
  readonly about: OnnxAbout;
}

/** What the file says of itself. */
export interface OnnxAbout {
  /** Version of the file format. */
  readonly irVersion: number;
  readonly producer: string;
  readonly producerVersion: string;
  /** The model's name, version and description, as its author gave them. */
  readonly name: string;
  readonly domain: string;
  readonly version: number;
  readonly description: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** `all`: the files that were sent, among which those with weights are. Throws UserError. */
export async function readOnnx(
  file: SourceFile,
  all: readonly SourceFile[] = [file],
): Promise<
  Omit<OnnxModel, 'weights'> & {
    readonly weights: readonly LaidWeight[];
    readonly parts: readonly SourceFile[];
  }
> {
  const bytes = await readThin(file);
  const model = readModel(bytes, file.name);
  const { external, used } = await openExternal(model, file, all);
  const compiled = compileModel(model, { file: file.name, external });
  const contents = [{ file, bytes }, ...used];
  return {
    ...compiled,
    weights: await laidWeights(compiled.weights, contents),
    parts: contents.map((content) => content.file),
  };
}

/** One that has no files beside it. */
export function readOnnxBytes(bytes: Buffer, file: string): OnnxModel {
  return compileModel(readModel(bytes, file), { file, external: noExternal(file) });
}

/** Operators of ONNX before this version mean other things: broadcasting was an attribute. */
const FIRST_OPSET = 7;
/** What later versions mean is not known. */
const LAST_OPSET = 28;

function compileModel(model: ModelMessage, source: Pick<Compilation, 'file' | 'external'>): OnnxModel {
  const { file } = source;
  if (model.graph === null || model.graph.outputs.length === 0)
    throw invalid(
      file,
      model.graph === null
        ? 'it holds no graph, so it is not an ONNX model, or is cut off'
        : 'its graph has no outputs; export the model again',
    );
  const opsets = opsetsOf(model, file);
  const inliner = new Inliner(model, file, new Names());
  const compilation: Compilation = {
    ...source,
    ...{ inliner, opsets, weights: new Map(), idle: [], sequences: new Set() },
  };
  const compiled = compileGraph(model.graph, OUTERMOST, null, compilation);
  for (const [domain, version] of inliner.opsets) opsets[domain] ??= version;
  const used = new Set([...compiled.nodes.flatMap(freeNames), ...compiled.outputs.map(({ name }) => name)]);
  const weights = [...compilation.weights.values()].filter(({ name }) => used.has(name));
  const graph: OperatorGraph = {
    ...compiled,
    weights: weights.map(({ name, type, shape }) => ({ name, type, shape: [...shape] })),
  };
  return {
    ...{ graph, weights, sequences: compilation.sequences },
    warnings: warningsOf(compilation, weights),
    about: {
      ...{ irVersion: model.irVersion, producer: model.producer, producerVersion: model.producerVersion },
      ...{ name: model.graph.name, domain: model.domain, version: model.version },
      ...{ description: model.description, metadata: Object.fromEntries(model.metadata) },
    },
  };
}

function opsetsOf(model: ModelMessage, file: string): Record<string, number> {
  const opsets: Record<string, number> = {};
  for (const { domain, version } of model.opsets) opsets[domainOf(domain)] = version;
  const version = opsets[''] ?? (model.opsets.length === 0 ? 1 : FIRST_OPSET);
  if (version < FIRST_OPSET)
    throw unsupported(
      file,
      `its operators are of version ${version} (opset), and ${FIRST_OPSET} is the first that is read; with the package onnx in Python, onnx.version_converter.convert_version(model, 13) brings it up to date`,
    );
  if (version > LAST_OPSET)
    throw unsupported(
      file,
      `its operators are of version ${version} (opset), and ${LAST_OPSET} is the last that is known; with the package onnx in Python, onnx.version_converter.convert_version(model, ${LAST_OPSET}) takes it back`,
    );
  return opsets;
}

function warningsOf({ idle }: Compilation, weights: readonly Weight[]): string[] {
  const warnings: string[] = [];
  if (idle.length > 0)
    warnings.push(
      `${counted(idle.length, 'node feeds', 'nodes feed')} no output and ${idle.length === 1 ? 'was' : 'were'} left out: ${listed(idle)}.`,
    );
  const losses = weights.map((weight) => ({ name: weight.name, ...lossOf(weight) }));
  const tell = (loss: 'infinite' | 'clipped', what: string) => {
    const names = losses.filter((each) => each[loss] > 0).map(({ name }) => name);
    if (names.length > 0) warnings.push(`${what}: ${listed(names)}.`);
  };
  tell('infinite', 'Weights of 64 bits are beyond what 32 bits hold, and became infinite');
  tell(
    'clipped',
    'Whole numbers of 64 bits are beyond what 32 bits hold, and became the nearest that they do',
  );
  return warnings;
}
