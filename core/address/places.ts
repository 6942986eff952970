/**
 * Where the parts of a parsed text stood. Kept beside the syntax, which stays plain data: nodes are compared, sent to
 * workers and built by hand without it.
 */
import type { Place } from '../errors/index.ts';

const whole = new WeakMap<object, Place>();
const parts = new WeakMap<object, Map<string, Place>>();

/** Remembers where `node`, or the named part of it (a string or number has no identity), stood. Returns the node. */
export function setPlace<T extends object>(node: T, place: Place | undefined, part = ''): T {
  if (place === undefined) return node;
  if (part === '') whole.set(node, place);
  else parts.set(node, (parts.get(node) ?? new Map<string, Place>()).set(part, place));
  return node;
}

/** Of the part if it is known, else of the whole; undefined for a node that was not parsed. */
export function placeOf(node: object, part = ''): Place | undefined {
  return (part === '' ? undefined : parts.get(node)?.get(part)) ?? whole.get(node);
}

/** The places of `from` hold for `to` too: for a node that stands in for another. */
export function copyPlaces<T extends object>(to: T, from: object): T {
  const place = whole.get(from);
  if (place !== undefined) whole.set(to, place);
  const known = parts.get(from);
  if (known !== undefined) parts.set(to, new Map(known));
  return to;
}
