/**
 * Reads an update (Yjs, version 1 of its encoding) without building anything of it, before Yjs does (rule S7). Refused
 * is what Yjs decodes and cannot bear: structs of no length, gaps within an update, content that boards do not hold,
 * nesting, numbers that are none, forged counts. What is read at all is bounded by the limits, whatever is declared.
 */
import { Bytes, Malformed } from './bytes.ts';

export interface UpdateLimits {
  /** Structs in one update: about one for each property of an item, and for each place that was typed in. */
  readonly updateStructs: number;
  /** Ranges of deleted structs in one update; a client that joins names all that its document has. */
  readonly updateDeletes: number;
  /** Single values (numbers, texts, entries) in one update. */
  readonly updateValues: number;
  /** Client ids whose structs one update brings: one's own, and those of windows that were closed while offline. */
  readonly updateClients: number;
}

/** For what this server wrote or stored itself. */
export const UNLIMITED: UpdateLimits = {
  updateStructs: Number.POSITIVE_INFINITY,
  updateDeletes: Number.POSITIVE_INFINITY,
  updateValues: Number.POSITIVE_INFINITY,
  updateClients: Number.POSITIVE_INFINITY,
};

/** How deep a value may be nested: frames are 1 deep, lens options 1. */
export const VALUE_DEPTH = 16;
/** Names of the document's roots, and keys: an id, or the address of an example. */
const KEY_BYTES = 4096;
const ROOT_BYTES = 64;
/** Roots are named by whoever writes; a board has four. */
export const ROOTS = 64;
/** Yjs' clocks are added up as numbers; no document comes near. */
const LAST_CLOCK = 2 ** 31 - 1;
const LAST_CLIENT = 2 ** 32 - 1;
/** A client sets a key without regard to its value before only once; each further time costs a walk over all. */
const BLIND_SETS = 4;

/** More than one update may bring. */
export class TooMuch extends Error {}

/** Structs of one client, from one clock up to another. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

export interface Inspected {
  readonly structs: number;
  /** Structs that hold a map, a text or an array. */
  readonly types: number;
  readonly clients: ReadonlyMap<number, Range>;
  /** What structs refer to beyond their own client's, by client: one more than the highest clock. */
  readonly refersTo: ReadonlyMap<number, number>;
  /** Three numbers for each range: client, clock, length; those of a client follow each other. */
  readonly deletes: readonly number[];
  /** Where the structs end and the deletions begin, in bytes. */
  readonly deletesAt: number;
}

/** Content by Yjs' numbers; the others (JSON, binary, embeds, formats, documents in documents) are on no board. */
const GC = 0;
const DELETED = 1;
const TEXT = 4;
const TYPE = 7;
const ANY = 8;
const SKIP = 10;
/** Types by Yjs' numbers: 0 array, 1 map, 2 text; then those of XML. */
const LAST_TYPE = 2;

export function inspect(update: Uint8Array, limits: UpdateLimits): Inspected {
  return new Inspection(update, limits).run();
}

class Inspection {
  private readonly bytes: Bytes;
  private readonly clients = new Map<number, Range>();
  private readonly refersTo = new Map<number, number>();
  private readonly blindSets = new Map<string, number>();
  private readonly roots = new Set<string>();
  private structs = 0;
  private types = 0;
  private values = 0;

  constructor(
    update: Uint8Array,
    private readonly limits: UpdateLimits,
  ) {
    this.bytes = new Bytes(update);
  }

  run(): Inspected {
    const count = this.bytes.uint();
    if (count > this.limits.updateClients)
      throw new TooMuch(`changes of ${count} windows at once, at most ${this.limits.updateClients}`);
    for (let i = 0; i < count; i++) this.client();
    const deletesAt = this.bytes.at;
    const deletes = this.deletes();
    if (this.bytes.rest > 0) throw new Malformed('bytes after the update');
    const { structs, types, clients, refersTo } = this;
    return { structs, types, clients, refersTo, deletes, deletesAt };
  }

  private client(): void {
    const count = this.bytes.uint();
    if (count === 0) throw new Malformed('a client without structs');
    this.structs += count;
    if (this.structs > this.limits.updateStructs)
      throw new TooMuch(`a change of ${this.structs} parts, at most ${this.limits.updateStructs}`);
    const client = this.id();
    if (this.clients.has(client)) throw new Malformed('a client that comes twice');
    const from = this.bytes.uint();
    let clock = from;
    for (let i = 0; i < count; i++) {
      clock += this.struct(client, clock);
      if (clock > LAST_CLOCK) throw new Malformed('a clock beyond 2^31');
    }
    this.clients.set(client, { from, to: clock });
    this.blindSets.clear();
  }

  private id(): number {
    const client = this.bytes.uint();
    if (client > LAST_CLIENT) throw new Malformed('a client id beyond 2^32');
    return client;
  }

