/** A result's facts as they are stored. Its numbers are a safetensors file beside them, whose shape is the format's own. */
import { storedShape } from '../stored/index.ts';
import { RESULT_TYPE_NAMES, resultSchema } from './types.ts';
import { otherAnswer } from './upgrades.ts';

const KNOWN = new Set<unknown>(RESULT_TYPE_NAMES);

export const storedResult = storedShape({
  schema: resultSchema,
  upgrades: [otherAnswer],
  // A new type leaves the shape of all others as it was.
  unknown: ({ type }) =>
    typeof type !== 'string' || KNOWN.has(type)
      ? null
      : { found: `a result of the type ${type}`, known: `${RESULT_TYPE_NAMES.length} types, not that one` },
});
