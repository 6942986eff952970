/** A model with its weights in TensorFlow, kept warm by the worker. */
import type { Tensor } from '@tensorflow/tfjs';
import type { BlobReader, CheckpointManifest, ModelManifest } from '../../../core/artifacts/index.ts';
import type { GraphRecord } from '../../../core/result/index.ts';
import { disposeModel } from '../formats/index.ts';
import { maskTraitsOf } from '../masks/traits.ts';
import type { Tf } from '../tf.ts';
import { graphOfLayers } from './layers/graph.ts';
import { loadLayers } from './layers/load.ts';
import { graphOfOperators } from './operators/graph.ts';
import { graphOfParameters } from './parameters/graph.ts';
import { Program } from './program.ts';
import type { ProgramTap } from './taps.ts';
import { readWeights } from './weights.ts';

export { MODEL_OUTPUT, type Tap } from './taps.ts';

export interface LoadedModel {
  /** Size of the weights, and of what is kept that is made of them. */
  readonly bytes: number;
  /** The same model node by node: what runs it. */
  readonly program: Program;
  /** The output that is asked about, where it is another than the model's own first. */
  readonly output?: string | undefined;
  /** What each output was trained with, where the file told. */
  readonly losses?: GraphRecord['losses'];
  /** Runs a batch, `input` gives that of each input by its name; gives what stands at these taps, in order. Throws UserError('invalid') for an unknown name. */
  outputsOf(input: (name: string) => Tensor, taps: readonly ProgramTap[]): Tensor[];
  dispose(): void;
}

export async function loadModel(
  tf: Tf,
  manifest: ModelManifest,
  checkpoint: CheckpointManifest,
  blobs: BlobReader,
): Promise<LoadedModel> {
  const { values, bytes } = await readWeights(tf, manifest, checkpoint, blobs);
  const { operators, graph } = manifest;
  if (operators) {
    const loaded = graphOfOperators(tf, operators, values, graph.model);
    const size = () => bytes + loaded.keptBytes();
    return new WarmModel(loaded.dispose, size, new Program(tf, loaded.graph), graph.losses);
  }
  if (manifest.topology === null) {
    const loaded = graphOfParameters(tf, manifest, values);
    return new WarmModel(loaded.dispose, () => bytes, new Program(tf, loaded.graph), graph.losses);
  }
  try {
    const layers = await loadLayers(tf, manifest.topology, values);
    const program = new Program(tf, graphOfLayers(tf, layers, maskTraitsOf(manifest)));
    return new WarmModel(
      () => disposeModel(layers),
      () => bytes,
      program,
      graph.losses,
    );
  } finally {
    tf.dispose([...values]);
  }
}

/** The same model with this output in the first one's place; the weights are shared. `losses`: of its outputs in that order. */
export function withOutput(
  model: LoadedModel,
  output: string | undefined,
  losses: GraphRecord['losses'],
): LoadedModel {
  if (output === undefined) return model;
  const program = model.program.withOutput(output);
  return new WarmModel(
    () => model.dispose(),
    () => model.bytes,
    program,
    losses,
    output,
  );
}

class WarmModel implements LoadedModel {
  constructor(
    readonly dispose: () => void,
    private readonly size: () => number,
    readonly program: Program,
    readonly losses: GraphRecord['losses'],
    readonly output?: string,
  ) {}

  get bytes(): number {
    return this.size();
  }

  outputsOf(input: (name: string) => Tensor, taps: readonly ProgramTap[]): Tensor[] {
    return this.program.run(input, taps);
  }
}
