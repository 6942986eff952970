/** A model of TensorFlow.js' layers, built from the topology that its manifest keeps. */
import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import { UserError } from '../../../../core/errors/index.ts';
import { disposeModel } from '../../formats/index.ts';
import { withActivations } from '../../layers/activations.ts';
import type { Tf } from '../../tf.ts';

type Topology = Parameters<Tf['models']['modelFromJSON']>[0];

/** Takes a copy of the weights. Free it with disposeModel. Throws UserError('unsupported'); nothing is left then. */
export async function loadLayers(
  tf: Tf,
  topology: unknown,
  weights: readonly Tensor[],
): Promise<LayersModel> {
  let model: LayersModel | undefined;
  const variables = new Set(Object.keys(tf.engine().registeredVariables));
  try {
    model = await withActivations(tf, topology, () => tf.models.modelFromJSON(topologyOf(topology)));
    model.setWeights([...weights]);
    return model;
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
