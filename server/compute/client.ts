/** What the API may import of the compute part: no TensorFlow comes with it. */
export type { BackendChoice } from './backend/backend.ts';
export * from './contract.ts';
export { methodVersion } from './methods/version.ts';
export type { WorkerEntry } from './pool/child.ts';
export { createPool, type Pool, type PoolOptions } from './pool/pool.ts';
export { estimateSeconds, SMALL_SECONDS } from './pool/work.ts';
export { NO_LIMIT } from './process/hard-limit.ts';
