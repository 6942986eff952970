/** What a snapshot keeps beside the board's document, as it is stored (in the column `threads`). */
import { z } from 'zod';
import { threadSchema } from '../../../core/api/index.ts';
import { storedShape } from '../../../core/stored/index.ts';

/** The result that each view showed, by the view's id, and the threads as they were. */
const keptSchema = z.object({ results: z.record(z.string(), z.string()), threads: z.array(threadSchema) });
export type SnapshotContents = z.infer<typeof keptSchema>;

export const storedKept = storedShape({ schema: keptSchema, upgrades: [] });
