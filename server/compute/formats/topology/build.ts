/** A TensorFlow.js model from a topology, all weights zero: its initial values would only be replaced. */
import type { LayersModel } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import { withActivations } from '../../layers/activations.ts';
import { ShapeFault } from '../../layers/reshapes.ts';
import { invalid, type Tf } from '../files/context.ts';
import type { LayerConfig } from './architecture.ts';
import type { FlatNetwork } from './flatten.ts';

/** `modelTopology` of a model.json, one flat functional model. */
export interface Topology {
  readonly class_name: 'Model';
  /** Where Keras 2 wrote it (or TensorFlow.js, which follows that): it merges masks otherwise. */
  readonly keras_version?: '2';
  readonly config: {
    readonly name: string;
    readonly layers: readonly {
      readonly class_name: string;
      readonly name: string;
      readonly config: LayerConfig;
      readonly inbound_nodes: readonly (readonly [string, number, number, object][])[];
    }[];
    readonly input_layers: readonly [string, number, number][];
    readonly output_layers: readonly [string, number, number][];
  };
}

/** `configs` as TensorFlow.js needs them, in the order of the network's layers. */
export function topologyOf(
  network: FlatNetwork,
  configs: readonly { readonly className: string; readonly config: LayerConfig }[],
  keras3: boolean,
): Topology {
  return {
    class_name: 'Model',
    ...(keras3 ? {} : { keras_version: '2' }),
    config: {
      name: network.name,
      layers: network.layers.map((layer, at) => ({
        class_name: configs[at]!.className,
        name: layer.name,
        config: configs[at]!.config,
        inbound_nodes: layer.calls.map((refs) =>
          refs.map((ref) => [ref.layer, ref.call, ref.tensor, {}] as const),
        ),
      })),
      input_layers: network.inputs.map((ref) => [ref.layer, ref.call, ref.tensor]),
      output_layers: network.outputs.map((ref) => [ref.layer, ref.call, ref.tensor]),
    },
  };
}

/** Weights may exceed those of the file by this many numbers before the build is stopped. */
const SLACK = 1_000_000;

/**
 * Builds the model and counts the weights that its layers ask for before each is allocated: a topology that declares far
 * more than `elements` (the numbers that the file holds) is refused. Free it with disposeModel.
 */
export async function buildModel(
  tf: Tf,
  topology: Topology,
  elements: number,
  file: string,
): Promise<LayersModel> {
  const guard = guardWeights(tf, 2 * elements + SLACK, file);
  let building: Promise<LayersModel> | undefined;
  try {
    // The scope frees what a build that fails half-way has drawn; weights are not of a scope.
    tf.tidy(() => {
      // A copy: TensorFlow.js changes what it is given.
      building = withActivations(tf, topology, () =>
        tf.models.modelFromJSON(JSON.parse(JSON.stringify(topology))),
      );
    });
  } finally {
    // Without a weights manifest the whole build has happened by now, so no other build ever sees the guard.
    guard.restore();
  }
  try {
    return await building!;
  } catch (error) {
    guard.disposeAll();
    if (error instanceof ShapeFault) throw invalid(file, error.message);
    if (error instanceof UserError) throw error;
    const cause = error instanceof Error ? error.message : String(error);
    throw invalid(file, `TensorFlow.js cannot build this architecture: ${firstLine(cause)}`);
  }
}

/** Frees the weights. LayersModel.dispose leaves those of layers that are called more than once. */
export function disposeModel(model: LayersModel): void {
  for (const weight of model.weights) weight.dispose();
}

/** Puts a counter, and zeros for initial values, in the place where every layer makes its weights. */
function guardWeights(tf: Tf, limit: number, file: string): { restore(): void; disposeAll(): void } {
  const prototype: object = tf.layers.Layer.prototype;
  const original: unknown = Reflect.get(prototype, 'addWeight');
  if (typeof original !== 'function') throw new Error('this TensorFlow.js has no Layer.addWeight');
  const made: { dispose(): void }[] = [];
  let total = 0;
  function addWeight(this: unknown, ...[name, shape, dtype, , ...rest]: unknown[]): unknown {
    // An open size is null, which Number() would take for 0.
    const sizes = Array.isArray(shape)
      ? shape.map((size) => (typeof size === 'number' ? size : Number.NaN))
      : [Number.NaN];
    if (!sizes.every((size) => Number.isSafeInteger(size) && size >= 0))
      throw invalid(
        file,
        `a weight named ${String(name)} has the shape [${sizes.map((size) => (Number.isNaN(size) ? '?' : size)).join(', ')}]; is the input shape known?`,
      );
    total += sizes.reduce((a, b) => a * b, 1);
    if (total > limit)
      throw invalid(
        file,
        `the architecture asks for ${total} numbers, far more than the ${(limit - SLACK) / 2} that the file holds; architecture and weights do not belong together`,
      );
    const variable: unknown = Reflect.apply(original as CallableFunction, this, [
      name,
      shape,
      dtype,
      tf.initializers.zeros(),
      // No regulariser, trainable as given, no constraint; what follows would choose another initial value.
      undefined,
      rest[1],
    ]);
    if (isDisposable(variable)) made.push(variable);
    return variable;
  }
  Reflect.set(prototype, 'addWeight', addWeight);
  return {
    restore: () => void Reflect.set(prototype, 'addWeight', original),
    disposeAll: () => {
      for (const variable of made) variable.dispose();
    },
  };
}

function isDisposable(value: unknown): value is { dispose(): void } {
  return (
    typeof value === 'object' && value !== null && 'dispose' in value && typeof value.dispose === 'function'
  );
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').slice(0, 400);
}
