/** Manifests of earlier versions, brought to the next. A step is never changed once something was stored by it. */
import { z } from 'zod';
import type { Upgrade } from '../stored/index.ts';

/**
 * Data sets, from 1 to 2. Bytes had a divisor that the file declared or that was guessed (all else had 1), and pictures were
 * given a channel axis. Read so that they go on answering the same.
 */
export const valuesAsInTheFile: Upgrade = ({ scale, ...rest }) => {
  const divisor = z.number().positive().safeParse(scale);
  // A damaged one is told by the schema.
  if (!divisor.success) return rest;
  const bytes = divisor.data !== 1;
  return {
    ...rest,
    importer: 1,
    dtype: bytes ? 'U8' : 'F32',
    range: bytes ? [0, divisor.data] : null,
    declaredScale: bytes ? divisor.data : null,
  };
};

/** Data sets, from 2 to 3: one may hold several arrays, and none did before. */
export const oneArray: Upgrade = (old) => old;
