/** Operators of keras.ops on tensors, as one layer: which one, and what it is called with. */
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Tf } from '../../tf.ts';
import { layerOf, type Shape } from '../recipe.ts';
import { ShapeFault } from '../reshapes.ts';
import { Arguments, type Operator, type Operators } from './arguments.ts';
import { elementwise } from './elementwise.ts';
import { reductions } from './reductions.ts';
import { shaping } from './shaping.ts';

export const OPERATORS: Operators = { ...elementwise, ...reductions, ...shaping };

/** The class of layers that computes them. */
export const OPERATOR = 'KerasOperator';

const values = z.record(z.string(), z.unknown());
const config = z.object({
  name: z.string().default('operator'),
  operation: z.string(),
  /** By argument, as JSON: TensorFlow.js changes keys and texts of a configuration. */
  values: z.string(),
});

/** JSON whose letters TensorFlow.js leaves alone. */
export function withoutUnderscores(value: unknown): string {
  return JSON.stringify(value).replaceAll('_', '\\u005f');
}

function operatorOf(operation: string): Operator {
  const found = Object.hasOwn(OPERATORS, operation) ? OPERATORS[operation] : undefined;
  if (!found) throw new Error(`no operator ${operation}`);
  return found;
}

function computed(
  tf: Tf,
  { name, operation, values: written }: z.infer<typeof config>,
  inputs: readonly Tensor[],
) {
  const given = new Arguments(tf, `${name} (${operation})`, values.parse(JSON.parse(written)), inputs);
  return operatorOf(operation).apply(given);
}

/** Open sizes, tried with two sizes each: what changes with them is open too. */
const TRIED = [2, 3];

function shapesTried(tf: Tf, own: z.infer<typeof config>, inputs: readonly Shape[]): Shape[] {
  const [first = [], second = []] = TRIED.map((size) =>
    tf.tidy(() => {
      const given = inputs.map((shape) => tf.zeros(shape.map((known) => known ?? size)));
      try {
        const made = computed(tf, own, given);
        return (Array.isArray(made) ? made : [made]).map(({ shape }) => shape);
      } catch (error) {
        if (error instanceof ShapeFault) throw error;
        const why = error instanceof Error ? error.message.split('\n')[0] : String(error);
        throw new ShapeFault(
          `the operator ${own.name} (${own.operation}) cannot be computed for [${inputs.map((shape) => `[${shape.join(', ')}]`).join(', ')}]: ${why}`,
        );
      }
    }),
  );
  return first.map((shape, at) => shape.map((size, axis) => (size === second[at]?.[axis] ? size : null)));
}

export const kerasOperators = (tf: Tf) => [
  layerOf(tf, {
    className: OPERATOR,
    config,
    shape: (own, inputs) => {
      const shapes = shapesTried(tf, own, inputs);
      const [first = []] = shapes;
      return shapes.length === 1 ? first : shapes;
    },
    call: (_, inputs, own) => computed(tf, own, inputs),
  }),
];
