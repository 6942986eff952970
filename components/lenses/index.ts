/** All lenses, and which of them fit a result. */
import type { ResultMeta, ResultType } from '@/core/result/types.ts';
import { beforeAfter } from './before-after/index.tsx';
import type { LensSpec } from './contract.ts';
import type { OptionRow } from './options.ts';
import { ORDINARY, ordinaryOf } from './ordinary.ts';

export * from './contract.ts';
export { LensBoundary } from './shared/frame.tsx';

export const LENSES: readonly LensSpec[] = [...ORDINARY, beforeAfter];

/** What a lens is asked for: a result that is there, or the type of one that is to come. */
type Drawable = ResultMeta | ResultType;
const fits = (lens: LensSpec, what: Drawable): boolean =>
  typeof what === 'string'
    ? lens.types.includes(what) && !lens.fits
    : lens.types.includes(what.type) && (lens.fits?.(what) ?? true);

/** Those that draw a result, the automatic choice first. */
export function lensesFor(what: Drawable): readonly LensSpec[] {
  return LENSES.filter((lens) => fits(lens, what)).sort((a, b) => b.rank - a.rank);
}
/** The automatic choice; null when no lens draws this. */
export function bestLens(what: Drawable): LensSpec | null {
  return lensesFor(what)[0] ?? null;
}
/** What may be chosen at a lens; at two answers beside each other also what the picture of the change lets choose. */
export function optionsOf(lens: LensSpec, { type }: ResultMeta): readonly OptionRow[] {
  const compare = lens === beforeAfter ? ordinaryOf(type)?.compare : undefined;
  return [...(lens.options ?? []), ...(compare?.options ?? [])];
}
/** Board points that a view wants whose answer will be of this type, with or without a change to compare it with. */
export function viewSize(
  type: ResultType,
  isWhatIf: boolean,
): { readonly w: number; readonly h: number } | null {
  const size = bestLens(type)?.size ?? null;
  if (size === null || !isWhatIf) return size;
  return { w: Math.max(size.w, beforeAfter.size.w), h: Math.max(size.h, beforeAfter.size.h) };
}
/** A view's lens: the one named, where it fits, else the automatic choice. */
export function lensOf(id: string, what: Drawable): LensSpec | null {
  return lensesFor(what).find((lens) => lens.id === id) ?? bestLens(what);
}
