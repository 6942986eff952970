/** Weights without a graph as a program: layers that hold weights, which nothing runs. */
import type { Tensor } from '@tensorflow/tfjs';
import { WITHOUT_GRAPH } from '../../../../core/artifacts/graph.ts';
import type { ModelManifest } from '../../../../core/artifacts/index.ts';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import type { Call, NodeWeight, ProgramGraph, ProgramNode, Value } from '../node.ts';

/** `values`, in the order of the manifest's weights, are the program's from now on. */
export function graphOfParameters(
  tf: Tf,
  { graph, weights }: ModelManifest,
  values: readonly Tensor[],
): { readonly graph: ProgramGraph; dispose(): void } {
  const held = new Map(weights.flatMap(({ name }, at) => (values[at] ? [[name, values[at]] as const] : [])));
  const calls = graph.layers.map((layer, id) => {
    const node: ProgramNode = {
      ...{ name: layer.name, type: layer.type, config: layer.config, isInput: false, looksUp: false },
      weights: layer.weights.map(({ name, shape }) => weightOf(tf, held, name, shape)),
    };
    return new Unrun(node, id);
  });
  return {
    graph: {
      ...{ name: graph.model, inputs: [], calls, batch: null },
      outputs: calls.slice(-1).flatMap((call) => call.outputs),
    },
    dispose: () => tf.dispose([...held.values()]),
  };
}

/** A change writes into the copy that is asked. */
function weightOf(tf: Tf, held: Map<string, Tensor>, name: string, shape: readonly number[]): NodeWeight {
  const read = (): Tensor => {
    const tensor = held.get(name);
    if (!tensor) throw new Error(`the weight ${name} is not there`);
    return tensor;
  };
  return {
    ...{ name, shape, read },
    write: (values) => {
      const before = read();
      held.set(name, tf.keep(tf.cast(values, before.dtype).clone()));
      before.dispose();
    },
  };
}

class Unrun implements Call {
  readonly inputs: readonly Value[] = [];
  readonly outputs: readonly Value[];
  readonly first = true;
  readonly looksAtMasks = false;
  readonly masksReadValues = false;

  constructor(
    readonly node: ProgramNode,
    id: number,
  ) {
    const refused = (): never => this.run();
    this.outputs = [
      {
        ...{ id, name: node.name, shape: [], dtype: 'float32', call: this, maps: false, masked: false },
        ...{ shown: refused, held: refused },
      },
    ];
  }
  run(): never {
    throw new UserError('unsupported', WITHOUT_GRAPH);
  }
  unactivated(): never {
    return this.run();
  }
  masksAfter(): [] {
    return [];
  }
}
