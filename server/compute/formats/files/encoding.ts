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
    return { text: fromWindows1252(bytes), encoding: 'windows-1252' };
  }
}

/** What stands at 0x80 to 0x9f, where Latin-1 has control characters; bytes without a letter stay what they are. */
const LETTERS =
  '\u20ac\x81\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\x8d\u017d\x8f' +
  '\x90\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\x9d\u017e\u0178';

/** Not by TextDecoder: under this name Node decodes Latin-1, which loses the euro sign, quotation marks and dashes. */
function fromWindows1252(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    .toString('latin1')
    .replace(/[\x80-\x9f]/g, (letter) => LETTERS[letter.charCodeAt(0) - 0x80]!);
}
