/**
 * Another window of the same person may have sent the first of its changes and kept the next: what is kept builds on what
 * is on its way to the board, and would neither be shown nor sent without it.
 */
import * as Y from 'yjs';

/** True if the document has all that these updates build on. Tried on a copy: what waits in a document is not sent. */
export function isBased(doc: Y.Doc, updates: readonly Uint8Array[]): boolean {
  const copy = new Y.Doc();
  try {
    for (const update of [Y.encodeStateAsUpdate(doc), ...updates]) Y.applyUpdate(copy, update);
    return copy.store.pendingStructs === null && copy.store.pendingDs === null;
  } finally {
    copy.destroy();
  }
}

/** Resolves once the document has all that these updates build on, or is not waited for any longer. */
export function untilBased(doc: Y.Doc, updates: readonly Uint8Array[], patienceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = () => {
      clearTimeout(timer);
      doc.off('update', look);
      doc.off('destroy', stop);
      resolve();
    };
    const look = () => {
      if (isBased(doc, updates)) stop();
    };
    const timer = setTimeout(stop, patienceMs);
    doc.on('update', look);
    doc.on('destroy', stop);
  });
}
