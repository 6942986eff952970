/** A model with its weights in TensorFlow, kept warm by the worker. */
import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { BlobReader, CheckpointManifest, ModelManifest } from '../../../core/artifacts/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { GraphRecord } from '../../../core/result/index.ts';
import { disposeModel } from '../formats/index.ts';
import { withActivations } from '../layers/activations.ts';
import { maskTraitsOf } from '../masks/traits.ts';
import type { Tf } from '../tf.ts';
import { Program } from './program.ts';
import type { ProgramTap } from './taps.ts';

export { MODEL_OUTPUT, type Tap } from './taps.ts';

type Topology = Parameters<Tf['models']['modelFromJSON']>[0];

export interface LoadedModel {
  readonly model: LayersModel;
  /** Size of the weights. */
  readonly bytes: number;
  /** The same model node by node: what runs it. */
  readonly program: Program;
  /** What each output was trained with, where the file told. */
  readonly losses?: GraphRecord['losses'];
  /** Runs a batch; gives what stands at these taps, in order. Throws UserError('invalid') for an unknown name. */
  outputsOf(x: Tensor, taps: readonly ProgramTap[]): Tensor[];
  dispose(): void;
}

export async function loadModel(
  tf: Tf,
  manifest: ModelManifest,
  checkpoint: CheckpointManifest,
  blobs: BlobReader,
): Promise<LoadedModel> {
  if (checkpoint.tensors.length !== manifest.weights.length)
    throw new UserError(
      'invalid',
      `the checkpoint has ${checkpoint.tensors.length} tensors, the architecture has ${manifest.weights.length} weights`,
    );
  const values: Tensor[] = [];
  let bytes = 0;
  let model: LayersModel | undefined;
  const variables = new Set(Object.keys(tf.engine().registeredVariables));
  try {
    for (const [i, { name, shape, blob }] of checkpoint.tensors.entries()) {
      const raw = await blobs.read(blob);
      const count = shape.reduce((a, b) => a * b, 1);
      if (raw.byteLength !== count * 4 || String(shape) !== String(manifest.weights[i]?.shape))
        throw new UserError(
          'invalid',
          `weight ${name}: shape [${shape.join(', ')}] with ${raw.byteLength} bytes does not fit [${manifest.weights[i]?.shape.join(', ')}]`,
        );
      bytes += raw.byteLength;
      // Copied: a blob may start at an address that no float array can.
      values.push(tf.tensor(new Float32Array(raw.slice().buffer), [...shape], 'float32'));
    }
    model = await withActivations(tf, manifest.topology, () =>
      tf.models.modelFromJSON(topologyOf(manifest.topology)),
    );
    model.setWeights(values);
  } catch (error) {
    if (model) disposeModel(model);
    // A build that broke off leaves the layers that it had made.
    for (const [name, variable] of Object.entries(tf.engine().registeredVariables))
      if (!variables.has(name)) variable.dispose();
    if (error instanceof UserError) throw error;
    throw new UserError(
      'unsupported',
      `the model cannot be built: ${error instanceof Error ? error.message : error}`,
    );
  } finally {
    tf.dispose(values);
  }
  const program = new Program(tf, model, new Map(), maskTraitsOf(manifest));
  return new WarmModel(model, bytes, program, manifest.graph.losses);
}

class WarmModel implements LoadedModel {
  constructor(
    readonly model: LayersModel,
    readonly bytes: number,
    readonly program: Program,
    readonly losses: GraphRecord['losses'],
  ) {}

  outputsOf(x: Tensor, taps: readonly ProgramTap[]): Tensor[] {
    return this.program.run(() => x, taps);
  }

  dispose(): void {
    disposeModel(this.model);
  }
}

const objectSchema = z.record(z.string(), z.unknown());
const zeros = { class_name: 'Zeros', config: {} };

/** The topology with cheap initialisers: every weight is set afterwards, and an orthogonal one would cost a QR. */
function topologyOf(json: unknown): Topology {
  const parsed = objectSchema.safeParse(json);
  if (!parsed.success) throw new UserError('invalid', 'the model has no topology');
  const cheap = z.custom<Topology>((value) => objectSchema.safeParse(value).success);
  return cheap.parse(cheapened(parsed.data));
}

function cheapened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(cheapened);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      if (key.endsWith('_initializer') && inner !== null) return [key, zeros];
      // Only the initial bias depends on it, and TensorFlow.js leaks four tensors making that.
      if (key === 'unit_forget_bias') return [key, false];
      return [key, cheapened(inner)];
    }),
  );
}
