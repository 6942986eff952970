/** Rotary positions (Su et al. 2021): pairs of numbers of each head are turned by an angle that grows with the step. */
import type { GraphBuilder, Tensor } from '../operators/builder.ts';
import type { Config } from './config.ts';

/** Angles per step of each pair, with what longer contexts make of them. */
export function frequencies(config: Config, size: number): number[] {
  const parameters = config.part('rope_parameters');
  const scaling = config.part('rope_scaling');
  const told = parameters ?? scaling;
  const theta = parameters
    ? parameters.number('rope_theta', config.number('rope_theta', 10000))
    : config.number('rope_theta', 10000);
  const plain = Array.from({ length: size / 2 }, (_, i) => 1 / theta ** ((2 * i) / size));
  if (!told) return plain;
  const kind = told.text('rope_type', told.text('type', 'default'));
  const found = scaledBy(told, kind, plain, config);
  told.checkAllAsked();
  return found;
}

function scaledBy(told: Config, kind: string, plain: number[], config: Config): number[] {
  switch (kind) {
    case 'default':
      return plain;
    case 'linear': {
      const factor = told.number('factor', 1);
      return plain.map((each) => each / factor);
    }
    case 'llama3': {
      // Long waves are slowed down, short ones are kept, and those between are a mixture (Llama 3.1).
      const factor = told.number('factor', 8);
      const [low, high] = [told.number('low_freq_factor', 1), told.number('high_freq_factor', 4)];
      const context = told.number(
        'original_max_position_embeddings',
        config.size('max_position_embeddings', 8192),
      );
      return plain.map((each) => {
        const wave = (2 * Math.PI) / each;
        if (wave > context / low) return each / factor;
        if (wave < context / high) return each;
        const smooth = (context / wave - low) / (high - low);
        return (1 - smooth) * (each / factor) + smooth * each;
      });
    }
    default:
      throw config.refused('rope_type', kind, 'default, linear and llama3 are');
  }
}

export interface Turns {
  readonly cos: Tensor;
  readonly sin: Tensor;
  readonly size: number;
}

/** Of each step and number of a head: [steps, size]. */
export function turns(graph: GraphBuilder, path: string, steps: Tensor, angles: readonly number[]): Turns {
  const floats = graph.node(path, 'Cast', [steps], { to: 1 });
  const column = graph.node(path, 'Unsqueeze', [floats, graph.integers(1)]);
  const row = graph.constant(angles.map(Math.fround), [1, angles.length]);
  const half = graph.node(path, 'Mul', [column, row]);
  const angle = graph.node(path, 'Concat', [half, half], { axis: -1 }, 'angles');
  const [cos, sin] = ['Cos', 'Sin'].map((operation) => graph.node(path, operation, [angle]));
  return { cos: cos!, sin: sin!, size: 2 * angles.length };
}

/** x cos + (the second half, negated, before the first) sin. */
export function turned(graph: GraphBuilder, path: string, x: Tensor, { cos, sin, size }: Turns): Tensor {
  const part = (from: number, to: number) =>
    graph.node(path, 'Slice', [x, ...[from, to, 3].map((place) => graph.integers(place))]);
  const second = graph.node(path, 'Neg', [part(size / 2, size)]);
  const swapped = graph.node(path, 'Concat', [second, part(0, size / 2)], { axis: -1 });
  const parts = [graph.node(path, 'Mul', [x, cos]), graph.node(path, 'Mul', [swapped, sin])];
  return graph.node(path, 'Add', parts, {}, 'rotated');
}
