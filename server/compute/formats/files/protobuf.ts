/**
 * Protocol Buffers of strangers: field after field, bytes as views into the file, with bounds on depth and on how many
 * fields there are. What a message means is said by its handlers, one per field number; other fields are skipped.
 */
import protobuf from 'protobufjs/minimal.js';
import { UserError } from '../../../../core/errors/index.ts';
import { invalid } from './context.ts';

/** The field that a handler is called for; it reads it once, by one of these. */
export interface Field {
  /** A message; `what` it is, for errors. */
  message(what: string, handlers: Handlers): void;
  /** A view, no copy. */
  bytes(): Buffer;
  text(): string;
  /** A whole number of 64 bits; beyond 2^53 the nearest that a double holds. */
  whole(): number;
  /** One or a packed list of them, appended. */
  wholes(into: number[]): void;
  float(): number;
  /** One or a packed list of them, appended. */
  floats(into: number[]): void;
  /** A packed list as its bytes, or one number that stands alone as those it is written with. */
  packed(): Buffer;
}
export type Handlers = Readonly<Record<number, (field: Field) => void>>;

const WIRES = ['a varint', '8 bytes', 'a length and its bytes', 'a group', 'the end of a group', '4 bytes'];
const [VARINT, EIGHT, BYTES, , , FOUR] = [0, 1, 2, 3, 4, 5];
const MAX_DEPTH = 100;
/** Each becomes an object or a number in memory. */
const MAX_FIELDS = 6_000_000;

/** Reads the whole file as one message. Throws UserError that names the file, the message and the byte. */
export function readProtobuf(bytes: Buffer, file: string, what: string, handlers: Handlers): void {
  const reader = new protobuf.BufferReader(bytes);
  const path: string[] = [];
  let wire = 0;
  let left = MAX_FIELDS;
  const place = () => `in ${path.join(' > ')}, at byte ${reader.pos} of ${bytes.length}`;
  const count = () => {
    if (--left < 0)
      throw new UserError('too_large', `${file}: it has more than ${MAX_FIELDS} parts, ${place()}`, file);
  };
  const expect = (...wires: readonly (number | undefined)[]) => {
    if (!wires.includes(wire))
      throw invalid(
        file,
        `it is damaged: found ${WIRES[wire] ?? 'nothing known'} ${place()}; export it again`,
      );
  };
  /** Calls `read` until the field's own bytes are read. */
  const within = (read: () => void) => {
    const size = reader.size();
    const [end, outer] = [reader.pos + size, reader.len];
    if (end > outer) throw new RangeError('beyond the end');
    reader.len = end;
    while (reader.pos < end) read();
    reader.len = outer;
  };
  const one = (handlers: Handlers) => {
    count();
    const tag = reader.tag();
    wire = tag & 7;
    const handler = handlers[tag >>> 3];
    if (handler) handler(field);
    else reader.skipType(wire, path.length, tag >>> 3);
  };
  const many = (alone: number, read: () => number, into: number[]) => {
    expect(alone, BYTES);
    const next = () => {
      count();
      into.push(read());
    };
    if (wire === BYTES) within(next);
    else next();
  };
  const wide = () => Number(reader.int64());
  const field: Field = {
    message(inner, handlers) {
      expect(BYTES);
      path.push(inner);
      if (path.length > MAX_DEPTH)
        throw invalid(file, `messages lie more than ${MAX_DEPTH} deep within each other, ${place()}`);
      within(() => one(handlers));
      path.pop();
    },
    bytes() {
      expect(BYTES);
      const size = reader.size();
      const start = reader.pos;
      reader.skip(size);
      return bytes.subarray(start, start + size);
    },
    text: () => field.bytes().toString('utf8'),
    whole() {
      expect(VARINT);
      return wide();
    },
    wholes: (into) => many(VARINT!, wide, into),
    float() {
      expect(FOUR);
      return reader.float();
    },
    floats: (into) => many(FOUR!, () => reader.float(), into),
    packed() {
      if (wire === BYTES) return field.bytes();
      expect(VARINT, FOUR, EIGHT);
      const start = reader.pos;
      reader.skipType(wire);
      return bytes.subarray(start, reader.pos);
    },
  };
  path.push(what);
  try {
    while (reader.pos < reader.len) one(handlers);
  } catch (error) {
    if (error instanceof UserError || !(error instanceof Error) || error instanceof TypeError) throw error;
    throw invalid(file, `it is cut off or damaged, ${place()}; copy or export it again`);
  }
}

/**
 * Whole numbers of 64 bits written one after the other; `take` gets the lower and the upper half of each. Throws UserError
 * that begins with the file's name; `what` they are.
 */
export function eachVarint(
  bytes: Buffer,
  file: string,
  what: string,
  take: (low: number, high: number) => void,
): void {
  const reader = new protobuf.BufferReader(bytes);
  while (reader.pos < reader.len) {
    let long: { low: number; high: number };
    try {
      long = reader.int64();
    } catch {
      throw invalid(file, `the numbers of ${what} are damaged at byte ${reader.pos} of ${bytes.length}`);
    }
    take(long.low, long.high);
  }
}
