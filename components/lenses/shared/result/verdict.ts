/** Whether a prediction is right. */

/** Null where there is nothing to say: no label, or no prediction (a score that is not finite, a model without classes). */
export function verdictOf(
  label: number | undefined,
  predicted: number | undefined,
): 'right' | 'wrong' | null {
  if (label === undefined || predicted === undefined || label < 0 || predicted < 0) return null;
  return label === predicted ? 'right' : 'wrong';
}
