/** Weights without a graph, as files of PyTorch have them, to the outcome of a model import: they can be looked at, not run. */
import { WITHOUT_GRAPH } from '../../../../core/artifacts/graph.ts';
import { IMPORTER, type ModelManifest } from '../../../../core/artifacts/index.ts';
import type { GraphRecord } from '../../../../core/result/index.ts';
import { elementsOf, type ImportContext, invalid, step } from '../files/context.ts';
import type { NumberType } from '../files/number-types.ts';
import { type ModelOutcome, writeWeights } from '../topology/model.ts';

export interface RawParameters {
  /** How it came: 'torch', 'safetensors'. */
  readonly format: string;
  readonly file: string;
  readonly name: string;
  /** By the names of the modules: `layer1.0.conv1.weight`. */
  readonly parameters: readonly RawParameter[];
  /** Classes of modules by their path, where the file tells them. */
  readonly classes: ReadonlyMap<string, string>;
  readonly warnings: readonly string[];
}
export interface RawParameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly type: NumberType;
  /** Row by row. */
  read(): Promise<Float32Array | Int32Array>;
}

type Layer = GraphRecord['layers'][number];

export async function finishParameters(raw: RawParameters, context: ImportContext): Promise<ModelOutcome> {
  const { file } = raw;
  step(context, 0.2, 'reading the names of the weights');
  const parameters = raw.parameters.filter(({ name }) => !COUNTER.test(name));
  const graph = recordOf(raw, parameters);
  const targets = parameters.map(({ name, shape, type }) => {
    elementsOf(shape, file, name);
    const { module, own } = placeOf(name);
    return {
      ...{ name: `${module}/${own}`, layer: module, shape },
      ...(isFloat(type) ? {} : { integers: true as const }),
    };
  });
  if (targets.length === 0) throw invalid(file, 'it holds no weights; send the file of a trained model');
  const warnings = [WITHOUT_GRAPH, ...raw.warnings];
  const files = await writeWeights(targets, parameters, warnings, file, context);
  const manifest: ModelManifest = {
    ...{ format: raw.format, topology: null, graph, inputs: [], outputs: [] },
    weights: targets.map(({ layer: _, ...weight }) => ({ ...weight, shape: [...weight.shape] })),
    ...{ warnings, importer: IMPORTER },
  };
  return { kind: 'import-model', manifest, weights: files };
}

/** How often batches were counted says nothing of the model. */
const COUNTER = /(^|\.)num_batches_tracked$/;
/** Moving averages, which no gradient changes. */
const AVERAGE = /^running_(mean|var)$/;

const isFloat = (type: NumberType) => type.includes('float');

/** The module that a parameter is of, and what it is called there. */
function placeOf(name: string): { module: string; own: string } {
  const dot = name.lastIndexOf('.');
  return dot < 0 ? { module: 'model', own: name } : { module: name.slice(0, dot), own: name.slice(dot + 1) };
}

function recordOf(raw: RawParameters, parameters: readonly RawParameter[]): GraphRecord {
  const modules = new Map<string, RawParameter[]>();
  for (const parameter of parameters) {
    const { module } = placeOf(parameter.name);
    modules.set(module, [...(modules.get(module) ?? []), parameter]);
  }
  const layers = [...modules].map(([module, own]): Layer => {
    const named = own.map(({ name, shape }) => ({ name: placeOf(name).own, shape }));
    const learnt = named.filter(({ name }) => !AVERAGE.test(name));
    const params = sizeOf(named);
    const container = module.slice(0, Math.max(0, module.lastIndexOf('.')));
    return {
      ...{ name: module, type: classOf(raw.classes.get(module)), outputShape: [], params },
      trainableParams: sizeOf(learnt),
      units: unitsOf(named),
      weights: named.map(({ name, shape }) => {
        const axes = axesOf(shape, unitsOf(named));
        return { name: `${module}/${name}`, shape: [...shape], ...(axes ? { axes } : {}) };
      }),
      config: container === '' ? {} : { container: container.replaceAll('.', '/') },
    };
  });
  return {
    ...{ model: raw.name, vocabulary: 'torch', layers, edges: [], inputs: [], outputs: [] },
    params: layers.reduce((sum, { params }) => sum + params, 0),
  };
}

const sizeOf = (weights: readonly { shape: readonly number[] }[]): number =>
  weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);

/** `Linear` of `torch.nn.modules.linear.Linear`; what a state dict is of is not told. */
const classOf = (name: string | undefined): string => name?.slice(name.lastIndexOf('.') + 1) || 'Module';

interface Shaped {
  readonly name: string;
  readonly shape: readonly number[];
}

/** A bias is one number per unit, and so is the first axis of what PyTorch's layers multiply by. */
function unitsOf(weights: readonly Shaped[]): number | null {
  const told = weights.find(({ name, shape }) => name === 'bias' && shape.length === 1);
  const weight = told ?? weights.find(({ name }) => name === 'weight');
  return weight?.shape[0] ?? null;
}

/** Units before inputs, as PyTorch has them; where the sizes do not say so, the axes are not named. */
function axesOf(shape: readonly number[], units: number | null): string[] | null {
  if (units === null || shape[0] !== units) return null;
  if (shape.length === 1) return ['unit'];
  const places = [['x'], ['y', 'x'], ['z', 'y', 'x']];
  return shape.length === 2 ? ['unit', 'input'] : ['unit', 'input', ...(places[shape.length - 3] ?? [])];
}
