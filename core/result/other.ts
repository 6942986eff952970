/** The second answer that a result may hold. Its tensors stand beside the result's own as `other.NAME`. */
import { z } from 'zod';

export const otherSchema = z.discriminatedUnion('kind', [
  z.object({
    /** Of a what-if question (`with ...`): the same question without its changes. */
    kind: z.literal('unchanged'),
    /** The changes, in words. */
    changes: z.array(z.string()),
    record: z.unknown().optional(),
  }),
  z.object({
    /** Of a function's left join (confusion() of two models): its right side. */
    kind: z.literal('right'),
    /** What both sides are called, by what they differ in. */
    sides: z.object({ left: z.string(), right: z.string() }),
    record: z.unknown().optional(),
  }),
]);
export type OtherAnswer = z.infer<typeof otherSchema>;

const PREFIX = 'other.';
/** What a tensor of the second answer is called in the result. */
export const nameOfOther = (name: string): string => `${PREFIX}${name}`;
/** What a tensor of the result is called in its second answer; null where it belongs to the first. */
export const nameInOther = (name: string): string | null =>
  name.startsWith(PREFIX) ? name.slice(PREFIX.length) : null;
