/**
 * Where the parts of a parsed text stood. Kept beside the syntax, which stays plain data: nodes are compared, sent to
 * workers and built by hand without it.
 */
import type { Place } from '../errors/index.ts';

const places = new WeakMap<object, Map<string, Place>>();

/** Remembers where `node`, or the named part of it (a string or number has no identity), stood. Returns the node. */
export function setPlace<T extends object>(node: T, place: Place | undefined, part = ''): T {
  if (place === undefined) return node;
  const parts = places.get(node) ?? new Map<string, Place>();
  parts.set(part, place);
  places.set(node, parts);
  return node;
}

/** Of the part if it is known, else of the whole; undefined for a node that was not parsed. */
export function placeOf(node: object, part = ''): Place | undefined {
  const parts = places.get(node);
  return parts?.get(part) ?? parts?.get('');
}

/** The places of `from` hold for `to` too: for a node that stands in for another. */
export function copyPlaces<T extends object>(to: T, from: object): T {
  const parts = places.get(from);
  if (parts !== undefined) places.set(to, new Map(parts));
  return to;
}
