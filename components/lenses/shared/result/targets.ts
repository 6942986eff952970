/** What the things of a lens do when they are pointed at: be selected, be opened, or take the tool in hand. */
import { useCallback, useMemo } from 'react';
import type { LensProps } from '../../contract.ts';
import { afterClick, type Subject } from './subject.ts';

/** Held while something is pressed: they add to a selection. */
export type ModifierKeys = {
  readonly shiftKey: boolean;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
};

export interface Targets {
  isSelected(at: number): boolean;
  /** An armed tool does not fit it. */
  isFaded(at: number): boolean;
  onPick(at: number, keys: ModifierKeys): void;
  onActivate(at: number): void;
}

/** `addressOf` names a thing by its place in the lens; null where it has no address. Give it a stable identity. */
export function useTargets(
  {
    selection,
    onSelect,
    armed,
    onActivate,
  }: Pick<LensProps, 'selection' | 'onSelect' | 'armed' | 'onActivate'>,
  kind: 'units' | 'examples',
  subject: Subject,
  addressOf: (at: number) => string | null,
): Targets {
  const chosen = useMemo(() => new Set(selection[kind]), [selection, kind]);
  const isSelected = useCallback((at: number) => chosen.has(addressOf(at) ?? ''), [chosen, addressOf]);
  const isFaded = useCallback(
    (at: number) => {
      const address = addressOf(at);
      return !!armed && (address === null || !armed(address));
    },
    [armed, addressOf],
  );
  return {
    isSelected,
    isFaded,
    onPick: (at, keys) => {
      const address = addressOf(at);
      if (address === null) return;
      if (armed) {
        if (armed(address)) onActivate?.(address);
        return;
      }
      const next = afterClick(selection[kind], address, keys);
      onSelect(kind === 'units' ? { units: next, layer: subject.layerAddress() } : { examples: next });
    },
    onActivate: (at) => {
      const address = addressOf(at);
      if (address !== null) onActivate?.(address);
    },
  };
}

/** Place of the first that is selected, to be brought into sight; null when none is. */
export function useScrollToSelected(
  count: number,
  isSelected: (at: number) => boolean,
  selected: readonly string[],
): number | null {
  return useMemo(() => {
    if (selected.length === 0) return null;
    for (let at = 0; at < count; at++) if (isSelected(at)) return at;
    return null;
  }, [count, isSelected, selected]);
}
