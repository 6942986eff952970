export { departures } from './conform.ts';
export * from './safetensors.ts';
export { storedResult } from './stored.ts';
export * from './types.ts';
export { headerBytes, receivedResultSchema, withNamesOfOther } from './upgrades.ts';
