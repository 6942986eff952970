/** Gathers groups of explained examples into the tensors of a result. */
import { UserError } from '../../../../core/errors/index.ts';
import type { Axis, ResultType } from '../../../../core/result/index.ts';
import { type Examples, shownWidth } from '../../data/examples.ts';
import { checkUnit } from '../arguments.ts';
import { f32, type OutputTensor } from '../method.ts';
import { camOf, upsample } from './cam.ts';
import type { ShownValues } from './emptiness.ts';
import type { ExampleGroup } from './explained.ts';
import {
  cropped,
  type Maps,
  mapsOf,
  pixels,
  planeAxes,
  planeOf,
  sumsOverPlaces,
  unitAxis,
  unitFirst,
  unitOf,
  type Window,
} from './layout.ts';

export interface Arranged {
  readonly type: ResultType;
  readonly axes: readonly Axis[];
  readonly values: Float32Array;
  readonly standardError: Float32Array | null;
  /** Further tensors that belong to the numbers: `activation`, `sd`, `map`. */
  readonly beside: Readonly<Record<string, OutputTensor>>;
}

export interface Arrangement {
  /** Takes a group in; gives what it shows of each of its examples. */
  take(group: ExampleGroup): ShownValues;
  arranged(): Arranged;
}

/** A tensor of the axes' shape. */
export const tensorOf = (axes: readonly Axis[], data: Float32Array): OutputTensor =>
  f32(
    data,
    axes.map((a) => a.size),
    axes.map((a) => a.name),
  );

/** Attributions to the input: of one example [y,x] or [feature], of a slice [example,y,x]; cropped to the window. */
export function inputArrangement(examples: Examples, window: Window | null, cam: boolean): Arrangement {
  const { shape } = examples.split.dataset;
  const plane = planeOf(shape);
  const n = examples.indices.length;
  if (!plane || shape.length === 1) {
    if (!examples.single || shape.length !== 1)
      throw new UserError(
        'invalid',
        `attribution ${examples.single ? '' : 'over a slice '}needs pictures; an example of ${examples.address} has the shape [${shape.join(', ')}]`,
      );
    return rowArrangement(examples);
  }
  const [height, width] = plane;
  const channels = cam ? 1 : plane[2];
  const whole = [height, width, channels] as const;
  const shown: Window = window ?? [0, 0, width, height];
  const part = [shown[3] - shown[1], shown[2] - shown[0], channels] as const;
  const size = part[0] * part[1] * part[2];
  const values = new Float32Array(n * size);
  let standardError: Float32Array | null = null;
  return {
    take({ from, to, game, attribution }) {
      const maps = cam ? camMaps() : attribution.values;
      const found = cropped(maps, whole, shown);
      values.set(found, from * size);
      if (attribution.standardError) {
        standardError ??= new Float32Array(values.length);
        standardError.set(cropped(attribution.standardError, whole, shown), from * size);
      }
      return shownOf(found, to - from);

      function camMaps(): Float32Array {
        const [h, w, units] = game.shape;
        if (h === undefined || w === undefined || units === undefined) throw new Error('no feature maps');
        return upsample(game.tf, camOf(attribution.values, units), [h, w], [height, width]);
      }
    },
    arranged: () => ({
      type: examples.single ? 'attribution[y,x]' : 'attribution[example,y,x]',
      axes: [...(examples.single ? [] : [{ name: 'example', size: n }]), ...planeAxes(part)],
      values,
      standardError,
      beside: {},
    }),
  };
}

function rowArrangement(examples: Examples): Arrangement {
  const axes = [{ name: 'feature', size: shownWidth(examples.split) }];
  let kept: Omit<Arranged, 'type' | 'axes'> | undefined;
  return {
    take({ game, attribution: { values, standardError = null } }) {
      const input = game.tf.tidy(() => Float32Array.from(game.features.dataSync()));
      kept = { values, standardError, beside: { input: tensorOf(axes, input) } };
      return shownOf(values, 1);
    },
    arranged: () => ({ type: 'attribution[feature]', axes, ...required(kept) }),
  };
}

