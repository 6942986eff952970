/**
 * What is stored as JSON says in which version of its shape it was written. A reader takes the steps from there to the
 * newest shape; a writer writes the newest. What says nothing was written before versions were: it is version 1.
 */
import { z } from 'zod';
import { UserError } from '../errors/index.ts';

type Fields = Readonly<Record<string, unknown>>;
/** From one version of a shape to the next: pure, and without a look at anything but its argument. */
export type Upgrade = (old: Fields) => Fields;

export interface StoredShape<T> {
  readonly newest: number;
  /** `where` names the row. Throws `LaterVersion` where this program is too old, and an Error where the row is damaged. */
  read(value: unknown, where: string): T;
  /** As it is stored: with the newest version. */
  fields(value: T): Fields;
  /** The same as text. */
  write(value: T): string;
}

/** Stored by a program that is newer than this one: nothing is wrong with it, and nothing of it may be lost. */
export class LaterVersion extends UserError {
  constructor(where: string, found: string, known: string) {
    super(
      'conflict',
      `${where[0]?.toUpperCase()}${where.slice(1)} was written by a later version of Interlayer (${found}; this one reads ${known}): update the server, or restore a backup from before the update.`,
    );
  }
}

/** The version that stored fields claim; an Error where what they claim is none. */
export function versionIn(fields: Fields, where: string): number {
  const { version = 1 } = fields;
  if (typeof version === 'number' && Number.isSafeInteger(version) && version >= 1) return version;
  throw new Error(`${where} is damaged: its version is ${JSON.stringify(version)}, expected a whole number`);
}

/**
 * `upgrades[0]` makes version 2 of version 1, and so on. `schema` is that of the newest, without the version. `unknown` names
 * what a later version added without a change of the shape (a new type of result): null where all is known.
 */
export function storedShape<T extends object>({
  schema,
  upgrades,
  unknown = () => null,
}: {
  readonly schema: z.ZodType<T>;
  readonly upgrades: readonly Upgrade[];
  readonly unknown?: (fields: Fields) => { readonly found: string; readonly known: string } | null;
}): StoredShape<T> {
  const newest = upgrades.length + 1;
  return {
    newest,
    read(value, where) {
      const stored = z.record(z.string(), z.unknown()).safeParse(value);
      if (!stored.success) throw new Error(`${where} is damaged: found no JSON object`);
      const version = versionIn(stored.data, where);
      if (version > newest)
        throw new LaterVersion(
          where,
          `version ${version} of its shape`,
          newest === 1 ? 'version 1' : `up to ${newest}`,
        );
      const { version: _, ...oldest } = stored.data;
      const fields = upgrades.slice(version - 1).reduce<Fields>((old, upgrade) => upgrade(old), oldest);
      const strange = unknown(fields);
      if (strange) throw new LaterVersion(where, strange.found, strange.known);
      const parsed = schema.safeParse(fields);
      if (!parsed.success)
        throw new Error(`${where} is damaged, it does not fit its schema: ${z.prettifyError(parsed.error)}`);
      return parsed.data;
    },
    fields: (value) => ({ version: newest, ...value }),
    write: (value) => JSON.stringify({ version: newest, ...value }),
  };
}
