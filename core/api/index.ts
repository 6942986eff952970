/** Contracts of /api/v1 and of the board's socket: what the server parses and what the browser may rely on. */
import { z } from 'zod';
import { MAX_TEXT } from '../address/index.ts';
import { modelAboutSchema } from '../artifacts/about.ts';
import { datasetManifestSchema } from '../artifacts/index.ts';
import { shownSchema } from '../bidi/index.ts';
import { anchorSchema, slicesSchema } from '../board/types.ts';
import { errorBodySchema } from '../errors/index.ts';
import { preprocessingChoiceSchema } from '../preprocessing/index.ts';
import { graphRecordSchema, type ResultMeta, resultSchema, seriesRecordSchema } from '../result/types.ts';
import { receivedResultSchema } from '../result/upgrades.ts';
import { roleSchema } from '../roles/index.ts';
import { idSchema, nameSchema, timeSchema } from './base.ts';
import { pairInShortSchema } from './preprocessing.ts';

export * from './account.ts';
export * from './preprocessing.ts';
export * from './runs.ts';
export { errorBodySchema, idSchema, nameSchema };

const id = idSchema;
const time = timeSchema;

export const personSchema = z.object({ id, name: shownSchema, color: z.number().int() });
export type Person = z.infer<typeof personSchema>;

export const meSchema = z.object({
  user: personSchema.extend({ email: z.string() }),
  sessionId: z.string().nullable(),
  /** False for who signs in by a provider only. */
  hasPassword: z.boolean(),
});
export type Me = z.infer<typeof meSchema>;
export const projectSchema = z.object({
  slug: z.string(),
  name: shownSchema,
  role: roleSchema,
  createdAt: time,
});
export type Project = z.infer<typeof projectSchema>;
export const newProjectSchema = z.object({ name: shownSchema.trim().min(1).max(80) });
/** Typed again, so that no slip of the hand deletes a project. */
export const deleteProjectSchema = z.object({ name: shownSchema.min(1).max(80) });
export const memberSchema = personSchema.extend({ email: z.string(), role: roleSchema, joinedAt: time });
export type Member = z.infer<typeof memberSchema>;
export const inviteSchema = z.object({
  id,
  role: roleSchema,
  createdBy: z.string(),
  expiresAt: time,
  revokedAt: time.nullable(),
  uses: z.number(),
  maxUses: z.number().nullable(),
});
export type Invite = z.infer<typeof inviteSchema>;

/** The link is shown once: only its hash is kept. */
export const createdInviteSchema = z.object({ invite: inviteSchema, url: z.string() });
export const roleChangeSchema = z.object({ role: roleSchema });

/** In the place of what a later version of Interlayer wrote: a sentence that says so. */
export const unreadableSchema = z.object({ name: z.string(), unreadable: z.string() });
export type Unreadable = z.infer<typeof unreadableSchema>;
/** One of a list: one that cannot be read hides no other. */
export const listedSchema = <T extends z.ZodType>(schema: T) => z.union([schema, unreadableSchema]);
/** Those that can be read, and those that cannot. */
export function readable<T extends object>(
  list: readonly (T | Unreadable)[],
): { readonly shown: T[]; readonly unreadable: Unreadable[] } {
  const shown: T[] = [];
  const unreadable: Unreadable[] = [];
  for (const one of list) {
    if (isUnreadable(one)) unreadable.push(one);
    else shown.push(one);
  }
  return { shown, unreadable };
}
const isUnreadable = (one: object): one is Unreadable => 'unreadable' in one;

export const checkpointSchema = z.object({ step: z.number(), hash: z.string(), address: z.string() });
export const modelSchema = z.object({
  name: z.string(),
  color: z.number().int(),
  format: z.string(),
  graph: graphRecordSchema,
  inputs: z.array(z.object({ name: z.string(), shape: z.array(z.number().nullable()) })),
  outputs: z.array(z.object({ name: z.string(), shape: z.array(z.number().nullable()) })),
  checkpoints: z.array(checkpointSchema),
  bestStep: z.number().nullable(),
  metrics: seriesRecordSchema.nullable(),
  warnings: z.array(z.string()),
  /** Preprocessing that was chosen, by the data set's name. */
  preprocessing: z.record(z.string(), preprocessingChoiceSchema).optional(),
  /** What the file says of itself, where it was kept. */
  about: modelAboutSchema.optional(),
  createdAt: time,
});
export type Model = z.infer<typeof modelSchema>;
export const datasetSchema = z.object({
  name: z.string(),
  shape: z.array(z.number()),
  classes: z.array(z.string()),
  columns: z.array(z.string()),
  /** What the file calls the examples' first array, and its other arrays, where it holds several. */
  main: z.string().optional(),
  arrays: datasetManifestSchema.shape.arrays,
  splits: z.array(z.object({ name: z.string(), size: z.number() })),
  citation: z.string(),
  hash: z.string(),
  warnings: z.array(z.string()),
});
export type Dataset = z.infer<typeof datasetSchema>;

