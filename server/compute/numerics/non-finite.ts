/** Counts of NaN and of infinite values, and how they are said. */

export interface NonFiniteCounts {
  readonly nan: number;
  readonly positiveInfinity: number;
  readonly negativeInfinity: number;
}

/** "1 NaN and 2 infinite values" */
export function nonFiniteInWords({ nan, positiveInfinity, negativeInfinity }: NonFiniteCounts): string {
  const infinite = positiveInfinity + negativeInfinity;
  return [
    ...(nan > 0 ? [`${nan} NaN`] : []),
    ...(infinite > 0 ? [`${infinite} infinite ${infinite === 1 ? 'value' : 'values'}`] : []),
  ].join(' and ');
}

/** "1 NaN and 2 infinite values"; null where all are finite. */
export function countNonFinite(values: ArrayLike<number>): string | null {
  const counts = { nan: 0, positiveInfinity: 0, negativeInfinity: 0 };
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) counts.nan++;
    else if (value === Number.POSITIVE_INFINITY) counts.positiveInfinity++;
    else if (value === Number.NEGATIVE_INFINITY) counts.negativeInfinity++;
  }
  return nonFiniteInWords(counts) || null;
}
