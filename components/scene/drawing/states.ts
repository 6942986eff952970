/** What a point is just now. The order matters: what is higher is picked first where discs overlap. */
export const HIDDEN = 0;
/** Shown faintly and not to be taken by a lasso: another class is isolated, or the armed tool does not fit. */
export const DIMMED = 1;
/** Shown faintly because others are selected. */
export const FADED = 2;
export const SHOWN = 3;
export const SELECTED = 4;

/** Opacity of what is aside or faded. */
export const FADE = 0.25;

/** States (n) from what stands out: `aside` and `selected` may be absent. */
export function statesOf(
  count: number,
  aside: ((index: number) => boolean) | null,
  selected: Iterable<number>,
): Uint8Array {
  const chosen = new Set(selected);
  const states = new Uint8Array(count).fill(chosen.size > 0 ? FADED : SHOWN);
  if (aside) for (let i = 0; i < count; i++) if (aside(i)) states[i] = DIMMED;
  for (const i of chosen) if (i >= 0 && i < count) states[i] = SELECTED;
  return states;
}

/** Order in which to draw: the selected first, so that faint ones blend over them instead of hiding them. */
export function drawOrder(states: Uint8Array): { readonly order: Uint32Array; readonly drawn: number } {
  const starts = new Uint32Array(6);
  // Place of a state in the order: SELECTED, SHOWN, FADED, DIMMED; HIDDEN after the end.
  for (const state of states) starts[SELECTED - state + 1]! += 1;
  for (let k = 1; k < starts.length; k++) starts[k]! += starts[k - 1]!;
  const drawn = starts[SELECTED]!;
  const order = new Uint32Array(states.length);
  const next = starts.slice();
  states.forEach((state, i) => {
    const place = SELECTED - state;
    order[next[place]!] = i;
    next[place]! += 1;
  });
  return { order, drawn };
}