/** Attributions to a layer's output, or to a unit of it: of one example its maps, of a slice the mean of their sums. */
export function layerArrangement(
  what: { readonly layer: string; readonly unit?: number },
  shape: readonly number[],
  examples: Examples,
  cam: boolean,
): Arrangement {
  const maps = mapsOf(what.layer, shape);
  if (what.unit !== undefined) checkUnit(what.layer, what.unit, maps.units);
  return examples.single ? mapArrangement(what, shape, maps, cam) : meanArrangement(what, maps);
}

function mapArrangement(
  { layer, unit }: { readonly layer: string; readonly unit?: number },
  shape: readonly number[],
  maps: Maps,
  cam: boolean,
): Arrangement {
  const places = [pixels('y', maps.height), pixels('x', maps.width)];
  const units = unitAxis(layer, unit ?? 0, unit === undefined ? maps.units : 1);
  const flat = shape.length <= 1;
  const axes = flat
    ? [units]
    : unit === undefined
      ? [units, ...places]
      : [...places, { name: 'channel', size: 1 }];
  const chosen = (values: Float32Array) =>
    unit === undefined ? unitFirst(values, maps) : unitOf(values, unit, maps);
  let kept: Omit<Arranged, 'type' | 'axes'> | undefined;
  return {
    take({ game, attribution: { values, standardError } }) {
      const activation = game.tf.tidy(() => Float32Array.from(game.features.dataSync()));
      kept = {
        values: chosen(values),
        standardError: standardError ? chosen(standardError) : null,
        beside: {
          activation: tensorOf(axes, chosen(activation)),
          ...(cam && !flat && unit === undefined ? { map: tensorOf(places, camOf(values, maps.units)) } : {}),
        },
      };
      return { ...shownOf(kept.values, 1), sums: shownOf(values, 1).sums };
    },
    arranged: () => ({
      type: flat ? 'attribution[unit]' : unit === undefined ? 'attribution[unit,y,x]' : 'attribution[y,x]',
      axes,
      ...required(kept),
    }),
  };
}

function meanArrangement(
  { layer, unit }: { readonly layer: string; readonly unit?: number },
  maps: Maps,
): Arrangement {
  const size = maps.height * maps.width * maps.units;
  const places = maps.height * maps.width;
  const mean = new Float64Array(maps.units);
  const squares = new Float64Array(maps.units);
  const activation = new Float64Array(maps.units);
  let n = 0;
  const axes = [unitAxis(layer, unit ?? 0, unit === undefined ? maps.units : 1)];
  const chosen = (values: Float64Array) =>
    Float32Array.from(unit === undefined ? values : values.subarray(unit, unit + 1));
  return {
    take({ from, to, game, attribution }) {
      const outputs = game.tf.tidy(() => game.features.dataSync());
      const shown = shownOf(attribution.values, to - from);
      for (let i = 0; i < to - from; i++) {
        // An example whose attribution is no number has no part in the means.
        if (!Number.isFinite(shown.sums[i])) continue;
        n++;
        const sums = sumsOverPlaces(attribution.values, i * size, maps);
        const active = sumsOverPlaces(outputs, i * size, maps);
        for (let u = 0; u < maps.units; u++) {
          // Welford 1962.
          const delta = sums[u]! - mean[u]!;
          mean[u]! += delta / n;
          squares[u]! += delta * (sums[u]! - mean[u]!);
          activation[u]! += (active[u]! / places - activation[u]!) / n;
        }
      }
      return shown;
    },
    arranged: () => ({
      type: 'attribution[unit]',
      axes,
      values: chosen(mean),
      standardError: null,
      beside: {
        sd: tensorOf(axes, chosen(squares.map((sum) => Math.sqrt(sum / n)))),
        activation: tensorOf(axes, chosen(activation)),
      },
    }),
  };
}

/** Of n rows. */
function shownOf(values: Float32Array, n: number): ShownValues {
  const width = values.length / n;
  const shown = {
    sums: new Float64Array(n),
    least: new Float64Array(n).fill(Number.POSITIVE_INFINITY),
    most: new Float64Array(n).fill(Number.NEGATIVE_INFINITY),
    width,
  };
  for (let i = 0; i < values.length; i++) {
    const [row, value] = [Math.floor(i / width), values[i]!];
    shown.sums[row]! += value;
    shown.least[row] = Math.min(shown.least[row]!, value);
    shown.most[row] = Math.max(shown.most[row]!, value);
  }
  return shown;
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('no example was explained');
  return value;
}
