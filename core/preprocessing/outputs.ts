/** Which output of a model of several the labels belong to: what is predicted, measured and explained where nothing else is asked. */
import type { GraphRecord } from '../artifacts/graph.ts';

/** The output's name, undefined for the model's first; `told` says why it is another. */
export type LabelledOutput =
  | { readonly fits: true; readonly output: string | undefined; readonly told: readonly string[] }
  | { readonly fits: false; readonly problem: string };

export function labelledOutput(
  model: { readonly name: string; readonly graph: GraphRecord },
  classes: readonly string[],
  chosen: string | undefined,
): LabelledOutput {
  const { outputs } = model.graph;
  const [first] = outputs;
  if (chosen !== undefined) {
    if (!outputs.includes(chosen))
      return {
        fits: false,
        problem: `${model.name} has no output ${chosen}; its outputs are ${outputs.join(', ')}`,
      };
    return { fits: true, output: chosen === first ? undefined : chosen, told: [] };
  }
  const fitting = [...new Set(outputs)].filter((name) => scores(model.graph, name, classes.length));
  const [only] = fitting;
  if (classes.length < 2 || only === undefined || only === first || fitting.length > 1)
    return { fits: true, output: undefined, told: [] };
  return {
    fits: true,
    output: only,
    told: [
      `The labels are taken for those of the output ${only}: of the model's outputs it alone has a number for each of the ${classes.length} classes.`,
    ],
  };
}

/** One number for each class, or the one of two. */
function scores({ layers }: GraphRecord, output: string, classes: number): boolean {
  const units = layers.find(({ name }) => name === output)?.units;
  return units === classes || (units === 1 && classes === 2);
}

/** The architecture with this output first, which is the one that is asked about where a question names none. */
export function outputFirst<T extends Pick<GraphRecord, 'outputs' | 'losses'>>(
  graph: T,
  output: string | undefined,
): T {
  const at = output === undefined ? 0 : graph.outputs.indexOf(output);
  if (at <= 0) return graph;
  const { losses } = graph;
  return {
    ...graph,
    outputs: toFront(graph.outputs, at),
    ...(losses ? { losses: toFront(losses, at) } : {}),
  };
}

export function toFront<T>(list: readonly T[], at: number): T[] {
  return [...list.slice(at, at + 1), ...list.slice(0, at), ...list.slice(at + 1)];
}
