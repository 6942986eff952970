/** How a call is written, argument by argument: of operators and attentions, which tell their inputs apart by that. */
export interface CallForm {
  readonly args: readonly unknown[];
  readonly kwargs: Readonly<Record<string, unknown>>;
}

/** A tensor among the arguments, as its place among the inputs of the call. */
export interface Given {
  readonly tensor: number;
  /** How many axes it has, where the file tells. */
  readonly rank: number | null;
}

/** Deeper lists and objects are no arguments. */
const MOST_NESTED = 8;

/** The call with each tensor replaced by its place, and the tensors in that order. */
export function formOf<R extends object>(
  args: readonly unknown[],
  kwargs: Readonly<Record<string, unknown>>,
  tensorOf: (value: unknown) => { readonly ref: R; readonly rank: number | null } | null,
): { form: CallForm; refs: R[] } {
  const refs: R[] = [];
  const written = (value: unknown, depth: number): unknown => {
    const found = tensorOf(value);
    if (found) {
      refs.push(found.ref);
      return { tensor: refs.length - 1, rank: found.rank } satisfies Given;
    }
    if (typeof value !== 'object' || value === null || depth > MOST_NESTED) return value;
    if (Array.isArray(value)) return value.map((one) => written(one, depth + 1));
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, written(one, depth + 1)]));
  };
  const form = {
    args: args.map((value) => written(value, 0)),
    kwargs: Object.fromEntries(Object.entries(kwargs).map(([key, value]) => [key, written(value, 0)])),
  };
  return { form, refs };
}

/** The place of the tensor that an argument is; null for any other. */
export function placeOf(value: unknown): number | null {
  return typeof value === 'object' && value !== null && 'tensor' in value && typeof value.tensor === 'number'
    ? value.tensor
    : null;
}

/** How many axes the tensor has that an argument is; null for any other, or where the file does not tell. */
export function rankOf(value: unknown): number | null {
  return placeOf(value) !== null && typeof value === 'object' && value !== null && 'rank' in value
    ? Number(value.rank ?? Number.NaN) || null
    : null;
}
