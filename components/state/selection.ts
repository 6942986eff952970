/** What this person has selected: one store that every lens reads and every lens writes (linking and brushing). */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { NO_SELECTION, type Selection, selectionSchema } from '@/core/board/index.ts';

export type SelectionChange = Partial<Selection>;

export interface SelectionState extends Selection {
  /** Tool that waits for a place to be applied to. */
  readonly armed: string | null;
}

export class SelectionStore {
  readonly store: StoreApi<SelectionState> = createStore(() => ({ ...NO_SELECTION, armed: null }));

  get current(): SelectionState {
    return this.store.getState();
  }

  /** Lengths are cut to what the contract allows to share. */
  select(change: SelectionChange): void {
    const next: SelectionChange = {
      ...change,
      ...(change.items ? { items: change.items.slice(0, 500) } : {}),
      ...(change.units ? { units: change.units.slice(0, 2000) } : {}),
      ...(change.examples ? { examples: change.examples.slice(0, 20_000) } : {}),
    };
    this.store.setState(next);
  }

  arm(tool: string | null): void {
    this.store.setState({ armed: tool });
  }

  /** One step back to calm: the tool, then units and examples, then the layer, then the items. False when already calm. */
  back(): boolean {
    const now = this.current;
    if (now.armed !== null) this.arm(null);
    else if (now.units.length > 0 || now.examples.length > 0) this.select({ units: [], examples: [] });
    else if (now.layer !== null) this.select({ layer: null });
    else if (now.items.length > 0) this.select({ items: [] });
    else return false;
    return true;
  }

  /** Takes over what another person has selected. */
  mirror(selection: Selection): void {
    this.store.setState(selectionSchema.parse(selection));
  }
}

/** The shared part, without the tool. */
export function shared(state: SelectionState): Selection {
  return { items: state.items, layer: state.layer, units: state.units, examples: state.examples };
}
