/** Which badge belongs to what a lens draws (rule T2): threads are counted by address, with or without a checkpoint. */
import { useMemo } from 'react';
import { parseAddress, printAddress } from '@/core/address/index.ts';
import type { LensProps } from '../../contract.ts';
import type { Subject } from './subject.ts';

/** Open threads at an address as the lens names it; 0 for what has no address. */
export type BadgeOf = (address: string | null) => number;

/**
 * Looks up what a result of `model` (`digits-cnn@12`) names. A count under the very checkpoint wins over one under the
 * model alone, for findings about a unit are shown at each of its steps; other steps and other models do not count.
 */
export function badgesFor(badges: LensProps['badges'], model: string | null): BadgeOf {
  const counts = new Map(Object.entries(badges));
  const shown = model === null ? null : read(model);
  if (shown !== null && 'model' in shown && shown.step !== undefined)
    for (const [place, count] of Object.entries(badges)) {
      const address = read(place);
      if (!address || !('model' in address) || address.model !== shown.model || address.step !== undefined)
        continue;
      const here = printAddress({ ...address, step: shown.step });
      if (!counts.has(here)) counts.set(here, count);
    }
  return (address) => (address === null ? 0 : (counts.get(address) ?? 0));
}

/** The lookup for a lens, and what its frame says of the whole. Stable as long as neither has changed. */
export function useBadges(
  badges: LensProps['badges'],
  { model, about }: Pick<Subject, 'model' | 'about'>,
): { readonly badgeOf: BadgeOf; readonly about: { address: string | null; count: number } } {
  return useMemo(() => {
    const badgeOf = badgesFor(badges, model);
    return { badgeOf, about: { address: about, count: badgeOf(about) } };
  }, [badges, model, about]);
}

/** A badge, and the place in a list of what bears it. */
export interface Marked {
  readonly place: number;
  readonly address: string;
  readonly count: number;
}
/** Those of a list that have a badge, with its count. */
export function badged<T>(
  items: readonly T[],
  addressOf: (item: T, place: number) => string | null,
  badgeOf: BadgeOf,
): (Marked & { readonly item: T })[] {
  return items.flatMap((item, place) => {
    const address = addressOf(item, place);
    const count = badgeOf(address);
    return address === null || count === 0 ? [] : [{ item, place, address, count }];
  });
}

function read(text: string) {
  try {
    return parseAddress(text);
  } catch {
    // An anchor of another version is kept under its own text.
    return null;
  }
}
