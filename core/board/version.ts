/**
 * The version of a board's document: of its parts and what stands in them, but for the items, which have versions of their
 * own (items.ts). It stands in the part `board`; a document without one is of version 1.
 */
import type * as Y from 'yjs';
import { LaterVersion } from '../stored/index.ts';

/** Raised when a part is added whose absence an earlier version would take for emptiness, or when one changes its shape. */
export const BOARD_VERSION = 1;
const PART = 'board';

/** The part is not made where it is missing: a document that is looked at stays as it is. */
function versionOf(doc: Y.Doc): number {
  const version: unknown = doc.share.has(PART) ? doc.getMap(PART).get('version') : undefined;
  return typeof version === 'number' && Number.isSafeInteger(version) ? version : 1;
}

export const isOfLaterVersion = (doc: Y.Doc): boolean => versionOf(doc) > BOARD_VERSION;

/** What is written in a document is of the newest version. */
export function markVersion(doc: Y.Doc): void {
  const part = doc.getMap(PART);
  if (part.get('version') !== BOARD_VERSION) part.set('version', BOARD_VERSION);
}

/** Throws `LaterVersion`; nothing of such a document may be read as if it were ours, nor written in. */
export function refuseLater(doc: Y.Doc, where = 'this board'): void {
  if (isOfLaterVersion(doc))
    throw new LaterVersion(where, `version ${versionOf(doc)} of its shape`, `up to ${BOARD_VERSION}`);
}
