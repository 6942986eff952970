/** Results of earlier versions, brought to the next. A step is never changed once something was stored by it. */
import { z } from 'zod';
import type { Upgrade } from '../stored/index.ts';
import { SafetensorsError } from './safetensors.ts';
import { resultSchema } from './types.ts';

const fieldsSchema = z.record(z.string(), z.unknown());
/** What a tensor of version 1 is called in version 2. */
const renamed = (name: string): string => name.replace(/^before\./, 'other.');
const withNames = (tensors: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [renamed(name), tensor]));

/**
 * From 1 to 2. `before` was what is now `other`: the same question without its changes, or, where it had `against`, the
 * right side of a left join. What has no `before` is the same in both.
 */
export const otherAnswer: Upgrade = ({ before, tensors, ...rest }) => {
  if (before === undefined) return { ...rest, tensors };
  const old = fieldsSchema.safeParse(before);
  const named = fieldsSchema.safeParse(tensors);
  // A damaged one is told by the schema.
  if (!old.success || !named.success) return { ...rest, tensors, other: before };
  const { against, changes, ...record } = old.data;
  return {
    ...rest,
    tensors: withNames(named.data),
    other:
      against === undefined
        ? { kind: 'unchanged', changes, ...record }
        : { kind: 'right', sides: against, ...record },
  };
};

/** A result as it arrives, from a server of this version or an earlier one. */
export const receivedResultSchema = z.preprocess((arrived) => {
  const fields = fieldsSchema.safeParse(arrived);
  return fields.success ? otherAnswer(fields.data) : arrived;
}, resultSchema);

/**
 * A result's safetensors file, or its beginning with the whole header, with the names of tensors as version 2 has them.
 * Names only get shorter, so the file stays as long as it was, and its numbers where they were.
 */
export function withNamesOfOther(head: Uint8Array): Uint8Array {
  const size = headerBytes(head);
  const header = headerOf(head, size);
  if (header === null || !Object.keys(header).some((name) => renamed(name) !== name)) return head;
  const text = new TextEncoder().encode(JSON.stringify(withNames(header)));
  if (8 + text.byteLength > size) throw new SafetensorsError('its header is not as it was written here');
  const out = head.slice();
  out.fill(0x20, 8, size);
  out.set(text, 8);
  return out;
}

/** Null where it cannot be read, which is told where the file is. */
function headerOf(head: Uint8Array, size: number): Record<string, unknown> | null {
  if (!(size <= head.byteLength)) return null;
  try {
    return fieldsSchema.parse(JSON.parse(new TextDecoder().decode(head.subarray(8, size))));
  } catch {
    return null;
  }
}

/** Bytes of a safetensors file up to the first number; NaN until its length is known. */
export function headerBytes(head: Uint8Array): number {
  if (head.byteLength < 8) return Number.NaN;
  return 8 + Number(new DataView(head.buffer, head.byteOffset, head.byteLength).getBigUint64(0, true));
}
