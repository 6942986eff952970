export type { BoardEdit } from './board/protocol.ts';
export type { Admission, Journal, SyncLimits, SyncOptions, SyncServer } from './contract.ts';
export { LIMITS } from './limits.ts';
export { BoardProcesses } from './processes.ts';
export { createSyncServer } from './server.ts';
