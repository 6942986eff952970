import { UserError } from '../../../../core/errors/index.ts';
import type { GraphRecord } from '../../../../core/result/index.ts';
import { checkCancelled } from '../../inference/forward.ts';
import type { LoadedModel } from '../../network/model.ts';
import { countNonFinite } from '../../numerics/non-finite.ts';
import { checkUnit, type LayerArgument, layerArgument, shown } from '../arguments.ts';
import { f32, type Method, type OutputTensor } from '../method.ts';
import { GATES, type WeightLayer, type WeightPart, weightInto, wholeWeight } from '../weight-axes.ts';

/** Numbers that may be asked for at once. */
const MAX_NUMBERS = 2 ** 26;

type Layer = GraphRecord['layers'][number];

/** The weights of a layer, by name and as the layer has them; of a unit, the part that leads into it. No data are needed. */
export const method: Method = {
  version: '2',
  reading:
    'Each small picture is a filter as the layer has it; the colour scale has zero in the middle. What leads into a unit says what it looks for.',
  bytes: ({ query, model }) => {
    const { layer } = layerArgument(query, model.manifest);
    return (model.manifest.graph.layers.find((l) => l.name === layer)?.params ?? 0) * 8;
  },
  async run(context) {
    const { plan, signal } = context;
    const { manifest, address } = plan.model;
    const wanted = layerArgument(plan.query, manifest);
    const { layers, edges } = manifest.graph;
    const layer = layers.find((l) => l.name === wanted.layer);
    if (!layer || layer.weights.length === 0)
      throw new UserError(
        'invalid',
        `${wanted.layer} has no weights${layer ? ` (${layer.type})` : ''}; layers with weights are ${
          layers
            .filter((l) => l.weights.length > 0)
            .map((l) => l.name)
            .join(', ') || 'none'
        }`,
      );
    if (wanted.unit !== null) checkUnit(wanted.layer, wanted.unit, layer.units ?? 0);
    checkShown(layer, wanted);
    checkCancelled(signal);
    const tensors: Record<string, OutputTensor> = {};
    const warnings: string[] = [];
    const within = innerLayer(layer);
    for (const { name, shape, values } of variablesOf(await context.model(), wanted.layer)) {
      const part = partOf(layer, within, name, shape, wanted.unit);
      if (!part) continue;
      const own = values();
      const data = part.places ? Float32Array.from(part.places, (p) => own[p]!) : Float32Array.from(own);
      tensors[name] = f32(data, part.shape, part.axes);
      const broken = countNonFinite(data);
      if (broken)
        warnings.push(
          `${name} of ${shown(wanted)} holds ${broken}: whatever it reaches is not finite either. The training that made it has diverged, or the file is damaged.`,
        );
    }
    const gates = GATES[within.type];
    const units = wanted.unit === null ? (layer.units ?? 0) : 1;
    return {
      type: 'weights',
      title: `Weights of ${shown(wanted)} of ${address}`,
      axes: [
        {
          name: 'unit',
          size: units,
          labels: Array.from({ length: units }, (_, u) => `${wanted.layer}#${(wanted.unit ?? 0) + u}`),
        },
        ...(gates ? [{ name: 'gate', size: gates.length, labels: [...gates] }] : []),
      ],
      tensors,
      record: {
        layer: wanted.layer,
        unit: wanted.unit,
        type: layer.type,
        tensors: Object.entries(tensors).map(([name, { axes }]) => ({ name, axes: [...axes] })),
        inputs: edges.filter((e) => e.to === wanted.layer).map((e) => e.from),
      },
      warnings,
    };
  },
};

interface Variable {
  readonly name: string;
  readonly shape: readonly number[];
  values(): ArrayLike<number>;
}

/** Throws UserError('unsupported') for more numbers than a page can show, before the model is loaded. */
function checkShown({ weights }: Layer, wanted: LayerArgument): void {
  if (wanted.unit !== null) return;
  for (const { name, shape } of weights) {
    const count = shape.reduce((a, b) => a * b, 1);
    if (count > MAX_NUMBERS)
      throw new UserError(
        'unsupported',
        `${wanted.layer}.${name} has ${count} numbers, at most ${MAX_NUMBERS} can be shown; ask for one unit: weights(${wanted.layer}#0)`,
      );
  }
}

/** Named as in the file: what stands after the last `/`; of a layer that runs both ways, with its direction. */
function variablesOf({ program }: LoadedModel, layer: string): Variable[] {
  const own = program.node(layer).weights;
  const short = own.map(({ name }) => lastPart(name));
  return own.map((variable, i) => {
    const name = short[i] ?? variable.name;
    const twice = short.filter((other) => other === name).length > 1;
    const direction = /(?:^|\/)(forward|backward)_/.exec(variable.name)?.[1];
    return {
      name: !twice ? name : direction ? `${direction}_${name}` : `${name}_${i}`,
      shape: variable.shape,
      values: () => variable.read().dataSync(),
    };
  });
}

const lastPart = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/** The layer within a wrapper (TimeDistributed, Bidirectional), or the layer itself. */
function innerLayer(layer: Layer): WeightLayer {
  const inner = layer.config.layer;
  const type =
    typeof inner === 'object' &&
    inner !== null &&
    'class_name' in inner &&
    typeof inner.class_name === 'string'
      ? inner.class_name
      : layer.type;
  const both = layer.type === 'Bidirectional' && concatenates(layer);
  const axes = layer.weights.flatMap(({ name, axes: told }) =>
    told ? [[lastPart(name), told] as const] : [],
  );
  return {
    ...{ type, units: both && layer.units !== null ? layer.units / 2 : layer.units },
    axes: new Map(axes),
  };
}

const concatenates = (layer: Layer): boolean =>
  (layer.config.merge_mode ?? layer.config.mergeMode ?? 'concat') === 'concat';

/** Null: nothing of this tensor leads into the unit. */
function partOf(
  layer: Layer,
  within: WeightLayer,
  name: string,
  shape: readonly number[],
  unit: number | null,
): WeightPart | null {
  const plain = name.replace(/^(forward|backward)_/, '');
  if (unit === null) return wholeWeight(within, plain, shape);
  if (layer.type !== 'Bidirectional' || !concatenates(layer) || within.units === null)
    return weightInto(within, plain, shape, unit);
  // The first half of the units runs forward, the second backward.
  const backward = unit >= within.units;
  if (backward !== name.startsWith('backward_')) return null;
  return weightInto(within, plain, shape, backward ? unit - within.units : unit);
}
