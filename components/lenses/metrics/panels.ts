/** Metrics in panels: what is measured in the same way shares a scale. */
import type { SeriesRecord } from '@/core/result/types.ts';

type Series = SeriesRecord['series'][number];
export interface Line extends Series {
  readonly validation: boolean;
}
export interface Panel {
  /** `loss` of loss, val_loss, train_loss and val/loss. */
  readonly name: string;
  readonly lines: readonly Line[];
  /** Least and largest value. */
  readonly range: readonly [number, number];
}

const VALIDATION = /^(val|valid|validation|test|eval)[_/ -]/i;
const TRAINING = /^(train|training)[_/ -]/i;

export function panelsOf(series: readonly Series[]): Panel[] {
  const groups = new Map<string, Line[]>();
  for (const one of series) {
    const validation = VALIDATION.test(one.name);
    const name = one.name.replace(VALIDATION, '').replace(TRAINING, '');
    groups.set(name, [...(groups.get(name) ?? []), { ...one, validation }]);
  }
  return [...groups].map(([name, lines]) => {
    const values = lines.flatMap((line) =>
      line.values.filter((v): v is number => v !== null && Number.isFinite(v)),
    );
    return {
      name,
      lines,
      range:
        values.length === 0
          ? [0, 1]
          : [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))],
    };
  });
}

/** Path of a line in SVG; where a value is missing it is broken, and a lone point is drawn as a dot. */
export function pathOf(line: Series, x: (step: number) => number, y: (value: number) => number): string {
  let path = '';
  let open = false;
  for (const [i, step] of line.steps.entries()) {
    const value = line.values[i];
    if (value === null || value === undefined || !Number.isFinite(value)) {
      open = false;
      continue;
    }
    const at = `${x(step).toFixed(1)} ${y(value).toFixed(1)}`;
    path += open ? `L${at}` : `M${at}h0`;
    open = true;
  }
  return path;
}

/** Steps in a row at which a line has no number. */
export interface Gap {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Where a metric was logged, but was no number: a path leaves nothing there, so it is marked. */
export function gapsOf({ steps, values }: Pick<Line, 'steps' | 'values'>): Gap[] {
  const gaps: Gap[] = [];
  let open = false;
  for (const [i, step] of steps.entries()) {
    const value = values[i];
    const missing = value === null || value === undefined || !Number.isFinite(value);
    const last = gaps.at(-1);
    if (missing && open && last) gaps[gaps.length - 1] = { ...last, to: step, count: last.count + 1 };
    else if (missing) gaps.push({ from: step, to: step, count: 1 });
    open = missing;
  }
  return gaps;
}

/** The measured step nearest to a place on the axis; null when nothing was measured. */
export function nearestStep(steps: readonly number[], at: number): number | null {
  return steps.reduce<number | null>(
    (best, step) => (best === null || Math.abs(step - at) < Math.abs(best - at) ? step : best),
    null,
  );
}
/** Value of a line at a step. */
export function valueAt(line: Series, step: number): number | null {
  const i = line.steps.indexOf(step);
  return i < 0 ? null : (line.values[i] ?? null);
}