  /** Returns its length. */
  private struct(client: number, at: number): number {
    const info = this.bytes.byte();
    if (info === GC) return this.length();
    if (info === SKIP) throw new Malformed('a gap within the update');
    const kind = info & 31;
    const blind = (info & 0xc0) === 0;
    if (info & 0x80) this.reference(client, at);
    if (info & 0x40) this.reference(client, at);
    if (blind) this.parent(client, at, (info & 0x20) !== 0);
    switch (kind) {
      case DELETED:
        return this.length();
      case TEXT: {
        const units = this.bytes.skipText();
        if (units === 0) throw new Malformed('a struct of no length');
        return units;
      }
      case TYPE:
        this.types++;
        if (this.bytes.uint() > LAST_TYPE) throw new Malformed('a type that boards do not hold');
        return 1;
      case ANY: {
        const count = this.length();
        for (let i = 0; i < count; i++) this.value(0);
        return count;
      }
      default:
        throw new Malformed(`content ${kind}, which boards do not hold`);
    }
  }

  private length(): number {
    const length = this.bytes.uint();
    if (length === 0) throw new Malformed('a struct of no length');
    if (length > LAST_CLOCK) throw new Malformed('a clock beyond 2^31');
    return length;
  }

  /** `at`: the clock of the struct that refers. Yjs looks its own client's structs up without asking for them. */
  private reference(own: number, at: number): void {
    const client = this.id();
    const clock = this.bytes.uint();
    if (clock >= (client === own ? at : LAST_CLOCK))
      throw new Malformed('a struct that refers to a later one');
    if (client !== own && clock >= (this.refersTo.get(client) ?? 0)) this.refersTo.set(client, clock + 1);
  }

  private parent(client: number, at: number, withKey: boolean): void {
    const start = this.bytes.at;
    const named = this.bytes.uint();
    if (named === 1) this.root(this.bytes.text(ROOT_BYTES));
    else if (named === 0) this.reference(client, at);
    else throw new Malformed('a parent that is neither a name nor an id');
    if (!withKey) return;
    this.bytes.text(KEY_BYTES);
    const place = Buffer.from(this.bytes.since(start)).toString('latin1');
    const sets = (this.blindSets.get(place) ?? 0) + 1;
    if (sets > BLIND_SETS) throw new Malformed('one key set again and again as if it were new');
    this.blindSets.set(place, sets);
  }

  /** Yjs looks through all roots for each struct that it writes. */
  private root(name: string): void {
    this.roots.add(name);
    if (this.roots.size > ROOTS) throw new Malformed('it names too many roots');
  }

  private value(depth: number): void {
    if (depth > VALUE_DEPTH) throw new Malformed(`a value nested deeper than ${VALUE_DEPTH}`);
    if (++this.values > this.limits.updateValues)
      throw new TooMuch(`a change of ${this.values} values, at most ${this.limits.updateValues}`);
    const kind = this.bytes.byte();
    switch (kind) {
      case 127: // undefined
      case 126: // null
      case 121: // false
      case 120: // true
        return;
      case 125:
        this.bytes.skipInt();
        return;
      case 124:
      case 123:
        if (!Number.isFinite(this.bytes.float(kind === 124 ? 32 : 64)))
          throw new Malformed('a number that is none');
        return;
      case 119:
        this.bytes.skipText();
        return;
      case 118:
        for (let count = this.bytes.uint(); count > 0; count--) {
          if (this.bytes.text(KEY_BYTES) === '__proto__') throw new Malformed('the key __proto__');
          this.value(depth + 1);
        }
        return;
      case 117:
        for (let count = this.bytes.uint(); count > 0; count--) this.value(depth + 1);
        return;
      default:
        throw new Malformed(`a value of kind ${kind}, which boards do not hold`);
    }
  }

  /** In order and apart, as Yjs writes them: else each range could walk over everything once more. */
  private deletes(): number[] {
    const ranges: number[] = [];
    const clients = new Set<number>();
    const most = this.bytes.uint();
    for (let i = 0; i < most; i++) {
      if (i > this.limits.updateDeletes) throw this.tooManyDeletes();
      const client = this.id();
      if (clients.has(client)) throw new Malformed('a client that comes twice');
      clients.add(client);
      let end = 0;
      for (let count = this.bytes.uint(); count > 0; count--) {
        const clock = this.bytes.uint();
        const length = this.bytes.uint();
        if (length === 0) throw new Malformed('a deletion of nothing');
        if (clock < end) throw new Malformed('deletions that are not in order');
        end = clock + length;
        if (end > LAST_CLOCK) throw new Malformed('a clock beyond 2^31');
        ranges.push(client, clock, length);
        if (ranges.length > 3 * this.limits.updateDeletes) throw this.tooManyDeletes();
      }
    }
    return ranges;
  }

  private tooManyDeletes(): TooMuch {
    return new TooMuch(`more than ${this.limits.updateDeletes} deletions at once`);
  }
}

/** Client ids in a state vector; throws on what is none. */
export function inspectStateVector(vector: Uint8Array, most: number): void {
  const bytes = new Bytes(vector);
  const count = bytes.uint();
  if (count > most) throw new TooMuch(`a state vector of ${count} windows, at most ${most}`);
  const seen = new Set<number>();
  for (let i = 0; i < count; i++) {
    const client = bytes.uint();
    if (client > LAST_CLIENT) throw new Malformed('a client id beyond 2^32');
    if (seen.has(client)) throw new Malformed('a client that comes twice');
    seen.add(client);
    bytes.uint();
  }
  if (bytes.rest > 0) throw new Malformed('bytes after the state vector');
}
