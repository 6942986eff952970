/** A graph of operators as the rest of the product reads a model: core's GraphRecord. */
import type { ElementType, OperatorNode, OperatorProgram } from '../../../../core/artifacts/operators.ts';
import type { GraphRecord } from '../../../../core/result/index.ts';
import { vocabularyOf } from '../../operators/index.ts';
import { nodeConfig, weightOwners } from '../../operators/layers.ts';
import { freeNames } from '../../operators/names.ts';
import type { Types } from '../../operators/types.ts';
import { unitAxesOf } from '../../operators/unit-axes.ts';
import { storedAs } from '../../operators/values.ts';

type Layer = GraphRecord['layers'][number];

/** What comes of these depends on sizes only, not on numbers. */
const SIZES = new Set(['Shape', 'Size']);
/** Moving averages, which no gradient changes. */
const AVERAGES = new Set(['BatchNormalization']);

/**
 * Layers are the inputs and the nodes that make floats of what the inputs hold: what computes shapes, places and
 * constants is left out, and led around by the edges. Shapes have units last. `types`: of all tensors.
 */
export function graphRecordOfOperators(program: OperatorProgram, types: Types, name: string): GraphRecord {
  const { graph, shapes } = program;
  const axes = unitAxesOf(program);
  const owners = weightOwners(graph);
  const size = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);
  const shown = layersShown(program, types);
  const shownShape = (of: string): (number | null)[] => {
    const shape = shapes[of] ?? [];
    const axis = axes.get(of) ?? shape.length - 1;
    return [...shape.filter((_, at) => at !== axis), ...shape.filter((_, at) => at === axis)];
  };
  const inputs = graph.inputs.map(({ name: of, type }): Layer => {
    const outputShape = shownShape(of);
    return {
      ...{ name: of, type: 'InputLayer', outputShape, params: 0, trainableParams: 0 },
      ...{
        units: outputShape.at(-1) ?? null,
        weights: [],
        config: inputConfig(type, axes.get(of) === 1 && outputShape.length > 2),
      },
    };
  });
  const layers = graph.nodes.flatMap((node): Layer[] => {
    if (!shown.has(node)) return [];
    const outputShape = shownShape(firstOutput(node));
    const weights = graph.weights.flatMap((weight) => {
      const owner = owners.get(weight.name);
      return owner?.node === node.name
        ? [
            {
              name: `${node.name}/${owner.name}`,
              shape: [...weight.shape],
              ...(owner.axes ? { axes: [...owner.axes] } : {}),
            },
          ]
        : [];
    });
    const params = weights.reduce((sum, { shape }) => sum + size(shape), 0);
    const moving = AVERAGES.has(node.operation) ? weights.slice(2) : [];
    return [
      {
        ...{ name: node.name, type: node.operation, outputShape, params },
        trainableParams: params - moving.reduce((sum, { shape }) => sum + size(shape), 0),
        ...{ units: outputShape.at(-1) ?? null, weights, config: nodeConfig(node, program, axes) },
        maps: outputShape.length === 4 && axes.get(firstOutput(node)) === 1,
      },
    ];
  });
  return {
    model: name,
    vocabulary: vocabularyOf(graph),
    layers: [...inputs, ...layers],
    edges: edgesOf(program, shown),
    inputs: graph.inputs.map(({ name: of }) => of),
    outputs: graph.outputs.flatMap(({ name: of }) => makerOf(program, of)?.name ?? []),
    params: [...inputs, ...layers].reduce((sum, layer) => sum + layer.params, 0),
  };
}

const firstOutput = ({ outputs }: OperatorNode): string => outputs.find((name) => name !== '') ?? '';

function makerOf({ graph }: OperatorProgram, of: string): OperatorNode | undefined {
  return graph.nodes.find(({ outputs }) => outputs.includes(of));
}

/** Nodes that depend on the inputs' numbers and make floats, and those that make an output of the model. */
function layersShown({ graph }: OperatorProgram, types: Types): ReadonlySet<OperatorNode> {
  const fed = new Set(graph.inputs.map(({ name }) => name));
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const shown = new Set<OperatorNode>();
  const isFloat = (type: ElementType | null | undefined) => type == null || storedAs(type) === 'float32';
  for (const node of graph.nodes) {
    if (SIZES.has(node.operation)) continue;
    const depends = freeNames(node).some((name) => fed.has(name));
    if (depends) for (const name of node.outputs) fed.add(name);
    const said = node.outputs.some((name) => outputs.has(name));
    if (said || (depends && isFloat(types.get(firstOutput(node))))) shown.add(node);
  }
  return shown;
}

/** From layer to layer; through nodes that are not shown, but not along what is only a size. */
function edgesOf({ graph }: OperatorProgram, shown: ReadonlySet<OperatorNode>): GraphRecord['edges'] {
  /** Layers that a tensor comes from. */
  const from = new Map<string, readonly string[]>(graph.inputs.map(({ name }) => [name, [name]]));
  const edges: GraphRecord['edges'] = [];
  for (const node of graph.nodes) {
    const sources = [...new Set(freeNames(node).flatMap((name) => from.get(name) ?? []))];
    if (shown.has(node)) for (const source of sources) edges.push({ from: source, to: node.name });
    const made = shown.has(node) ? [node.name] : SIZES.has(node.operation) ? [] : sources;
    for (const name of node.outputs) if (name !== '') from.set(name, made);
  }
  return edges;
}

/** `channels_first`: in the file; shown they are last. */
const inputConfig = (dtype: ElementType, first: boolean): Layer['config'] => ({
  dtype,
  ...(first ? { channels_first: true } : {}),
});
