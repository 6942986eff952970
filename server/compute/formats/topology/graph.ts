/** The architecture as the rest of the product reads it: core's GraphRecord. */
import type { LayersModel } from '@tensorflow/tfjs';
import type { GraphRecord } from '../../../../core/result/index.ts';
import { OPERATOR } from '../../layers/ops/index.ts';
import type { LayerConfig } from './architecture.ts';
import type { ModelWeight } from './assign.ts';
import type { FlatNetwork } from './flatten.ts';

/**
 * Layers of dissolved inner models bear `container` in their config: the path of the models around them, joined by `/`.
 * `type` is the class in the file, `weights` bear the names of the model's manifest.
 */
export function graphRecordOf(
  model: LayersModel,
  network: FlatNetwork,
  targets: readonly ModelWeight[],
  made: readonly { readonly className: string; readonly config: LayerConfig }[],
): GraphRecord {
  const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  const layers = network.layers.map((spec, at): GraphRecord['layers'][number] => {
    const layer = model.getLayer(spec.name);
    const own = targets.filter((target) => target.layer === spec.name);
    // Of a layer that is called on inputs of several shapes, the first.
    const outputShape = firstShape(layer.inboundNodes[0]?.outputShapes ?? []);
    // A layer as activation is shown as what it computes: elu(alpha=0.3).
    const written = spec.config.activation;
    const activation = typeof written === 'string' ? written : written && made[at]?.config.activation;
    return {
      name: spec.name,
      // What is no layer of that name is not taken for one.
      type: made[at]?.className === OPERATOR ? `ops.${spec.className}` : spec.className,
      outputShape,
      params: own.reduce((sum, { shape }) => sum + size(shape), 0),
      trainableParams: own
        .filter(({ trainable }) => trainable)
        .reduce((sum, { shape }) => sum + size(shape), 0),
      ...(typeof activation === 'string' ? { activation } : {}),
      units: outputShape.at(-1) ?? null,
      weights: own.map(({ name, shape }) => ({ name, shape: [...shape] })),
      config: {
        ...spec.config,
        ...(spec.path.length > 1 ? { container: spec.path.slice(0, -1).join('/') } : {}),
      },
    };
  });
  const edges = new Map<string, { from: string; to: string }>();
  for (const { name, calls } of network.layers)
    for (const ref of calls.flat()) edges.set(`${ref.layer}\u0000${name}`, { from: ref.layer, to: name });
  return {
    model: network.name,
    layers,
    edges: [...edges.values()],
    inputs: network.inputs.map((ref) => ref.layer),
    outputs: network.outputs.map((ref) => ref.layer),
    params: layers.reduce((sum, { params }) => sum + params, 0),
  };
}

type Shape = readonly (number | null)[];

/** Of a call with several outputs, the first. */
function firstShape(shape: Shape | readonly Shape[]): (number | null)[] {
  const [first] = shape;
  return Array.isArray(first) ? [...first] : [...(shape as Shape)];
}