export const importModelResponseSchema = z.object({
  address: z.string(),
  hash: z.string(),
  format: z.string(),
  inputs: modelSchema.shape.inputs,
  outputs: modelSchema.shape.outputs,
  layers: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      outputShape: z.array(z.number().nullable()),
      params: z.number(),
    }),
  ),
  /** How each data set of the project would be given to it. */
  preprocessing: z.array(pairInShortSchema),
  about: modelAboutSchema.optional(),
  warnings: z.array(z.string()),
});

/** `done` is 0 to 1, `note` what is going on: "weight 12 of 40". */
export const importProgressSchema = z.object({ done: z.number(), note: z.string() });

export const importDatasetResponseSchema = z.object({
  name: z.string(),
  splits: datasetSchema.shape.splits,
  shape: z.array(z.number()),
  classes: z.array(z.string()),
  hash: z.string(),
  /** How it would be given to each model of the project. */
  preprocessing: z.array(pairInShortSchema),
  warnings: z.array(z.string()),
});
/** A checkpoint with everything that it computes with. */
export const exportedModelSchema = z.object({
  name: z.string(),
  step: z.number(),
  hash: z.string(),
  /** As in a model.json of TensorFlow.js. */
  topology: z.unknown(),
  /** `data`: little-endian float32 in Base64. */
  weights: z.array(z.object({ name: z.string(), shape: z.array(z.number()), data: z.string() })),
});
/** Files that a checkpoint can be had as. */
export const downloadFormatSchema = z.enum(['safetensors', 'tfjs', 'onnx']);
export type DownloadFormat = z.infer<typeof downloadFormatSchema>;
export const downloadSchema = z.object({
  format: downloadFormatSchema,
  /** Why that format cannot hold the model faithfully; null where it can. */
  refused: z.string().nullable(),
});
export type Download = z.infer<typeof downloadSchema>;
export const renameSchema = z.object({ name: nameSchema });

/**
 * Names bound by a board, sent with a query so that `f`, `x`, `x'`, `data` and its slices mean what they mean there. A
 * slice of marked examples lists them, so a query may be as long as the language reads.
 */
export const queryRequestSchema = z.object({
  query: z.string().min(1).max(MAX_TEXT),
  bindings: z
    .object({
      f: z.string(),
      x: z.string(),
      "x'": z.string(),
      data: z.string(),
      slices: slicesSchema,
    })
    .partial()
    .optional(),
  /** Board on which the job is announced. */
  board: id.optional(),
});
export type QueryRequest = z.infer<typeof queryRequestSchema>;
const responseOf = <T extends z.ZodType<ResultMeta>>(result: T) =>
  z.discriminatedUnion('status', [
    z.object({
      status: z.literal('done'),
      result,
      cached: z.boolean(),
      /** The result's numbers (safetensors) in base64, where they were asked for and are small enough. */
      numbers: z.string().optional(),
    }),
    z.object({
      status: z.enum(['queued', 'running']),
      job: z.string(),
      progress: z.object({ done: z.number(), note: z.string() }),
    }),
  ]);
export const queryResponseSchema = responseOf(resultSchema);
/** The same as it arrives, from a server of this version or an earlier one. */
export const receivedQueryResponseSchema = responseOf(receivedResultSchema);
export type QueryResponse = z.infer<typeof queryResponseSchema>;

export const jobSchema = z.object({
  id: z.string(),
  query: z.string(),
  state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  progress: z.object({ done: z.number(), note: z.string() }),
  startedBy: z.array(z.string()),
  result: z.string().nullable(),
  error: errorBodySchema.shape.error.nullable(),
});
export type Job = z.infer<typeof jobSchema>;

