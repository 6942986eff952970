import { PRESENCE_BYTES, type Presence } from './types.ts';

/** The presence with its longest lists cut, until it is small enough to be sent: what is followed is the first of them. */
export function fitPresence(presence: Presence): Presence {
  let fitted = presence;
  for (let most = 128; most > 0 && sizeOf(fitted) > PRESENCE_BYTES; most = Math.floor(most / 2))
    fitted = cut(presence, most);
  return fitted;
}

function sizeOf(presence: Presence): number {
  return new TextEncoder().encode(JSON.stringify(presence)).length;
}

function cut(presence: Presence, most: number): Presence {
  const { selection, dragging } = presence;
  return {
    ...presence,
    ...(selection && {
      selection: {
        ...selection,
        items: selection.items.slice(0, most),
        units: selection.units.slice(0, most),
        examples: selection.examples.slice(0, most),
      },
    }),
    ...(dragging && { dragging: Object.fromEntries(Object.entries(dragging).slice(0, most)) }),
  };
}
