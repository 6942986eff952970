/** Where a thread is anchored, as it is stored (the column `anchor` of the table `Thread`). */
import { storedShape } from '../stored/index.ts';
import { anchorSchema } from './types.ts';

const KINDS = anchorSchema.options.map(({ shape }) => shape.kind.value);
const KNOWN = new Set<unknown>(KINDS);

export const storedAnchor = storedShape({
  schema: anchorSchema,
  upgrades: [],
  // A new kind of place leaves the shape of the others as it was.
  unknown: ({ kind }) =>
    typeof kind !== 'string' || KNOWN.has(kind)
      ? null
      : { found: `a place of the kind ${kind}`, known: KINDS.join(' and ') },
});
