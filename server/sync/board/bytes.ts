/**
 * Reads the primitives of lib0's encoding without building what they stand for. Each call moves on by at least one byte
 * or throws, so whoever reads with it is linear in the bytes.
 */

import { isUtf8 } from 'node:buffer';

/** What came is not what it says it is. The message names what is wrong, for the log. */
export class Malformed extends Error {}

export class Bytes {
  at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  get rest(): number {
    return this.bytes.length - this.at;
  }

  byte(): number {
    const value = this.bytes[this.at];
    if (value === undefined) throw new Malformed('it ends too early');
    this.at++;
    return value;
  }

  /** At most 2^53 - 1, as lib0 reads it. */
  uint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw new Malformed('a number is too large');
      if (byte < 128) return value;
    }
  }

  /** A signed number: its value is of no interest here. */
  skipInt(): void {
    let byte = this.byte();
    let value = byte & 63;
    for (let scale = 64; byte >= 128; scale *= 128) {
      byte = this.byte();
      value += (byte & 127) * scale;
      if (value > Number.MAX_SAFE_INTEGER) throw new Malformed('a number is too large');
    }
  }

  float(bits: 32 | 64): number {
    const start = this.at;
    this.skip(bits / 8);
    const view = new DataView(this.bytes.buffer, this.bytes.byteOffset + start, bits / 8);
    return bits === 32 ? view.getFloat32(0, false) : view.getFloat64(0, false);
  }

  skip(count: number): void {
    if (count > this.rest) throw new Malformed('it ends too early');
    this.at += count;
  }

  /** A length, and that many bytes: passed over; returns how many. */
  skipBlock(): number {
    const length = this.uint();
    this.skip(length);
    return length;
  }

  /** A short text; `most` is its limit in bytes. */
  text(most: number): string {
    const length = this.uint();
    if (length > most) throw new Malformed(`a name of ${length} bytes`);
    const start = this.at;
    this.skip(length);
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(
      this.bytes.subarray(start, this.at),
    );
  }

  /** Passes over a text; returns its length in UTF-16 units, by which Yjs counts. */
  skipText(): number {
    const length = this.uint();
    const start = this.at;
    this.skip(length);
    const text = this.bytes.subarray(start, this.at);
    if (!isUtf8(text)) throw new Malformed('a text that is not UTF-8');
    let units = 0;
    // Bytes that go on with a character count nothing, those that begin one of four bytes count twice.
    for (const byte of text) if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
    return units;
  }

  /** The bytes from `start` to here. */
  since(start: number): Uint8Array {
    return this.bytes.subarray(start, this.at);
  }
}
