/** Slices that a board has named: `hard` stands for `digits.test[label = 3]` in every query on it. */
import type * as Y from 'yjs';
import { isBareName, parseAddress, printAddress, type SliceAddress } from '../address/index.ts';
import { BOUND_NAMES, isKeyword } from '../address/names.ts';
import { UserError } from '../errors/index.ts';
import { LOCAL } from './local.ts';
import type { Slices } from './types.ts';

/** Name -> canonical address of the slice. */
export const slicesOf = (doc: Y.Doc): Y.Map<unknown> => doc.getMap('slices');

/** The slice that a text names; null for anything else. */
export function readSlice(text: unknown): SliceAddress | null {
  if (typeof text !== 'string') return null;
  try {
    const address = parseAddress(text, 'data');
    return address.kind === 'slice' ? address : null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return null;
  }
}

/** Longer names hide what they are names of. */
const MOST_LETTERS = 40;

/** Why a slice cannot have this name, in a sentence; null where it can. `datasets`: names of the project's data sets. */
export function sliceNameProblem(name: string, datasets: readonly string[] = []): string | null {
  if (name === '') return 'Give the slice a name.';
  if (name.length > MOST_LETTERS) return `A name has at most ${MOST_LETTERS} characters.`;
  if (!isBareName(name)) return 'A name has letters, digits, - and _, and begins with a letter or _.';
  if (name === '__proto__') return 'JavaScript keeps the name __proto__: choose another one.';
  if (isKeyword(name)) return `${name} is a word of the query language.`;
  if (BOUND_NAMES.has(name)) return `${name} is bound by the board itself.`;
  if (datasets.includes(name)) return `${name} is a data set.`;
  return null;
}

/** By name; entries that name no slice, or whose name cannot be one, are left out. */
export function readSlices(doc: Y.Doc): Slices {
  const slices: [string, string][] = [];
  for (const [name, text] of slicesOf(doc).entries()) {
    const address = sliceNameProblem(name) === null ? readSlice(text) : null;
    if (address) slices.push([name, printAddress(address)]);
  }
  return Object.fromEntries(slices.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Makes or changes one. Throws UserError('invalid') for a name or an address that cannot be one. */
export function setSlice(doc: Y.Doc, name: string, text: string, origin: unknown = LOCAL): void {
  const problem = sliceNameProblem(name);
  if (problem !== null) throw new UserError('invalid', problem);
  const address = readSlice(text);
  if (!address)
    throw new UserError('invalid', `${text} is no slice; expected one such as digits.test[label = 3]`);
  doc.transact(() => slicesOf(doc).set(name, printAddress(address)), origin);
}

export function removeSlice(doc: Y.Doc, name: string, origin: unknown = LOCAL): void {
  doc.transact(() => slicesOf(doc).delete(name), origin);
}
