/** From a graph of operators and its weights, whatever the format, to the outcome of a model import. */
import type { Tensor } from '@tensorflow/tfjs';
import { IMPORTER, type ModelAbout, type ModelManifest } from '../../../../core/artifacts/index.ts';
import type { ElementType, OperatorGraph, OperatorProgram } from '../../../../core/artifacts/operators.ts';
import type { GraphRecord } from '../../../../core/result/index.ts';
import { weightOwners } from '../../operators/layers.ts';
import { typesOf } from '../../operators/types.ts';
import { uploaded } from '../../operators/upload.ts';
import { storedAs, tensorOf } from '../../operators/values.ts';
import { type ImportContext, step } from '../files/context.ts';
import { type ModelOutcome, type Numbers, writeWeights } from '../topology/model.ts';
import { graphRecordOfOperators } from './record.ts';
import { sizesOf } from './sizes.ts';

export interface RawOperators {
  /** How it came: 'onnx'. */
  readonly format: string;
  readonly file: string;
  readonly name: string;
  readonly graph: OperatorGraph;
  /** In the order of the graph's. */
  readonly weights: readonly RawWeight[];
  readonly warnings: readonly string[];
  /** What the file says of itself. */
  readonly about?: ModelAbout;
}
interface RawWeight {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  read(): Numbers | Promise<Numbers>;
}

/** Throws UserError for a model that does not run. */
export async function finishOperators(raw: RawOperators, context: ImportContext): Promise<ModelOutcome> {
  const { tf } = context;
  const { graph, file } = raw;
  step(context, 0.2, 'reading the graph');
  const types = typesOf(graph);
  const held = new Map<string, Tensor>();
  try {
    for (const weight of raw.weights)
      held.set(weight.name, uploaded(tf, await weight.read(), weight.shape, storedAs(weight.type)));
    for (const [name, constant] of Object.entries(graph.constants)) held.set(name, tensorOf(tf, constant));
    step(context, 0.4, 'running it once');
    const run = { tf, opsets: graph.opsets, types };
    const { shapes, batch, warnings: told } = await sizesOf({ run, graph, held, context }, file);
    // What is written next is read again, one weight at a time.
    tf.dispose([...held.values()]);
    const program: OperatorProgram = { graph, shapes, batch };
    const owners = weightOwners(graph);
    const targets = graph.weights.map(({ name, shape, type }) => {
      const owner = owners.get(name);
      const integers = storedAs(type) === 'int32';
      return {
        name: owner ? `${owner.node}/${owner.name}` : name,
        layer: owner?.node ?? name,
        shape,
        ...(integers ? { integers: true as const } : {}),
      };
    });
    const record = graphRecordOfOperators(program, types, raw.name);
    const caveats = typeCaveats(types);
    const warnings = [...raw.warnings, ...told, ...caveats];
    const files = await writeWeights(targets, raw.weights, warnings, file, context);
    const manifest: ModelManifest = {
      format: raw.format,
      topology: null,
      operators: program,
      graph: record,
      inputs: record.inputs.map((name) => port(record, name)),
      outputs: record.outputs.map((name) => port(record, name)),
      weights: targets.map(({ layer: _, ...weight }) => ({ ...weight, shape: [...weight.shape] })),
      warnings,
      ...(caveats.length > 0 ? { caveats } : {}),
      ...(raw.about ? { about: raw.about } : {}),
      importer: IMPORTER,
    };
    return { kind: 'import-model', manifest, weights: files };
  } finally {
    tf.dispose([...held.values()]);
  }
}

const DIGITS: Readonly<Partial<Record<ElementType, string>>> = {
  float64: 'about 16 digits; here with about 7',
  float16: 'about 3 digits; here with about 7, so that answers differ in those',
  bfloat16: 'about 2 digits; here with about 7, so that answers differ in those',
};

function typeCaveats(types: ReadonlyMap<string, ElementType | null>): string[] {
  const used = new Set(types.values());
  return Object.entries(DIGITS).flatMap(([type, digits]) =>
    [...used].some((each) => each === type) ? [`The file computes in ${type}, with ${digits}.`] : [],
  );
}

const port = ({ layers }: GraphRecord, name: string) => ({
  name,
  shape: layers.find((layer) => layer.name === name)?.outputShape ?? [],
});
