/** Numbers for people: 3 significant digits, SI prefixes, a thin space between number and prefix or unit. */
const THIN = '\u2009';
const MINUS = '\u2212';
const PREFIXES: readonly (readonly [number, string])[] = [
  [12, 'T'],
  [9, 'G'],
  [6, 'M'],
  [3, 'k'],
  [0, ''],
  [-3, 'm'],
  [-6, 'µ'],
  [-9, 'n'],
];

function signed(text: string): string {
  return text.startsWith('-') ? MINUS + text.slice(1) : text;
}

/** 3 significant digits, no trailing exponent: 0.125, 12.3, 1 230 as 1.23 k. */
export function formatNumber(value: number | null | undefined, unit = ''): string {
  if (value === null || value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : `${MINUS}∞`;
  // Small whole numbers are counts more often than measures: 32, not 32.0.
  if (Number.isInteger(value) && Math.abs(value) < 1000) {
    const text = signed(String(value));
    return unit ? `${text}${THIN}${unit}` : text;
  }
  // Rounding first: 999.96 is 1.00 k, not 1000.
  const rounded = Number(value.toPrecision(3));
  const power = Math.floor(Math.log10(Math.abs(rounded)) + 1e-12);
  // Plain decimals read best between 0.001 and 1000.
  const wanted = power >= 3 ? Math.floor(power / 3) * 3 : power < -3 ? Math.floor(power / 3) * 3 : 0;
  const clamped = Math.max(-9, Math.min(12, wanted));
  const prefix = PREFIXES.find(([p]) => p === clamped)?.[1] ?? '';
  if (power < -9 || power > 14) return signed(value.toExponential(2)) + (unit ? THIN + unit : '');
  const scaled = rounded / 10 ** clamped;
  const digits = Math.max(0, Math.min(6, 2 - Math.floor(Math.log10(Math.abs(scaled)) + 1e-12)));
  const text = signed(scaled.toFixed(digits));
  const tail = prefix + unit;
  return tail ? `${text}${THIN}${tail}` : text;
}

/** A number on an axis, where round ones stand side by side: 0.5, 1, 1.5 k. */
export function formatTick(value: number): string {
  return formatNumber(value).replace(/\.(\d*?)0+(?=\D|$)/, (_, kept: string) => (kept ? `.${kept}` : ''));
}

/** A whole number in full, thousands parted by thin spaces: 12 345. */
export function formatCount(value: number): string {
  const text = Math.abs(Math.round(value)).toString();
  return (value < 0 ? MINUS : '') + text.replace(/\B(?=(\d{3})+(?!\d))/g, THIN);
}

/** All digits of a number, for the title of a rounded one. */
export function formatExact(value: number | null | undefined): string {
  if (value === null || value === undefined) return 'none';
  if (Number.isNaN(value)) return 'not a number';
  return Number.isFinite(value) ? String(value) : formatNumber(value);
}

/** A share as per cent with 3 significant digits at most: 0.9876 is 98.8 %. */
export function formatShare(share: number | null | undefined): string {
  if (share === null || share === undefined || Number.isNaN(share)) return '–';
  if (!Number.isFinite(share)) return formatNumber(share);
  const percent = share * 100;
  const size = Math.abs(percent);
  return `${signed(percent.toFixed(size >= 99.95 || size === 0 ? 0 : size < 10 ? 2 : 1))}${THIN}%`;
}

/** 830 ms, 2.4 s, 3 min 20 s. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}${THIN}ms`;
  if (ms < 60_000) return `${(ms / 1000).toPrecision(2)}${THIN}s`;
  const seconds = Math.round(ms / 1000);
  return `${Math.floor(seconds / 60)}${THIN}min ${seconds % 60}${THIN}s`;
}

/** A tensor's shape: 14 × 14 × 8, unknown sizes as ?. */
export function formatShape(shape: readonly (number | null)[]): string {
  return shape.map((size) => (size === null ? '?' : size)).join(`${THIN}×${THIN}`);
}

/** "1 open thread", "2 open threads". */
export function counted(n: number, noun: string): string {
  return `${formatCount(n)} ${noun}${n === 1 ? '' : 's'}`;
}
