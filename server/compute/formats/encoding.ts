/** Bytes to text: files from spreadsheets are often not UTF-8, and letters must never be lost in silence. */

export interface Decoded {
  readonly text: string;
  /** How the bytes were read, in the names of the WHATWG encoding standard. */
  readonly encoding: 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';
}

/** By the byte order mark; else UTF-8 where the bytes are valid UTF-8; else Windows-1252, which any bytes are. */
export function decodeText(bytes: Uint8Array): Decoded {
  const mark = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-16be';
  if (mark === 'utf-16le' || (bytes[0] === 0xfe && bytes[1] === 0xff))
    return { text: new TextDecoder(mark).decode(bytes), encoding: mark };
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), encoding: 'utf-8' };
  } catch {
    return { text: new TextDecoder('windows-1252').decode(bytes), encoding: 'windows-1252' };
  }
}