export const boardSchema = z.object({
  id,
  title: shownSchema,
  project: z.string(),
  role: roleSchema,
  createdAt: time,
  updatedAt: time,
});
export type Board = z.infer<typeof boardSchema>;

export const titleSchema = z.object({ title: shownSchema.trim().min(1).max(200) });
/** Single use, 30 seconds (rule S4). */
export const ticketSchema = z.object({ ticket: z.string() });

export const commentSchema = z.object({
  id,
  author: personSchema,
  body: z.string(),
  createdAt: time,
  editedAt: time.nullable(),
  deleted: z.boolean(),
  reactions: z.array(z.object({ emoji: z.string(), users: z.array(z.string()) })),
});
export const threadSchema = z.object({
  id,
  anchor: anchorSchema,
  /** Why the anchor is only near to where the thread stands: a later version wrote it. */
  unreadable: z.string().optional(),
  author: personSchema,
  createdAt: time,
  resolvedAt: time.nullable(),
  resolvedBy: z.string().nullable(),
  comments: z.array(commentSchema),
  unread: z.boolean(),
});
export type Thread = z.infer<typeof threadSchema>;
export type Comment = z.infer<typeof commentSchema>;
export const newThreadSchema = z.object({ anchor: anchorSchema, body: z.string().trim().min(1).max(10_000) });
export const newCommentSchema = z.object({ body: z.string().trim().min(1).max(10_000) });

export const snapshotSchema = z.object({
  id,
  board: id,
  boardTitle: shownSchema,
  project: z.string(),
  title: shownSchema,
  summary: z.string(),
  author: personSchema,
  createdAt: time,
});
export type Snapshot = z.infer<typeof snapshotSchema>;
/** A snapshot opened: the content as it was; `results` maps view id to pinned result id. */
export const openSnapshotSchema = snapshotSchema.extend({
  content: z.unknown(),
  results: z.record(z.string(), z.string()),
  threads: z.array(threadSchema),
});
export type OpenSnapshot = z.infer<typeof openSnapshotSchema>;
export const newSnapshotSchema = z.object({
  title: shownSchema.trim().min(1).max(200),
  summary: z.string().max(10_000),
  /** Result shown by each view at this moment, by view id. */
  results: z.record(z.string(), z.string()),
});

/** `title` names the snapshot that is taken of the board as it is before it is restored. */
export const restoredSchema = z.object({ board: id, before: id });

export const healthSchema = z.object({
  status: z.literal('ok'),
  version: z.string(),
  backend: z.string(),
  workers: z.object({ count: z.number(), busy: z.number(), queued: z.number(), restarts: z.number() }),
  sync: z.object({ documents: z.number(), connections: z.number() }),
  /** How often the process that serves was replaced since the start, and how often after an error that nobody caught. */
  process: z.object({ restarts: z.number(), uncaught: z.number() }),
  /** False until the pages can be served. */
  pages: z.boolean(),
});

/**
 * Custom messages on the board's socket (y-protocols message types 0 sync, 1 awareness, 2 auth, 3 queryAwareness are
 * taken): type 100 carries one JSON text from the server.
 */
export const SERVER_MESSAGE = 100;
export const serverMessageSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('welcome'), user: personSchema, role: roleSchema }),
  /** Everything up to this many updates of this client is durable (rule S2, S3). */
  z.object({ type: z.literal('saved'), count: z.number() }),
  z.object({ type: z.literal('save-failing'), message: z.string() }),
  z.object({ type: z.literal('refused'), code: z.string(), message: z.string() }),
  z.object({ type: z.literal('role'), role: roleSchema.nullable() }),
  z.object({ type: z.literal('job'), job: jobSchema }),
  z.object({ type: z.literal('threads'), thread: z.string() }),
  /**
   * Models, data sets or members of the project changed: fetch again. `again`: queries as they stand may have other
   * answers now.
   */
  z.object({ type: z.literal('project'), again: z.boolean().optional() }),
]);
export type ServerMessage = z.infer<typeof serverMessageSchema>;

/** Close codes of the socket (4000-4999 are ours). */
export const CLOSE = {
  unauthorised: 4401,
  forbidden: 4403,
  notFound: 4404,
  malformed: 4400,
  tooLarge: 4413,
  tooFast: 4429,
  tooMany: 4430,
  /** It asked for more work than one person's messages may. */
  costly: 4431,
  storage: 4500,
  restart: 4503,
} as const;
