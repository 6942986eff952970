/** One thing that may be written where the caret is. */
export interface Offer {
  /** What is shown, and matched with what has been typed. */
  readonly label: string;
  /** What is written in its place. */
  readonly insert: string;
  readonly kind: OfferKind;
  readonly detail: string;
}
export type OfferKind =
  | 'keyword'
  | 'function'
  | 'method'
  | 'parameter'
  | 'value'
  | 'model'
  | 'checkpoint'
  | 'layer'
  | 'unit'
  | 'weight'
  | 'data'
  | 'slice'
  | 'name'
  | 'column'
  | 'class'
  | 'target'
  | 'change';

/** Units, classes and indices that are listed at most. */
export const MOST = 200;

export const offer = (kind: OfferKind, label: string, detail = '', insert = label): Offer => ({
  kind,
  label,
  insert,
  detail,
});
export const numbers = (
  kind: OfferKind,
  count: number,
  detail: (index: number) => string = () => '',
): Offer[] => Array.from({ length: Math.min(MOST, count) }, (_, i) => offer(kind, String(i), detail(i)));
