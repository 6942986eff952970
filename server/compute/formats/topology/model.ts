/** From an architecture and tensors, whatever the format, to the outcome of a model import. */
import type { LayersModel } from '@tensorflow/tfjs';
import { IMPORTER, type ModelAbout, type ModelManifest } from '../../../../core/artifacts/index.ts';
import type { ComputeOutcome } from '../../contract.ts';
import { elementsOf, type ImportContext, invalid, spoolFile, step, unsupported } from '../files/context.ts';
import { policyCaveats } from '../layers/dtype.ts';
import { lossesOf } from '../layers/training.ts';
import { parseArchitecture } from './architecture.ts';
import { assignWeights, type ModelWeight, type SourceWeight, weightsOfModel } from './assign.ts';
import { attentionOrderCaveats } from './attention-order.ts';
import { buildModel, disposeModel, topologyOf } from './build.ts';
import { type FlatNetwork, flattenNetwork } from './flatten.ts';
import { graphRecordOf } from './graph.ts';
import { runnableLayer } from './layers.ts';

export type ModelOutcome = Extract<ComputeOutcome, { kind: 'import-model' }>;

export interface RawModel {
  /** How it came: 'tfjs-layers' or 'keras'. */
  readonly format: string;
  /** File that the architecture came from, for messages. */
  readonly file: string;
  /** `{class_name, config}`. */
  readonly architecture: unknown;
  readonly keras3: boolean;
  readonly weights: readonly SourceWeight[];
  /** How the model was compiled, as the file writes it: `{loss, ...}`. */
  readonly training?: unknown;
  readonly warnings?: readonly string[];
  /** What the file says of itself. */
  readonly about?: ModelAbout;
}

export async function finishModel(raw: RawModel, context: ImportContext): Promise<ModelOutcome> {
  const { tf } = context;
  const { file } = raw;
  step(context, 0.2, 'reading the architecture');
  const parsed = parseArchitecture(raw.architecture, file);
  const losses = lossesOf(
    raw.training,
    parsed.outputs.map(({ layer }) => layer),
  );
  const network = flattenNetwork(parsed, file);
  const layers = network.layers.map(({ className, name, config, form = null }) =>
    runnableLayer(className, name, config, { file, keras3: raw.keras3, form }),
  );
  const caveats = [
    ...policyCaveats(layers.map(({ policies }, at) => ({ name: network.layers[at]!.name, policies }))),
    ...layers.flatMap((layer) => layer.caveats),
    ...(raw.keras3 ? attentionOrderCaveats(network) : []),
  ];
  const warnings = [...(raw.warnings ?? []), ...caveats, ...layers.flatMap((layer) => layer.warnings)];
  if (network.idle.length > 0)
    warnings.push(`The layers ${network.idle.slice(0, 6).join(', ')} feed no output and were left out.`);
  const topology = topologyOf(network, layers, raw.keras3);
  const elements = raw.weights.reduce((sum, { shape, name }) => sum + elementsOf(shape, file, name), 0);
  step(context, 0.4, 'building the model');
  const model = await buildModel(tf, topology, elements, file);
  try {
    checkSteps(model, network, file);
    const targets = weightsOfModel(model, network);
    const { weights, unused } = assignWeights(targets, raw.weights, file);
    if (unused.length > 0)
      warnings.push(
        `${unused.length} tensors of the file belong to no layer and were left out: ${unused.slice(0, 4).join(', ')}${unused.length > 4 ? ', ...' : ''}.`,
      );
    const manifest: ModelManifest = {
      format: raw.format,
      topology,
      graph: { ...graphRecordOf(model, network, targets, layers), ...(losses ? { losses } : {}) },
      inputs: model.inputs.map((tensor, at) => ({
        name: network.inputs[at]!.layer,
        shape: [...tensor.shape],
      })),
      outputs: model.outputs.map((tensor, at) => ({
        name: network.outputs[at]!.layer,
        shape: [...tensor.shape],
      })),
      weights: targets.map(({ name, shape }) => ({ name, shape: [...shape] })),
      warnings,
      ...(caveats.length > 0 ? { caveats } : {}),
      ...(raw.about ? { about: raw.about } : {}),
      importer: IMPORTER,
    };
    const files = await writeWeights(targets, weights, warnings, file, context);
    return { kind: 'import-model', manifest, weights: files };
  } finally {
    disposeModel(model);
  }
}

/** A merge fits shapes from the first axis on; step by step, there is one more before those that it fits. */
function checkSteps(model: LayersModel, network: FlatNetwork, file: string): void {
  for (const { name, className, within } of network.layers) {
    if (within === undefined) continue;
    const shapes = model.getLayer(name).inboundNodes.flatMap(({ inputShapes }) => inputShapes);
    if (new Set(shapes.map((shape) => [shape].flat().length)).size > 1)
      throw unsupported(
        file,
        `the layer ${name} (${className}) takes tensors of different ranks (${shapes.map((shape) => `[${[shape].flat().join(', ')}]`).join(', ')}); give them the same with Reshape`,
      );
  }
}

export type Numbers = Float32Array | Int32Array;

/** Raw little-endian numbers of 4 bytes, one spool file per weight. NaN and infinities are counted, layer by layer. */
export async function writeWeights(
  targets: readonly Pick<ModelWeight, 'name' | 'shape' | 'layer'>[],
  sources: readonly { read(): Numbers | Promise<Numbers> }[],
  warnings: string[],
  file: string,
  context: ImportContext,
): Promise<ModelOutcome['weights']> {
  const out: ModelOutcome['weights'][number][] = [];
  let finite = 0;
  for (const [at, target] of targets.entries()) {
    step(context, 0.5 + (0.5 * at) / targets.length, `weight ${at + 1} of ${targets.length}`);
    const data = await sources[at]!.read();
    const expected = elementsOf(target.shape, file, target.name);
    if (data.length !== expected)
      throw invalid(
        file,
        `the weight ${target.name} holds ${data.length} numbers; its shape needs ${expected}`,
      );
    let bad = 0;
    for (const value of data) if (!Number.isFinite(value)) bad++;
    finite += data.length - bad;
    if (bad > 0)
      warnings.push(
        `The layer ${target.layer} has ${bad} of ${data.length} numbers in ${target.name} that are NaN or infinite; whatever comes after it is not a number either.`,
      );
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    out.push({ name: target.name, shape: target.shape, file: await spoolFile(context, 'weight', [bytes]) });
  }
  if (targets.length > 0 && finite === 0)
    throw invalid(file, 'all weights are NaN or infinite: the training diverged before this file was saved');
  return out;
}
