/** Colours of numbers, and axes. Signed values: blue below zero, neutral at zero, red above. Magnitudes: viridis. */

/** Entries of a colour table; odd, so that zero has an entry of its own in the middle. */
export const COLOR_STEPS = 255;
type Rgb = readonly [number, number, number];

const hex = (text: string): Rgb => [
  Number.parseInt(text.slice(1, 3), 16),
  Number.parseInt(text.slice(3, 5), 16),
  Number.parseInt(text.slice(5, 7), 16),
];
/** Viridis (van der Walt & Smith 2015) at eleven equal steps. */
const VIRIDIS = [
  '#440154',
  '#482475',
  '#414487',
  '#355f8d',
  '#2a788e',
  '#21918c',
  '#22a884',
  '#44bf70',
  '#7ad151',
  '#bddf26',
  '#fde725',
].map(hex);
/** Away from the ground's lightness on both sides, so that zero recedes in either theme. */
const DIVERGING = {
  light: ['#134a91', '#3f83c8', '#9cc3e8', '#f3f3f6', '#f3ab97', '#d4523f', '#9c0f21'].map(hex),
  dark: ['#a9d0ff', '#5e9fe6', '#2d5f9b', '#25272e', '#93382d', '#e0684f', '#ffbfa9'].map(hex),
};
/** What is not a number. */
const MISSING: Rgb = [128, 128, 128];

/** Linear between equally spaced stops. */
function mix(stops: readonly Rgb[], share: number): Rgb {
  const at = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const low = stops[Math.floor(at)] ?? MISSING;
  const high = stops[Math.ceil(at)] ?? low;
  const f = at - Math.floor(at);
  return [
    Math.round(low[0] + (high[0] - low[0]) * f),
    Math.round(low[1] + (high[1] - low[1]) * f),
    Math.round(low[2] + (high[2] - low[2]) * f),
  ];
}

export interface ColorScale {
  readonly kind: 'diverging' | 'sequential';
  readonly min: number;
  readonly max: number;
  /** Red, green and blue (0 to 255) of `value`; grey when it is not a number. Clamped at the ends. */
  rgb(value: number): Rgb;
  css(value: number): string;
}

function scale(kind: ColorScale['kind'], min: number, max: number, stops: readonly Rgb[]): ColorScale {
  const table = Array.from({ length: COLOR_STEPS }, (_, i) => mix(stops, i / (COLOR_STEPS - 1)));
  const span = max - min;
  const rgb = (value: number): Rgb => {
    if (!Number.isFinite(value)) return MISSING;
    const share = span > 0 ? (value - min) / span : 0.5;
    return table[Math.round(Math.min(1, Math.max(0, share)) * (COLOR_STEPS - 1))] ?? MISSING;
  };
  return { kind, min, max, rgb, css: (value) => `rgb(${rgb(value).join(' ')})` };
}

/** Symmetric about zero: from -extent to extent. An extent of zero is drawn as one. */
export function divergingScale(extent: number, dark: boolean): ColorScale {
  const reach = extent > 0 ? extent : 1;
  return scale('diverging', -reach, reach, DIVERGING[dark ? 'dark' : 'light']);
}
/** Viridis, with the end that stands out from the ground at `max`. */
export function sequentialScale(min: number, max: number, dark: boolean): ColorScale {
  return scale('sequential', min, max > min ? max : min + 1, dark ? VIRIDIS : VIRIDIS.toReversed());
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

/** Round numbers (1, 2, 5 times a power of ten) within [min, max], about `count` of them. */
export function niceTicks(min: number, max: number, count: number): number[] {
  if (!(max > min) || count < 1) return Number.isFinite(min) ? [min] : [];
  const raw = (max - min) / count;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = ([1, 2, 5, 10].find((m) => m * power >= raw * (1 - 1e-9)) ?? 10) * power;
  const ticks: number[] = [];
  // Counted in steps, so that 0.1 + 0.2 does not show.
  for (let k = Math.ceil(min / step - 1e-9); k * step <= max + step * 1e-9; k++)
    ticks.push(Number((k * step).toPrecision(12)));
  return ticks;
}
/** The smallest range of round numbers that holds [min, max]. */
export function niceRange(min: number, max: number, count = 5): [number, number] {
  if (!(max > min)) return [min - 0.5, max + 0.5];
  const ticks = niceTicks(min, max, count);
  const step = ticks.length > 1 ? (ticks[1] ?? 0) - (ticks[0] ?? 0) : (max - min) / count;
  return [Math.floor(min / step + 1e-9) * step, Math.ceil(max / step - 1e-9) * step];
}

export interface Linear {
  (value: number): number;
  invert(place: number): number;
}
/** Straight map from a domain to a range; a domain of no width maps to the middle. */
export function linear(d0: number, d1: number, r0: number, r1: number): Linear {
  const map = (value: number) => (d1 === d0 ? (r0 + r1) / 2 : r0 + ((value - d0) / (d1 - d0)) * (r1 - r0));
  return Object.assign(map, {
    invert: (place: number) => (r1 === r0 ? d0 : d0 + ((place - r0) / (r1 - r0)) * (d1 - d0)),
  });
}
