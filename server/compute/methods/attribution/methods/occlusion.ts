import { evaluate, rowsOfGame, widthOf } from '../batches.ts';
import type { AttributionMethod, Game } from '../game.ts';
import { numberOf } from '../parameters.ts';

/**
 * Occlusion (Zeiler, Fergus 2014): the change of the target when a window of features is put to the baseline; each
 * feature gets the mean change over the windows that cover it. A window of a picture covers all its channels, one of
 * feature maps a single unit's map. Where features have no neighbours (a row of numbers, a flat layer) each is covered
 * alone. The last window of a line is drawn back to end with it, so that every feature is covered.
 */
export const method: AttributionMethod = {
  version: '2',
  reading:
    'Each value is how much the target falls when the features around it are covered, averaged over the windows that cover it. What two windows do only together does not show, and a cover is itself something the model may react to.',
  complete: false,
  compares: true,
  evaluations: (_params, players) => players + 1,
  async attribute(game, params, pace) {
    const width = widthOf(game);
    const windows = windowsOf(
      game,
      numberOf('occlusion', params, 'window'),
      numberOf('occlusion', params, 'stride'),
    );
    const x = rowsOfGame(game, game.features);
    const baseline = rowsOfGame(game, game.baseline);
    const sums = new Float64Array(game.n * width);
    const covers = new Int32Array(width);
    for (const window of windows) for (const feature of window) covers[feature]!++;
    // Point 0 of each example is the example itself.
    const points = windows.length + 1;
    let whole = 0;
    await evaluate(
      game,
      game.n * points,
      (i, buffer, at) => {
        const e = Math.floor(i / points);
        buffer.set(x.subarray(e * width, (e + 1) * width), at);
        for (const feature of windows[(i % points) - 1] ?? [])
          buffer[at + feature] = baseline[e * width + feature]!;
        return e;
      },
      (i, value) => {
        const window = windows[(i % points) - 1];
        if (!window) whole = value;
        const first = Math.floor(i / points) * width;
        for (const feature of window ?? []) sums[first + feature]! += whole - value;
      },
      pace,
    );
    return { values: Float32Array.from(sums, (sum, i) => (sum === 0 ? 0 : sum / covers[i % width]!)) };
  },
};

/** Flat indices of the features that each window covers, of those that take part; windows without any are left out. */
export function windowsOf(
  { shape, players, unitsApart, parts }: Pick<Game, 'shape' | 'players' | 'unitsApart' | 'parts'>,
  window: number,
  stride: number,
): Int32Array[] {
  // Features of two inputs are no neighbours.
  if (parts)
    return parts.flatMap(({ offset, width, shape: own }) => {
      const inside = players.filter((at) => at >= offset && at < offset + width).map((at) => at - offset);
      const windows = windowsOf({ shape: own, players: inside }, window, stride);
      return windows.map((covered) => covered.map((at) => at + offset));
    });
  const takesPart = new Set(players);
  const channels = shape.length > 1 ? (shape.at(-1) ?? 1) : 1;
  const places = shape.length > 1 ? shape.slice(0, -1) : [];
  if (places.length === 0) return Array.from(players, (player) => Int32Array.of(player));
  const starts = places.map((size) => startsOf(size, window, stride));
  const covered: Int32Array[] = [];
  const groups = unitsApart
    ? Array.from({ length: channels }, (_, unit) => [unit])
    : [Array.from({ length: channels }, (_, channel) => channel)];
  for (const group of groups)
    for (const corner of product(starts)) {
      const ranges = corner.map((start, axis) =>
        Array.from({ length: Math.min(window, places[axis]! - start) }, (_, i) => start + i),
      );
      const found = [...product(ranges)].flatMap((place) => {
        const flat = place.reduce((sum, at, axis) => sum * places[axis]! + at, 0);
        return group.map((channel) => flat * channels + channel).filter((f) => takesPart.has(f));
      });
      if (found.length > 0) covered.push(Int32Array.from(found));
    }
  return covered;
}

function startsOf(size: number, window: number, stride: number): number[] {
  const last = Math.max(0, size - window);
  const starts: number[] = [];
  for (let at = 0; at < last; at += stride) starts.push(at);
  return [...starts, last];
}

function* product(axes: readonly (readonly number[])[]): Generator<number[]> {
  const [first, ...rest] = axes;
  if (!first) {
    yield [];
    return;
  }
  for (const at of first) for (const others of product(rest)) yield [at, ...others];
}
