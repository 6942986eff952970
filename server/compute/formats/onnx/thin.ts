/**
 * Files of weights, read without them: a buffer as long as the file, in which what is not read are zeros that take no
 * memory until they are written to. Places in it are those in the file, so that weights are read from there, one by one.
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { type FilePlace, placeOrContent, type SourceFile } from '../files/context.ts';

/** Smaller values are read with what is around them. */
const LEAST_BYTES = 64 * 2 ** 10;
/** A file of more tensors is read as a whole. */
const MAX_TENSORS = 100_000;
/** 64-bit and unsigned numbers are looked through for what 32 bits do not hold; texts are no numbers. */
const LOOKED_AT = new Set([7, 8, 11, 12, 13]);

const [VARINT, EIGHT, BYTES, FOUR] = [0, 1, 2, 5];
/** Fields of ONNX: of a model its graph, of a graph its initializers, of a tensor its type and its values. */
const [GRAPH, INITIALIZER, DATA_TYPE, RAW] = [7, 5, 2, 9];

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The model's file with holes in the place of large initializers; as it is, where it lies in no place or is not as expected. */
export async function readThin(file: SourceFile): Promise<Buffer> {
  const place = await placeOrContent(file);
  if (Buffer.isBuffer(place)) return place;
  const opened = openSync(place.path, 'r');
  try {
    const holes = new Scan(opened, place).holes();
    const bytes = Buffer.alloc(place.bytes);
    let from = 0;
    for (const hole of [...holes, { from: place.bytes, to: place.bytes }]) {
      fill(opened, place, bytes, from, hole.from);
      from = hole.to;
    }
    return bytes;
  } finally {
    closeSync(opened);
  }
}

/** A file of values only; `part(from, to)` reads what lies between. As a whole where it lies in no place. */
export async function openThin(
  file: SourceFile,
): Promise<{ readonly bytes: Buffer; part(from: number, to: number): void }> {
  const place = await placeOrContent(file);
  if (Buffer.isBuffer(place)) return { bytes: place, part: () => undefined };
  const bytes = Buffer.alloc(place.bytes);
  const part = (from: number, to: number) => {
    const opened = openSync(place.path, 'r');
    try {
      fill(opened, place, bytes, from, to);
    } finally {
      closeSync(opened);
    }
  };
  return { bytes, part };
}

/** Reads what lies between into the same place of `bytes`. */
function fill(file: number, place: FilePlace, bytes: Buffer, from: number, to: number): void {
  for (let at = from; at < to; ) {
    const read = readSync(file, bytes, at, Math.min(to - at, 2 ** 30), place.offset + at);
    if (read === 0) return;
    at += read;
  }
}

/** Whether values are left where they are until they are needed. */
export const isLarge = (bytes: number, dataType: number): boolean =>
  bytes >= LEAST_BYTES && !LOOKED_AT.has(dataType);

/** Walks through a file by what its fields say of their lengths. */
class Scan {
  private readonly window = Buffer.alloc(4096);
  private start = 0;
  private length = 0;
  private at = 0;

  constructor(
    private readonly file: number,
    private readonly place: FilePlace,
  ) {}

  /** In order; none where the file is not one that is understood. */
  holes(): readonly Range[] {
    const holes: Range[] = [];
    let tensors = 0;
    const sound = this.fields(this.place.bytes, (model, graph) =>
      model !== GRAPH
        ? true
        : this.fields(graph, (field, end) => {
            if (field !== INITIALIZER) return true;
            if (++tensors > MAX_TENSORS) return false;
            let type = 0;
            let raw: Range | null = null;
            const read = this.fields(
              end,
              (inner, to) => {
                if (inner === RAW) raw = { from: this.at, to };
                return true;
              },
              (inner, value) => {
                if (inner === DATA_TYPE) type = value;
              },
            );
            if (raw !== null) holes.push(...largeOnly(raw, type));
            return read;
          }),
    );
    return sound ? holes : [];
  }

  /** `visit` may walk within a field of bytes that ends at `end`; false where it, or the file, is not sound. */
  private fields(
    end: number,
    visit: (field: number, end: number) => boolean,
    whole: (field: number, value: number) => void = () => undefined,
  ): boolean {
    while (this.at < end) {
      const tag = this.varint();
      const [field, wire] = [Math.floor(tag / 8), tag % 8];
      if (wire === VARINT) whole(field, this.varint());
      else if (wire === EIGHT) this.at += 8;
      else if (wire === FOUR) this.at += 4;
      else if (wire === BYTES) {
        const size = this.varint();
        const to = this.at + size;
        if (!(to <= end) || !visit(field, to)) return false;
        this.at = to;
      } else return false;
    }
    return this.at === end;
  }

  /** NaN beyond the end, or where it is none. */
  private varint(): number {
    let value = 0;
    for (let digit = 0; digit < 10; digit++) {
      const byte = this.byte();
      value += (byte & 127) * 2 ** (7 * digit);
      if (byte < 128) return value;
    }
    return Number.NaN;
  }

  private byte(): number {
    if (this.at >= this.place.bytes) return 255;
    if (this.at < this.start || this.at >= this.start + this.length) {
      const most = Math.min(this.window.length, this.place.bytes - this.at);
      this.length = readSync(this.file, this.window, 0, most, this.place.offset + this.at);
      this.start = this.at;
      if (this.length === 0) return 255;
    }
    return this.window[this.at++ - this.start] ?? 255;
  }
}

const largeOnly = (raw: Range, type: number): Range[] => (isLarge(raw.to - raw.from, type) ? [raw] : []);
