/** Colours of numbers, and axes. Signed values: blue below zero, neutral at zero, red above. Magnitudes: viridis. */
import { ticks } from 'd3-array';
import { rgb } from 'd3-color';
import { interpolateRgb, piecewise, quantize } from 'd3-interpolate';
import { type ScaleLinear, scaleLinear } from 'd3-scale';
import { interpolateViridis } from 'd3-scale-chromatic';

/** Entries of a colour table; odd, so that zero has an entry of its own in the middle. */
export const COLOR_STEPS = 255;
type Rgb = readonly [number, number, number];

/** Away from the ground's lightness on both sides, so that zero recedes in either theme. */
const DIVERGING = {
  light: ['#134a91', '#3f83c8', '#9cc3e8', '#f3f3f6', '#f3ab97', '#d4523f', '#9c0f21'],
  dark: ['#a9d0ff', '#5e9fe6', '#2d5f9b', '#25272e', '#93382d', '#e0684f', '#ffbfa9'],
};
/** What is not a number. */
const MISSING: Rgb = [128, 128, 128];

/** Numbers, because pictures are drawn pixel by pixel. */
const tableOf = (colorAt: (share: number) => string): readonly Rgb[] =>
  quantize(colorAt, COLOR_STEPS).map((color) => {
    const { r, g, b } = rgb(color);
    return [r, g, b];
  });
const TABLES = {
  diverging: {
    light: tableOf(piecewise(interpolateRgb, DIVERGING.light)),
    dark: tableOf(piecewise(interpolateRgb, DIVERGING.dark)),
  },
  /** Viridis (van der Walt & Smith 2015): its end that stands out from the ground is the larger. */
  sequential: { light: tableOf((share) => interpolateViridis(1 - share)), dark: tableOf(interpolateViridis) },
};

export interface ColorScale {
  readonly kind: 'diverging' | 'sequential';
  readonly min: number;
  readonly max: number;
  /** Red, green and blue (0 to 255) of `value`; grey when it is not a number. Clamped at the ends. */
  rgb(value: number): Rgb;
  css(value: number): string;
}

function scale(kind: ColorScale['kind'], min: number, max: number, dark: boolean): ColorScale {
  const table = TABLES[kind][dark ? 'dark' : 'light'];
  const rgbOf = (value: number): Rgb => {
    if (!Number.isFinite(value)) return MISSING;
    const share = (value - min) / (max - min);
    return table[Math.round(Math.min(1, Math.max(0, share)) * (COLOR_STEPS - 1))] ?? MISSING;
  };
  return { kind, min, max, rgb: rgbOf, css: (value) => `rgb(${rgbOf(value).join(' ')})` };
}

/** Symmetric about zero: from -extent to extent. An extent of zero is drawn as one. */
export function divergingScale(extent: number, dark: boolean): ColorScale {
  const reach = extent > 0 ? extent : 1;
  return scale('diverging', -reach, reach, dark);
}
/** Viridis, with the end that stands out from the ground at `max`. */
export function sequentialScale(min: number, max: number, dark: boolean): ColorScale {
  return scale('sequential', min, max > min ? max : min + 1, dark);
}

/** Largest absolute value; what is not finite is passed over. */
export function extentOf(values: ArrayLike<number>, from = 0, to = values.length): number {
  let extent = 0;
  for (let i = from; i < to; i++) {
    const size = Math.abs(values[i] ?? 0);
    if (size > extent && size < Number.POSITIVE_INFINITY) extent = size;
  }
  return extent;
}
/** Least and largest finite value; [0, 0] when there is none. */
export function rangeOf(values: ArrayLike<number>, from = 0, to = values.length): [number, number] {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = from; i < to; i++) {
    const value = values[i] ?? Number.NaN;
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 0];
}

/** Black or white, whichever is read better on a colour (WCAG relative luminance). */
export function inkOn([r, g, b]: Rgb): '#15161b' | '#ffffff' {
  const linear = (c: number) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  return luminance > 0.18 ? '#15161b' : '#ffffff';
}

/** Round numbers (1, 2, 5 times a power of ten) within [min, max], about `count` of them and at most one more. */
export function niceTicks(min: number, max: number, count: number): number[] {
  if (!(max > min)) return Number.isFinite(min) ? [min] : [];
  // d3 takes the step nearest to what was asked for, with up to 1.4 times as many ticks: labels would touch.
  for (let asked = count; asked >= 1; asked--) {
    const found = ticks(min, max, asked);
    if (found.length <= count + 1) return found;
  }
  return [];
}
/** The smallest range of round numbers that holds [min, max]. */
export function niceRange(min: number, max: number, count = 5): [number, number] {
  if (!(max > min)) return [min - 0.5, max + 0.5];
  const [low = min, high = max] = scaleLinear().domain([min, max]).nice(count).domain();
  return [low, high];
}

/** A place for each value. */
export type Linear = ScaleLinear<number, number, number>;
/** Straight map from a domain to a range; a domain of no width maps to the middle, what is no number to none. */
export const linear = (d0: number, d1: number, r0: number, r1: number): Linear =>
  scaleLinear([d0, d1], [r0, r1]).unknown(Number.NaN);
