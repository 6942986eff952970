/** One control of a query: its value, its range, and how a value becomes an edit of the text. */
import type { Parameter, ParameterValue } from '@/core/algebra/index.ts';
import type { Splice } from '@/core/board/index.ts';

interface ControlBase {
  /** Stays the same while other parts of the text change. */
  readonly id: string;
  readonly label: string;
  /** One sentence for a tooltip; may be empty. */
  readonly summary: string;
}
export interface NumberControl extends ControlBase {
  readonly kind: 'number';
  readonly value: number;
  /** What holds where nothing is written; null where something must be. */
  readonly initial: number | null;
  readonly min: number;
  readonly max: number;
  readonly whole: boolean;
  /** 'none': a number to be typed, as a seed. */
  readonly scale: Scale;
  /** The edit that writes this value. */
  splice(value: number): Splice;
}
export interface ChoiceControl extends ControlBase {
  readonly kind: 'choice';
  readonly value: string;
  readonly choices: readonly { readonly value: string; readonly summary: string }[];
  splice(value: string): Splice;
}
export type Control = NumberControl | ChoiceControl;
export type Scale = 'linear' | 'log' | 'cubic' | 'none';

const SEEDS = 10 ** 7;
const WIDE = 100;

function scaleOf(min: number, max: number, initial: number | null): Scale {
  if (max - min > SEEDS) return 'none';
  if (min > 0 && max / min >= WIDE) return 'log';
  // A range that begins at zero has no logarithm; most of it lies far above what is used.
  return min === 0 && initial !== null && initial > 0 && max / initial > 20 ? 'cubic' : 'linear';
}

export function number({
  write,
  ...of
}: Omit<NumberControl, 'kind' | 'scale' | 'splice'> & { write(text: string): Splice }): NumberControl {
  return {
    ...of,
    kind: 'number',
    scale: scaleOf(of.min, of.max, of.initial),
    splice: (value) => write(String(value)),
  };
}

export function parameterControl(
  parameter: Parameter,
  given: ParameterValue | undefined,
  write: (text: string) => Splice,
): Control {
  const { name, summary } = parameter;
  const base = { id: `using ${name}`, label: name, summary };
  if (parameter.type === 'choice')
    return {
      ...base,
      kind: 'choice',
      value: String(given ?? parameter.default),
      choices: parameter.choices.map((value) => ({ value, summary: '' })),
      splice: write,
    };
  if (parameter.type === 'baseline') {
    const value = given === undefined || given === 0 ? 'zero' : String(given);
    const words = ['zero', 'mean', 'blurred'];
    return {
      ...base,
      kind: 'choice',
      value,
      choices: [...words, ...(words.includes(value) ? [] : [value])].map((v) => ({ value: v, summary: '' })),
      splice: write,
    };
  }
  const whole = parameter.type === 'integer';
  const value = typeof given === 'number' ? given : parameter.default;
  // Two or three whole numbers are picked, not slid to.
  if (whole && parameter.max - parameter.min <= 2)
    return {
      ...base,
      kind: 'choice',
      value: String(value),
      choices: Array.from({ length: parameter.max - parameter.min + 1 }, (_, i) => ({
        value: String(parameter.min + i),
        summary: '',
      })),
      splice: write,
    };
  const { min, max, default: initial } = parameter;
  return number({ ...base, value, initial, min, max, whole, write });
}

/** Places on a slider's track. */
export const SLIDER_STEPS = 200;

export function toTrack({ scale, min, max }: NumberControl, value: number): number {
  if (max <= min) return 0;
  const held = Math.min(max, Math.max(min, value));
  const share =
    scale === 'log'
      ? Math.log(held / min) / Math.log(max / min)
      : scale === 'cubic'
        ? Math.cbrt((held - min) / (max - min))
        : (held - min) / (max - min);
  return Math.round(share * SLIDER_STEPS);
}

/** Where a thumb at `place` goes: by the keyboard, one place on, the value must change though rounding would keep it. */
export function slideTo(control: NumberControl, value: number, place: number): number {
  const from = toTrack(control, value);
  const next = fromTrack(control, place);
  if (next !== value || place === from) return next;
  const by = Math.sign(place - from);
  if (control.whole) return Math.min(control.max, Math.max(control.min, value + by));
  for (let at = place + by; at >= 0 && at <= SLIDER_STEPS; at += by)
    if (fromTrack(control, at) !== value) return fromTrack(control, at);
  return value;
}

/** A round number near the place: what one would have typed. */
export function fromTrack({ scale, min, max, whole }: NumberControl, place: number): number {
  const share = place / SLIDER_STEPS;
  if (place <= 0) return min;
  if (place >= SLIDER_STEPS) return max;
  const raw =
    scale === 'log'
      ? min * (max / min) ** share
      : scale === 'cubic'
        ? min + (max - min) * share ** 3
        : min + (max - min) * share;
  if (whole)
    return scale === 'linear'
      ? Math.round(raw)
      : Math.max(Math.ceil(min), Math.round(Number(raw.toPrecision(2))));
  // Not finer than a ten-thousandth of the range: nobody means 0.0000013.
  const step =
    scale === 'linear' ? (max - min) / SLIDER_STEPS : Math.max(Math.abs(raw) / 50, (max - min) / 1e4);
  const digits = Math.max(0, Math.ceil(-Math.log10(step)));
  return Number(raw.toFixed(digits));
}
