/**
 * What the rest of the server knows of the compute workers. A task and its outcome are plain data (they cross a
 * process border); numbers go to files, never through the web process.
 */

import type { Query } from '../../core/algebra/index.ts';
import type {
  CheckpointManifest,
  DatasetManifest,
  ModelManifest,
  StoredDtype,
} from '../../core/artifacts/index.ts';
import {
  outputFirst,
  type PreprocessingRecord,
  type Scale,
  type Trial,
  toFront,
} from '../../core/preprocessing/index.ts';
import type { ResultMeta, SeriesRecord } from '../../core/result/index.ts';

/** A query with every name resolved, ready to run. */
export interface QueryPlan {
  /** Id that the result will bear. */
  readonly id: string;
  /** Canonical text, bound. */
  readonly text: string;
  readonly query: Query;
  /** The query's model. `address` is canonical with its step (`digits-cnn@12`). */
  readonly model: {
    readonly address: string;
    readonly hash: string;
    readonly manifest: ModelManifest;
    readonly checkpoint: CheckpointManifest;
    /** For metrics(): what was logged by the run. */
    readonly series?: SeriesRecord;
    /** The output that is asked about where a question names none; absent: the first. `manifest` has it first. */
    readonly output?: string | undefined;
  };
  /** The query's input, absent for graph() and metrics(). */
  readonly data?: PlanData;
  /** The right side of a join, planned like a query of its own. */
  readonly joined?: QueryPlan;
  /** For similarity() of one layer: every checkpoint of the query's model, by step. */
  readonly checkpoints?: readonly QueryPlan['model'][];
}

/** The model with this output in the first one's place. */
export function asksFirst(model: QueryPlan['model'], output: string | undefined): QueryPlan['model'] {
  const at = output === undefined ? 0 : model.manifest.graph.outputs.indexOf(output);
  if (at <= 0) return model;
  const { manifest } = model;
  return {
    ...model,
    output,
    manifest: {
      ...manifest,
      graph: outputFirst(manifest.graph, output),
      outputs: toFront(manifest.outputs, at),
    },
  };
}

/** A data set as the plan's model is given it. */
export interface PlanData {
  readonly address: string;
  /** As stored. */
  readonly manifest: DatasetManifest;
  readonly preprocessing: PreprocessingRecord;
  /** Classes in the order of the model's outputs. */
  readonly classes: readonly string[];
  /** Said in every answer about the pair. */
  readonly warnings: readonly string[];
}

export type ComputeTask =
  | { readonly kind: 'query'; readonly plan: QueryPlan }
  /** Files as uploaded, already in `dir` on this machine under safe generated names; `name` is what the user called them (may hold folders). */
  | { readonly kind: 'import-model'; readonly files: readonly UploadedFile[] }
  | { readonly kind: 'import-dataset'; readonly files: readonly UploadedFile[] }
  /** Gives the model labelled examples of the data, scaled in each of the ways. */
  | { readonly kind: 'trial'; readonly plan: QueryPlan; readonly ways: readonly Scale[] };

export interface UploadedFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

export type ComputeOutcome =
  /** `file`: safetensors in the pool's spool folder, to be moved into the blob store by the caller. */
  | { readonly kind: 'query'; readonly meta: ResultMeta; readonly file: string }
  | {
      readonly kind: 'import-model';
      readonly manifest: ModelManifest;
      /** Raw little-endian float32 per weight, in spool files. */
      readonly weights: readonly {
        readonly name: string;
        readonly shape: readonly number[];
        readonly file: string;
      }[];
    }
  | {
      readonly kind: 'import-dataset';
      readonly shape: readonly number[];
      readonly classes: readonly string[];
      readonly columns: readonly string[];
      readonly dtype: StoredDtype;
      /** Least and largest finite value; null where none is finite. */
      readonly range: readonly [number, number] | null;
      readonly declaredScale: number | null;
      /** Of a file of several arrays: what the first is called, and the others. */
      readonly main?: string | undefined;
      readonly arrays?: DatasetManifest['arrays'];
      readonly warnings: readonly string[];
      /** One safetensors file per split, in the spool folder. */
      readonly splits: readonly { readonly name: string; readonly size: number; readonly file: string }[];
    }
  | { readonly kind: 'trial'; readonly trial: Trial };

/** Who asks, for fair turns; it stays with the pool. */
export interface Turn {
  readonly project: string;
  readonly person: string;
  /** Long computations of this person that may wait. */
  readonly mostWaiting: number;
}

export interface Progress {
  /** 0 to 1. */
  readonly done: number;
  /** What is going on: "activations 200 of 359". */
  readonly note: string;
}

export interface ComputePool {
  /**
   * Runs a task in a worker process. Rejects with UserError: `overloaded` when its estimated peak memory can never be
   * admitted or too many wait, `rate_limited` when too many of the same person do, `cancelled` after `signal`, the worker's own UserError, or `internal` when the worker crashed twice.
   */
  run(
    task: ComputeTask,
    options?: { signal?: AbortSignal; onProgress?: (progress: Progress) => void; turn?: Turn },
  ): Promise<ComputeOutcome>;
  /** For /health and the status line: backend of the workers ('native' or 'wasm'), queue length, worker states. */
  status(): {
    backend: string;
    workers: number;
    busy: number;
    queued: number;
    restarts: number;
    /** The operating system's own limit on what a worker may allocate; null where it has none, or none has started. */
    limitBytes: number | null;
  };
  close(): Promise<void>;
}
