'use client';
import { linear } from './scales.ts';

export interface SignedBarProps {
  /** Bars below each other, the first at the top. */
  readonly bars: readonly { readonly value: number; readonly color: string; readonly spread?: number }[];
  /** Range of the cell's width; holds zero. */
  readonly domain: readonly [number, number];
}

/** Bars from zero to either side, with a whisker of one spread, in a table's cell. */
export function SignedBar({ bars, domain }: SignedBarProps) {
  const x = linear(domain[0], domain[1], 0, 100);
  const thick = bars.length > 1 ? 6 : 10;
  const zero = x(0);
  return (
    <span aria-hidden className="relative block" style={{ height: 18 }}>
      <span className="absolute inset-y-0 w-px bg-line-strong" style={{ left: `${zero}%` }} />
      {bars.map(({ value, color, spread }, i) => {
        const end = x(value);
        const top = 9 - (bars.length * (thick + 1)) / 2 + i * (thick + 1);
        const finite = Number.isFinite(value);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: the order is fixed.
          <span key={i}>
            {finite && (
              <span
                className="absolute border border-text/20"
                style={{
                  top,
                  height: thick,
                  left: `${Math.min(zero, end)}%`,
                  width: `${Math.abs(end - zero)}%`,
                  background: color,
                }}
              />
            )}
            {finite && spread !== undefined && Number.isFinite(spread) && spread > 0 && (
              <span
                className="absolute h-px bg-text"
                style={{
                  top: top + thick / 2,
                  left: `${Math.max(0, x(value - spread))}%`,
                  width: `${Math.min(100, x(value + spread)) - Math.max(0, x(value - spread))}%`,
                }}
              />
            )}
          </span>
        );
      })}
    </span>
  );
}

/** A range that holds zero and every value with its spread; [-1, 1] when there is nothing else. */
export function barDomain(
  values: readonly (ArrayLike<number> | null)[],
  spread: ArrayLike<number> | null = null,
): [number, number] {
  let [low, high] = [0, 0];
  for (const array of values)
    for (let i = 0; array && i < array.length; i++) {
      const value = array[i] ?? Number.NaN;
      if (!Number.isFinite(value)) continue;
      const s = spread?.[i] ?? 0;
      const wide = Number.isFinite(s) ? s : 0;
      low = Math.min(low, value, value - wide);
      high = Math.max(high, value, value + wide);
    }
  return low === high ? [-1, 1] : [low, high];
}
