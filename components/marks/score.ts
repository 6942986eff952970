/**
 * How well the marked examples agree with a truth that the data set knows: a column that says which examples are bad.
 * Marked and true: found; true and not marked: missed; marked and not true: false.
 */
import type { Predictions } from './rows.ts';

export interface Score {
  /** Indices in the split. */
  readonly found: readonly number[];
  readonly missed: readonly number[];
  readonly false: readonly number[];
  /** Neither marked nor true. */
  readonly rest: number;
  /** Share of the marked that are true; null where none is marked. */
  readonly precision: number | null;
  /** Share of the true that are marked; null where none is true. */
  readonly recall: number | null;
  /** Harmonic mean of both; 0 where nothing was found, null where there was nothing to find and nothing marked. */
  readonly f1: number | null;
}

/** Of the examples that an answer lists, by whether each is true. */
export function score(
  index: ArrayLike<number>,
  truth: (place: number) => boolean,
  marked: ReadonlySet<number>,
): Score {
  const found: number[] = [];
  const missed: number[] = [];
  const wrong: number[] = [];
  let rest = 0;
  for (let place = 0; place < index.length; place++) {
    const at = index[place] ?? 0;
    const is = truth(place);
    if (marked.has(at)) (is ? found : wrong).push(at);
    else if (is) missed.push(at);
    else rest++;
  }
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  return {
    found,
    missed,
    false: wrong,
    rest,
    precision: share(found.length, found.length + wrong.length),
    recall: share(found.length, found.length + missed.length),
    // Dice: 2 TP / (2 TP + FP + FN), which is the harmonic mean where both are defined.
    f1: share(2 * found.length, 2 * found.length + wrong.length + missed.length),
  };
}

/** A truth that needs no column: what the model gets wrong. */
export const WRONG = 'the model is wrong';

/** Names of what can be the truth of these predictions. */
export function truthsOf({ columns, label, predicted }: Predictions): string[] {
  return [...columns.keys(), ...(label && predicted ? [WRONG] : [])];
}

/** True where any of the chosen is: not zero and a number. */
export function truthOf(predictions: Predictions, chosen: readonly string[]): (place: number) => boolean {
  const { columns, label, predicted } = predictions;
  const tests = chosen.map((name) => {
    const column = columns.get(name);
    if (column)
      return (place: number) => {
        const value = column[place] ?? 0;
        return value !== 0 && !Number.isNaN(value);
      };
    if (name === WRONG && label && predicted)
      return (place: number) => (label[place] ?? -1) >= 0 && label[place] !== predicted[place];
    return () => false;
  });
  return (place) => tests.some((test) => test(place));
}
