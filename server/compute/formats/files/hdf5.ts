/** HDF5 files from strangers: attributes that are text, and tensors of numbers. */
import { UserError } from '../../../../core/errors/index.ts';
import { type FilePlace, invalid, readPart } from './context.ts';
import type { Hdf5Dump, Hdf5Fault, Hdf5Tensor } from './hdf5dump.ts';
import { readHdf5 } from './hdf5thread.ts';

/** Compressed data may unpack to this many times the file's size, in all, and to a gibibyte. */
const MAX_RATIO = 200;
const MAX_BYTES = 2 ** 30;
const MAX_ATTRIBUTES = 64 * 2 ** 20;
/** What the library may take beside what is read. */
const MEMORY = 64 * 2 ** 20;
const MAX_ENTRIES = 200_000;
/** A damaged file can make the library loop: a sound one takes a second for 100 MB. */
const TIMEOUT_MS = 20_000;
const TIMEOUT_MS_PER_MB = 100;

export function looksLikeHdf5(head: Uint8Array): boolean {
  return Buffer.from(head.subarray(0, 8)).toString('hex') === '894844460d0a1a0a';
}

/** The first bytes of a file, by which its kind is known. */
export const headOf = (place: FilePlace): Promise<Buffer> => readPart(place, 0, Math.min(8, place.bytes));

/** Throws UserError; `name` is the file's name in messages. `timeoutMs` is for tests. */
export async function openHdf5(
  source: Uint8Array | FilePlace,
  name: string,
  timeoutMs?: number,
): Promise<Hdf5File> {
  const length = source instanceof Uint8Array ? source.length : source.bytes;
  if (!looksLikeHdf5(source instanceof Uint8Array ? source : await headOf(source)))
    throw invalid(
      name,
      'not an HDF5 file: its signature is missing, so it is of another kind or its beginning is lost',
    );
  const tensorBytes = Math.min(MAX_BYTES, MAX_RATIO * length);
  const limits = {
    tensorBytes,
    attributeBytes: MAX_ATTRIBUTES,
    memoryBytes: tensorBytes + MAX_ATTRIBUTES + MEMORY,
    entries: MAX_ENTRIES,
  };
  const patience = timeoutMs ?? TIMEOUT_MS + (length / 1e6) * TIMEOUT_MS_PER_MB;
  try {
    return new Hdf5File(await readHdf5(source, limits, Math.round(patience)), name);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw invalid(
      name,
      `the HDF5 file is damaged or cut off (${(cause.split('\n')[0] ?? '').slice(0, 160)}); copy it again`,
    );
  }
}

/** Paths have no slash at either end; '' is the root. */
export class Hdf5File {
  constructor(
    private readonly dump: Hdf5Dump,
    private readonly name: string,
  ) {}

  /** Text of an attribute, null where there is none. */
  text(group: string, attribute: string): string | null {
    return this.attribute(group, attribute)?.[0] ?? null;
  }

  /** A list of texts, null where there is none. Keras splits long lists: NAME0, NAME1, ... */
  texts(group: string, attribute: string): string[] | null {
    const whole = this.attribute(group, attribute);
    if (whole) return whole;
    const out: string[] = [];
    for (let part = 0; ; part++) {
      const texts = this.attribute(group, `${attribute}${part}`);
      if (!texts) return part === 0 ? null : out;
      out.push(...texts);
    }
  }

  /** Names in a group, sorted; null where there is no such group. */
  keys(group: string): string[] | null {
    return this.dump.groups[`/${group}`]?.keys ?? null;
  }

  /** Null where there is no such tensor. */
  tensor(path: string): Hdf5Tensor | null {
    const found = this.dump.tensors[`/${path}`];
    return found ? this.sound(found) : null;
  }

  private attribute(group: string, attribute: string): string[] | null {
    const found = this.dump.groups[`/${group}`]?.attributes[attribute];
    return found ? this.sound(found) : null;
  }

  private sound<T extends object>(value: T | Hdf5Fault): T {
    if ('code' in value) throw new UserError(value.code, `${this.name}: ${value.message}`, this.name);
    return value;
  }
}
