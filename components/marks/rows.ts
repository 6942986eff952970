/** Marked examples as rows: where they are, what the model says of them, who marked them. */
import { parseAddress, printAddress } from '@/core/address/index.ts';
import type { Mark } from '@/core/board/index.ts';
import { predictionRecordSchema, type Result, type TensorData } from '@/core/result/index.ts';

export interface MarkedRow {
  readonly address: string;
  /** Canonical address of the split. */
  readonly split: string;
  readonly index: number;
  readonly mark: Mark;
}

const TAIL = /^(.*)\[(\d+)\]$/s;

/** In the order of their splits and indices. */
export function markedRows(marks: ReadonlyMap<string, Mark>): MarkedRow[] {
  const rows: MarkedRow[] = [];
  for (const [address, mark] of marks) {
    const [, split, index] = TAIL.exec(address) ?? [];
    if (split !== undefined && index !== undefined) rows.push({ address, split, index: Number(index), mark });
  }
  return rows.sort((a, b) => (a.split < b.split ? -1 : a.split > b.split ? 1 : a.index - b.index));
}

/** Number of marked examples by split. */
export function countsBySplit(rows: readonly MarkedRow[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { split } of rows) counts.set(split, (counts.get(split) ?? 0) + 1);
  return counts;
}

/** `select predict() from f(SPLIT)`, looked up by example. */
export interface Predictions {
  readonly classes: readonly string[];
  readonly index: TensorData;
  readonly label: TensorData | null;
  readonly predicted: TensorData | null;
  readonly confidence: TensorData | null;
  /** Columns of the data set by name. */
  readonly columns: ReadonlyMap<string, TensorData>;
  /** Place of an example by its index; undefined where the answer does not hold it. */
  placeOf(index: number): number | undefined;
}

const COLUMN = 'column.';

/** Null for a result of another kind. */
export function readPredictions(result: Result): Predictions | null {
  const { index, label, predicted, confidence } = result.tensors;
  if (result.meta.type !== 'table[example]' || !index) return null;
  const record = predictionRecordSchema.safeParse(result.meta.record);
  const places = new Map<number, number>();
  for (const [place, at] of index.data.entries()) places.set(at, place);
  const columns = new Map<string, TensorData>();
  for (const [name, tensor] of Object.entries(result.tensors))
    if (name.startsWith(COLUMN)) columns.set(name.slice(COLUMN.length), tensor.data);
  return {
    classes: record.success ? record.data.classes : [],
    index: index.data,
    label: label?.data ?? null,
    predicted: predicted?.data ?? null,
    confidence: confidence?.data ?? null,
    columns,
    placeOf: (at) => places.get(at),
  };
}

/** What is known of one example; null where it is not. */
export interface PredictionWords {
  readonly label: string | null;
  readonly predicted: string | null;
  readonly confidence: number | null;
  readonly right: boolean | null;
}
const NO_PREDICTION: PredictionWords = { label: null, predicted: null, confidence: null, right: null };

export function predictionOf(predictions: Predictions | undefined, index: number): PredictionWords {
  const place = predictions?.placeOf(index);
  if (predictions === undefined || place === undefined) return NO_PREDICTION;
  const label = predictions.label?.[place];
  const predicted = predictions.predicted?.[place];
  const name = (of: number | undefined) =>
    of === undefined || of < 0 ? null : (predictions.classes[of] ?? String(of));
  const [labelName, predictedName] = [name(label), name(predicted)];
  return {
    label: labelName,
    predicted: predictedName,
    confidence: predictions.confidence?.[place] ?? null,
    right: labelName === null || predictedName === null ? null : label === predicted,
  };
}

/** A slice of these examples of one split: `digits.test[index in [3, 17]]`. */
export function sliceOf(split: string, indices: readonly number[]): string | null {
  const at = parseAddress(split, 'data');
  if (at.kind !== 'dataset' || at.split === undefined || indices.length === 0) return null;
  const values = [...indices].sort((a, b) => a - b);
  return printAddress({
    kind: 'slice',
    dataset: at.dataset,
    split: at.split,
    where: { op: 'in', left: { kind: 'column', name: 'index' }, values },
  });
}
