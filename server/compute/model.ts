/** A model with its weights in TensorFlow, kept warm by the worker. */
import type { LayersModel, SymbolicTensor, Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { BlobReader, CheckpointManifest, ModelManifest } from '../../core/artifacts/index.ts';
import { UserError } from '../../core/errors/index.ts';
import { disposeModel } from './formats/index.ts';
import { Program } from './program.ts';
import { MODEL_OUTPUT, type Tap } from './taps.ts';
import type { Tf } from './tf.ts';

export { MODEL_OUTPUT, type Tap } from './taps.ts';

type Topology = Parameters<Tf['models']['modelFromJSON']>[0];

export interface LoadedModel {
  readonly model: LayersModel;
  /** Size of the weights. */
  readonly bytes: number;
  /** The same model node by node: for gradients, and for what starts or is changed at a layer. */
  readonly program: Program;
  /** Runs a batch; gives the outputs of these layers, in order. Throws UserError('invalid') for an unknown name. */
  outputsOf(x: Tensor, layers: readonly Tap[]): Tensor[];
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
    model = await tf.models.modelFromJSON(topologyOf(manifest.topology));
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
  return new WarmModel(tf, model, bytes);
}

interface TappedModel {
  readonly model: LayersModel;
  readonly places: readonly number[];
}

class WarmModel implements LoadedModel {
  private readonly taps = new Map<string, TappedModel>();
  readonly program: Program;
  constructor(
    private readonly tf: Tf,
    readonly model: LayersModel,
    readonly bytes: number,
  ) {
    this.program = new Program(tf, model);
  }

  outputsOf(x: Tensor, layers: readonly Tap[]): Tensor[] {
    const { model, places } = this.tapped(layers);
    const raw = model.predictOnBatch(x);
    const all = Array.isArray(raw) ? raw : [raw];
    return places.map((place) => all[place]!);
  }

  /** A model from the same inputs to the layers' outputs: each once, and where each layer's is among them. */
  private tapped(layers: readonly Tap[]): TappedModel {
    const key = JSON.stringify(layers.map((l) => (l === MODEL_OUTPUT ? null : l)));
    const known = this.taps.get(key);
    if (known) return known;
    const wanted = layers.map((layer) => (layer === MODEL_OUTPUT ? this.output() : this.outputOf(layer)));
    const outputs = [...new Set(wanted)];
    const tapped = {
      model: this.tf.model({ inputs: this.model.inputs, outputs }),
      places: wanted.map((output) => outputs.indexOf(output)),
    };
    this.taps.set(key, tapped);
    return tapped;
  }

  private outputOf(name: string): SymbolicTensor {
    const layer = this.model.layers.find((l) => l.name === name);
    if (!layer)
      throw new UserError(
        'invalid',
        `no layer ${name}; this model has ${this.model.layers.map((l) => l.name).join(', ')}`,
      );
    // A layer that is used several times is seen where it is used first.
    const output = layer.getOutputAt(0);
    const first = Array.isArray(output) ? output[0] : output;
    if (!first) throw new UserError('invalid', `layer ${name} has no output`);
    return first;
  }

  private output(): SymbolicTensor {
    const [first] = this.model.outputs;
    if (!first) throw new UserError('invalid', 'the model has no output');
    return first;
  }

  dispose(): void {
    // The taps share the model's layers, so only the model is disposed.
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
