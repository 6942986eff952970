/**
 * A reader of Python's pickles that builds containers, numbers, texts and tensors, and nothing else (protocols 0 to 5;
 * CPython, Lib/pickletools.py). A pickle is a program that may call whatever it names; here a name stays a name, and what is
 * called by it becomes an object that is told by its name. What is built is bounded by the bytes of the pickle.
 */
import { invalid } from '../files/context.ts';
import {
  PickleDict,
  PickleGlobal,
  PickleList,
  PickleObject,
  type PickleStorage,
  type PickleValue,
} from './pickle-values.ts';
import { rebuilt } from './rebuild.ts';

const MARK = Symbol('mark');
type Held = PickleValue | typeof MARK;

export interface Pickle {
  readonly value: PickleValue;
  /** Where the pickle ends. */
  readonly end: number;
}

/** `storage` reads the persistent id of a storage. Throws UserError for what is no pickle. */
export function readPickle(
  bytes: Buffer,
  file: string,
  storage: (id: PickleValue) => PickleStorage,
  start = 0,
): Pickle {
  return new Reader(bytes, file, storage, start).read();
}

class Reader {
  private readonly stack: Held[] = [];
  private readonly memo = new Map<number, PickleValue>();

  constructor(
    private readonly bytes: Buffer,
    private readonly file: string,
    private readonly storage: (id: PickleValue) => PickleStorage,
    private at: number,
  ) {}

  read(): Pickle {
    for (;;) {
      const code = this.byte();
      if (code === 0x2e) return { value: this.pop(), end: this.at };
      this.step(code);
    }
  }

  private step(code: number): void {
    const { stack } = this;
    switch (code) {
      case 0x80: // PROTO
        this.take(1);
        return;
      case 0x95: // FRAME
        this.take(8);
        return;
      case 0x28: // MARK
        stack.push(MARK);
        return;
      case 0x30: // POP
        if (stack.pop() === undefined) throw this.broken('takes from an empty stack');
        return;
      case 0x31: // POP_MARK
        this.marked();
        return;
      case 0x32: // DUP
        stack.push(this.top());
        return;
      case 0x4e: // NONE
        stack.push(null);
        return;
      case 0x88: // NEWTRUE
        stack.push(true);
        return;
      case 0x89: // NEWFALSE
        stack.push(false);
        return;
      default:
        if (this.number(code) || this.text(code) || this.container(code) || this.remember(code)) return;
        this.call(code);
    }
  }

  private number(code: number): boolean {
    const { stack } = this;
    switch (code) {
      case 0x4b: // BININT1
        return pushed(stack, this.byte());
      case 0x4d: // BININT2
        return pushed(stack, this.take(2).readUInt16LE());
      case 0x4a: // BININT
        return pushed(stack, this.take(4).readInt32LE());
      case 0x47: // BINFLOAT
        return pushed(stack, this.take(8).readDoubleBE());
      case 0x8a: // LONG1
        return pushed(stack, whole(this.take(this.byte())));
      case 0x8b: // LONG4
        return pushed(stack, whole(this.take(this.size(4))));
      case 0x49: {
        // INT, by which protocol 0 also writes truth values
        const line = this.line();
        return pushed(stack, line === '01' ? true : line === '00' ? false : this.written(line));
      }
      case 0x4c: // LONG
        return pushed(stack, this.written(this.line().replace(/L$/, '')));
      case 0x46: {
        // FLOAT
        const line = this.line();
        return pushed(stack, /^[+-]?(nan|inf)/i.test(line) ? named(line) : this.written(line));
      }
      default:
        return false;
    }
  }

  private text(code: number): boolean {
    const { stack } = this;
    switch (code) {
      case 0x58: // BINUNICODE
        return pushed(stack, this.take(this.size(4)).toString('utf8'));
      case 0x8c: // SHORT_BINUNICODE
        return pushed(stack, this.take(this.byte()).toString('utf8'));
      case 0x8d: // BINUNICODE8
        return pushed(stack, this.take(this.size(8)).toString('utf8'));
      case 0x56: // UNICODE
        return pushed(stack, this.line());
      case 0x54: // BINSTRING
        return pushed(stack, this.take(this.size(4)).toString('latin1'));
      case 0x55: // SHORT_BINSTRING
        return pushed(stack, this.take(this.byte()).toString('latin1'));
      case 0x53: // STRING
        return pushed(stack, this.line().slice(1, -1));
      case 0x42: // BINBYTES
        return pushed(stack, this.take(this.size(4)));
      case 0x43: // SHORT_BINBYTES
        return pushed(stack, this.take(this.byte()));
      case 0x8e: // BINBYTES8
      case 0x96: // BYTEARRAY8
        return pushed(stack, this.take(this.size(8)));
      default:
        return false;
    }
  }

  private container(code: number): boolean {
    const { stack } = this;
    switch (code) {
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
      case 0x8f: // EMPTY_SET
        return pushed(stack, new PickleList([]));
      case 0x6c: // LIST
      case 0x74: // TUPLE
      case 0x91: // FROZENSET
        return pushed(stack, new PickleList(this.marked()));
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return pushed(stack, new PickleList(this.several(code - 0x84)));
      case 0x61: // APPEND
        return this.append([this.pop()]);
      case 0x65: // APPENDS
      case 0x90: // ADDITEMS
        return this.append(this.marked());
      case 0x7d: // EMPTY_DICT
        return pushed(stack, new PickleDict());
      case 0x64: {
        // DICT
        const dict = new PickleDict();
        const items = this.marked();
        for (let i = 0; i + 1 < items.length; i += 2) dict.entries.push([items[i]!, items[i + 1]!]);
        return pushed(stack, dict);
      }
      case 0x73: // SETITEM
        return this.set(this.several(2));
      case 0x75: // SETITEMS
        return this.set(this.marked());
      default:
        return false;
    }
  }

