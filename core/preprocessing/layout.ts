/** Whether examples of one shape can be given to a model that takes another. Equal counts are not equal shapes. */
import type { Layout } from './spec.ts';

export interface Shapes {
  readonly stored: readonly number[];
  /** As answers are laid out: a picture that is flattened for the model stays a picture. */
  readonly shown: readonly number[];
  readonly given: readonly number[];
}
export type Fit =
  | {
      readonly fits: true;
      readonly shapes: Shapes;
      /** What was done beyond the layout asked for, in sentences. */
      readonly told: readonly string[];
    }
  | {
      readonly fits: false;
      /** What is wrong, without a subject: "has examples of 3×6×6, ... takes 6×6×3". */
      readonly problem: 'shape' | 'layout';
      readonly why: string;
      /** Layouts under which it would fit, the likeliest first. */
      readonly offers: readonly Layout[];
    };

type Wanted = readonly (number | null)[];
/** More axes have too many orders to try. */
const MOST_PERMUTED = 5;

/** "8×8×1" */
export const shapeText = (shape: Wanted): string =>
  shape.length === 0 ? 'single values' : shape.map((size) => size ?? '?').join('×');

const product = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1);

/** `wanted`: shape of one example that the model takes, null for any size. */
export function fitOf(stored: readonly number[], wanted: Wanted, layout: Layout): Fit {
  const arranged = arrangedBy(stored, layout);
  if (typeof arranged === 'string')
    return { fits: false, problem: 'layout', why: arranged, offers: offersFor(stored, wanted) };
  if (matches(arranged, wanted))
    return { fits: true, shapes: { stored, shown: arranged, given: arranged }, told: [] };
  const withoutOnes = acrossOnes(arranged, wanted);
  if (withoutOnes) {
    // A row stays a row, whatever axes it is given.
    const shown = arranged.length === 1 ? arranged : withoutOnes;
    const told = `${shapeText(arranged)} became ${shapeText(withoutOnes)}: only axes of size 1 differ.`;
    return { fits: true, shapes: { stored, shown, given: withoutOnes }, told: [told] };
  }
  const [width] = wanted;
  if (wanted.length === 1 && width === product(arranged)) {
    const told = `${shapeText(arranged)} was flattened to the ${width} numbers that the model takes, in the order in which they are stored.`;
    return { fits: true, shapes: { stored, shown: asPicture(arranged), given: [width] }, told: [told] };
  }
  return {
    fits: false,
    problem: 'shape',
    why: layout.kind === 'stored' ? '' : `${shapeText(arranged)} after the ${layout.kind}`,
    offers: offersFor(stored, wanted),
  };
}

/** The shape after the layout, or what is wrong with the layout. */
function arrangedBy(stored: readonly number[], layout: Layout): readonly number[] | string {
  switch (layout.kind) {
    case 'stored':
      return stored;
    case 'transpose': {
      const { axes } = layout;
      const named = new Set(axes);
      const whole = axes.length === stored.length && stored.every((_, axis) => named.has(axis));
      if (whole) return axes.map((axis) => stored[axis] ?? 1);
      return `the transposition ${axes.join(', ')} does not name each of the axes 0 to ${stored.length - 1} of ${shapeText(stored)} once`;
    }
    case 'reshape':
      if (product(layout.shape) === product(stored)) return layout.shape;
      return `the reshape to ${shapeText(layout.shape)} needs ${product(layout.shape)} numbers, an example of ${shapeText(stored)} has ${product(stored)}`;
  }
}

function matches(shape: readonly number[], wanted: Wanted): boolean {
  return shape.length === wanted.length && wanted.every((size, i) => size === null || size === shape[i]);
}

/** The wanted shape with its open sizes filled in, where both differ in axes of size 1 alone. */
function acrossOnes(shape: readonly number[], wanted: Wanted): number[] | null {
  const own = shape.filter((size) => size !== 1);
  const asked = wanted.filter((size) => size !== 1);
  if (!matches(own, asked)) return null;
  let at = 0;
  return wanted.map((size) => (size === 1 ? 1 : (own[at++] ?? 1)));
}

/** A single channel before the pixels is the same numbers as one behind them. */
function asPicture(shape: readonly number[]): readonly number[] {
  const [first, height = 1, width = 1] = shape;
  return shape.length === 3 && first === 1 && width > 4 ? [height, width, 1] : shape;
}

function offersFor(stored: readonly number[], wanted: Wanted): Layout[] {
  const fits = (shape: readonly number[]) => matches(shape, wanted) || acrossOnes(shape, wanted) !== null;
  if (stored.length === 1) {
    const filled = filledIn(wanted, product(stored));
    return filled ? [{ kind: 'reshape', shape: filled }] : [];
  }
  return transpositionsOf(stored.length)
    .filter((axes) => fits(axes.map((axis) => stored[axis] ?? 1)))
    .map((axes): Layout => ({ kind: 'transpose', axes }));
}

/** The wanted shape for so many numbers, with at most one open size; null where there is none. */
function filledIn(wanted: Wanted, count: number): number[] | null {
  const open = wanted.filter((size) => size === null).length;
  const rest = count / product(wanted.map((size) => size ?? 1));
  const whole = open === 0 ? rest === 1 : open === 1 && Number.isInteger(rest) && rest > 0;
  return whole ? wanted.map((size) => size ?? rest) : null;
}

/** All orders of the axes but the stored one: channels moved to the end first, then to the front. */
function transpositionsOf(rank: number): number[][] {
  if (rank < 2 || rank > MOST_PERMUTED) return [];
  const axes = Array.from({ length: rank }, (_, i) => i);
  const toEnd = [...axes.slice(1), 0];
  const toFront = [rank - 1, ...axes.slice(0, -1)];
  const seen = new Set([axes.join()]);
  return [toEnd, toFront, ...permutations(axes)].filter((order) => {
    const fresh = !seen.has(order.join());
    seen.add(order.join());
    return fresh;
  });
}

function permutations(items: readonly number[]): number[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, at) =>
    permutations([...items.slice(0, at), ...items.slice(at + 1)]).map((rest) => [item, ...rest]),
  );
}
