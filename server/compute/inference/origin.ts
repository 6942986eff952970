/**
 * Where a value that is not finite began: in the input of the example, or in the first layer that puts one out. What
 * comes after that layer only hands it on, so that this is the place to look.
 */
import type { QueryPlan } from '../contract.ts';
import { exampleAddress } from '../data/addresses.ts';
import { type Examples, pick } from '../data/examples.ts';
import { storedNumber } from '../data/given.ts';
import type { LoadedModel } from '../network/model.ts';
import type { ProgramNode } from '../network/node.ts';
import { countNonFinite, type NonFiniteCounts, nonFiniteInWords } from '../numerics/non-finite.ts';
import { forEachBatch, type Pace } from './forward.ts';

export type OriginSource = Pace & { readonly plan: QueryPlan };

/**
 * One sentence about the example at `position`, which some layer answers with a value that is not finite. Costs one
 * forward pass of one example.
 */
export async function originOf(
  source: OriginSource,
  loaded: LoadedModel,
  examples: Examples,
  position: number,
): Promise<string> {
  const { plan } = source;
  const { layers, edges, vocabulary } = plan.model.manifest.graph;
  const address = exampleAddress(plan, examples, position);
  // Of a graph of operators, what has another axis first cannot be asked about by example.
  const names = layers
    .filter(({ outputShape }) => !vocabulary || outputShape[0] === null)
    .map(({ name }) => name);
  let sentence = '';
  await forEachBatch(
    { ...source, progress: () => undefined },
    plan.model.manifest,
    loaded,
    pick(examples, [position]),
    names,
    ({ x, outputs }) => {
      const input = x.dataSync();
      const broken = input.findIndex((value) => !Number.isFinite(value));
      if (broken >= 0) {
        const where = `${address}, ${positionOf(broken, x.shape.slice(1))}`;
        const stored = storedValue(examples, position, broken);
        sentence = Number.isFinite(stored)
          ? `The scale of the preprocessing makes ${nameOf(input[broken]!)} of ${stored}: ${where}. Choose another scale under Preprocessing.`
          : `The input itself holds ${nameOf(input[broken]!)}: ${where}.`;
        return;
      }
      const bad = new Set(
        names.filter((_, i) => outputs[i]!.dataSync().some((value) => !Number.isFinite(value))),
      );
      if (bad.size === 0) {
        sentence = `What its layers put out is finite (for ${address}), so it arises in the slope of one of them.`;
        return;
      }
      // The first by what feeds what: nothing that leads into it is broken yet.
      const first = names.find(
        (name) => bad.has(name) && !edges.some(({ from, to }) => to === name && bad.has(from)),
      );
      sentence =
        first === undefined
          ? `It begins where a layer is used for a second time (for ${address}).`
          : `The first layer whose output is not finite is ${first} (for ${address}); ${causeIn(loaded.program.node(first))}.`;
    },
  );
  return sentence;
}

/** The value in the data of which number `at` of the given example was made; NaN for an input that was changed. */
function storedValue({ split, indices, values }: Examples, position: number, at: number): number {
  if (values) return Number.NaN;
  return storedNumber(split.given, indices[position]!, at);
}

/**
 * What is to be said of values that are not finite: how many, what became of them ("they were left out"), and where the
 * first of them, of the example at `position`, began.
 */
export async function nonFiniteWarning(
  source: OriginSource,
  loaded: LoadedModel,
  examples: Examples,
  position: number,
  counts: NonFiniteCounts,
  consequence: string,
): Promise<string> {
  const count = counts.nan + counts.positiveInfinity + counts.negativeInfinity;
  const are = count === 1 ? 'value is' : 'values are';
  return `${count} ${are} not finite (${nonFiniteInWords(counts)}); ${consequence}. ${await originOf(source, loaded, examples, position)}`;
}

/** What a layer has to do with it, as the end of a sentence. */
function causeIn({ weights }: ProgramNode): string {
  const held = weights.flatMap((weight) => {
    const values = weight.read().dataSync();
    const own = weight.name.split('/').at(-1);
    const counts = countNonFinite(values);
    return counts === null ? [] : [`its weight ${own} holds ${counts}`];
  });
  return held.length > 0
    ? held.join(', ')
    : 'its input and its weights are finite, so it arises there: an overflow, a division by zero or a logarithm of it';
}

const nameOf = (value: number): string => (Number.isNaN(value) ? 'NaN' : 'an infinite value');

/** `feature 3` of a row, `place [2, 3, 0]` of what has axes. */
function positionOf(at: number, shape: readonly number[]): string {
  if (shape.length <= 1) return `feature ${at}`;
  const place: number[] = [];
  let rest = at;
  for (const size of shape.toReversed()) {
    place.unshift(rest % size);
    rest = Math.floor(rest / size);
  }
  return `place [${place.join(', ')}]`;
}
