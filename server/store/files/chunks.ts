/**
 * Content-defined chunks: cuts depend on the bytes around them only, so that two states of one board, which differ in a
 * few places, have all other chunks in common, and these are stored once. The hash is that of FastCDC (Xia et al.,
 * 2016): h = 2 h + table[byte] modulo 2^32, a cut where its upper bits are zero.
 */

/** A state up to this size is one piece. */
const LEAST = 32 * 1024;
const MOST = 512 * 1024;
/** 17 bits: on average a cut after 128 KiB. */
const MASK = 0xffff8000 | 0;

/** 256 numbers that look random and are the same for ever: a change would only make old chunks unshared. */
const TABLE = Int32Array.from({ length: 256 }, (_, i) => {
  let x = Math.imul(i + 1, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return x ^ (x >>> 16);
});

/** The bytes in order, in pieces of 32 to 512 KiB; the last may be shorter. */
export function chunksOf(bytes: Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  let start = 0;
  let hash = 0;
  for (let at = 0; at < bytes.length; at++) {
    hash = ((hash << 1) + (TABLE[bytes[at] ?? 0] ?? 0)) | 0;
    const size = at + 1 - start;
    if (size < LEAST || ((hash & MASK) !== 0 && size < MOST)) continue;
    chunks.push(bytes.subarray(start, at + 1));
    start = at + 1;
    hash = 0;
  }
  if (start < bytes.length) chunks.push(bytes.subarray(start));
  return chunks;
}
