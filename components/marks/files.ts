/** Marked examples as files. */
import type { MarkedRow, PredictionWords } from './rows.ts';

export interface Listed extends MarkedRow {
  readonly prediction: PredictionWords;
  /** Name of who marked it. */
  readonly by: string;
  /** Index of that person's colour. */
  readonly color: number;
}

const HEAD = ['index', 'split', 'label', 'predicted', 'confidence', 'marked by', 'note'] as const;

/** RFC 4180. A text that a spreadsheet would take for a formula is led by an apostrophe. */
function cell(value: string | number | null): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

export function marksCsv(rows: readonly Listed[]): string {
  const lines = rows.map(({ index, split, prediction, by, mark }) =>
    [index, split, prediction.label, prediction.predicted, prediction.confidence, by, mark.note ?? null]
      .map(cell)
      .join(','),
  );
  return `${[HEAD.join(','), ...lines].join('\r\n')}\r\n`;
}

export function marksJson(rows: readonly Listed[]): string {
  const list = rows.map(({ address, index, split, prediction, by, mark }) => ({
    address,
    index,
    split,
    label: prediction.label,
    predicted: prediction.predicted,
    confidence: prediction.confidence,
    markedBy: by,
    ...(mark.note === undefined ? {} : { note: mark.note }),
  }));
  return `${JSON.stringify(list, null, 2)}\n`;
}
