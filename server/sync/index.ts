export type { Admission, Journal, SyncLimits, SyncOptions, SyncServer } from './contract.ts';
export { LIMITS } from './limits.ts';
export { createSyncServer } from './server.ts';