  private remember(code: number): boolean {
    switch (code) {
      case 0x71: // BINPUT
        return this.put(this.byte());
      case 0x72: // LONG_BINPUT
        return this.put(this.size(4));
      case 0x70: // PUT
        return this.put(this.written(this.line()));
      case 0x94: // MEMOIZE
        return this.put(this.memo.size);
      case 0x68: // BINGET
        return this.get(this.byte());
      case 0x6a: // LONG_BINGET
        return this.get(this.size(4));
      case 0x67: // GET
        return this.get(this.written(this.line()));
      default:
        return false;
    }
  }

  private call(code: number): void {
    const { stack } = this;
    switch (code) {
      case 0x63: {
        // GLOBAL
        const module = this.line();
        stack.push(new PickleGlobal(`${module}.${this.line()}`));
        return;
      }
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = this.several(2);
        if (typeof module !== 'string' || typeof name !== 'string')
          throw this.broken('names a class by something that is no text');
        stack.push(new PickleGlobal(`${module}.${name}`));
        return;
      }
      case 0x52: // REDUCE
      case 0x81: {
        // NEWOBJ
        const [made, of] = this.several(2);
        stack.push(this.made(made, of));
        return;
      }
      case 0x92: {
        // NEWOBJ_EX
        const [made, of] = this.several(3);
        stack.push(this.made(made, of));
        return;
      }
      case 0x6f: {
        // OBJ
        const [made, ...of] = this.marked();
        stack.push(this.made(made, new PickleList(of)));
        return;
      }
      case 0x69: {
        // INST
        const module = this.line();
        const name = `${module}.${this.line()}`;
        stack.push(this.made(new PickleGlobal(name), new PickleList(this.marked())));
        return;
      }
      case 0x62: {
        // BUILD
        const state = this.pop();
        const built = this.top();
        if (built instanceof PickleObject) built.state = state;
        return;
      }
      case 0x51: // BINPERSID
        stack.push(this.storage(this.pop()));
        return;
      default:
        throw this.broken(`holds the unknown operation 0x${code.toString(16).padStart(2, '0')}`);
    }
  }

  private made(made: PickleValue | undefined, of: PickleValue | undefined): PickleValue {
    const items = of instanceof PickleList ? of.items : [];
    // What a call of no name gives cannot be told.
    if (!(made instanceof PickleGlobal)) return new PickleObject('an unnamed object', items);
    return rebuilt(made.name, items, this.file);
  }

  private append(items: readonly PickleValue[]): boolean {
    const onto = this.top();
    if (onto instanceof PickleList) for (const item of items) onto.items.push(item);
    else if (!(onto instanceof PickleObject)) throw this.broken('appends to what is no list');
    return true;
  }

  private set(items: readonly PickleValue[]): boolean {
    const onto = this.top();
    if (onto instanceof PickleDict)
      for (let i = 0; i + 1 < items.length; i += 2) onto.entries.push([items[i]!, items[i + 1]!]);
    else if (!(onto instanceof PickleObject)) throw this.broken('sets entries of what is no dictionary');
    return true;
  }

  private put(key: number): boolean {
    this.memo.set(key, this.top());
    return true;
  }

  private get(key: number): boolean {
    const value = this.memo.get(key);
    if (value === undefined) throw this.broken('recalls what was never kept');
    this.stack.push(value);
    return true;
  }

  private top(): PickleValue {
    const value = this.stack.at(-1);
    if (value === undefined || value === MARK) throw this.broken('takes from an empty stack');
    return value;
  }

  private pop(): PickleValue {
    const value = this.top();
    this.stack.pop();
    return value;
  }

  private several(count: number): PickleValue[] {
    return Array.from({ length: count }, () => this.pop()).reverse();
  }

  private marked(): PickleValue[] {
    const mark = this.stack.lastIndexOf(MARK);
    if (mark < 0) throw this.broken('looks for a mark that is not there');
    const items = this.stack.splice(mark).slice(1);
    return items.filter((item) => item !== MARK);
  }

  private byte(): number {
    return this.take(1)[0]!;
  }

  /** A length of 4 or 8 bytes. */
  private size(width: 4 | 8): number {
    const raw = this.take(width);
    return width === 4 ? raw.readUInt32LE() : Number(raw.readBigUInt64LE());
  }

  private take(count: number): Buffer {
    if (count > this.bytes.length - this.at) throw this.broken('ends before it says so');
    this.at += count;
    return this.bytes.subarray(this.at - count, this.at);
  }

  private line(): string {
    const end = this.bytes.indexOf(0x0a, this.at);
    if (end < 0) throw this.broken('ends before it says so');
    const line = this.bytes.toString('utf8', this.at, end);
    this.at = end + 1;
    return line;
  }

  private written(line: string): number {
    const value = Number(line);
    if (line.trim() === '' || Number.isNaN(value)) throw this.broken('writes a number that is none');
    return value;
  }

  private broken(what: string) {
    return invalid(
      this.file,
      `its pickle is damaged: at byte ${this.at} it ${what}; copy or save the file again`,
    );
  }
}

function pushed(stack: Held[], value: PickleValue): true {
  stack.push(value);
  return true;
}

/** Little-endian two's complement. Numbers are sizes and settings: beyond 2^53 they are only told. */
function whole(raw: Buffer): number {
  if (raw.length > 64) return Number.POSITIVE_INFINITY;
  let value = 0n;
  for (let i = raw.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(raw[i]!);
  return Number(BigInt.asIntN(8 * raw.length, value));
}

function named(line: string): number {
  if (/nan/i.test(line)) return Number.NaN;
  return line.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
