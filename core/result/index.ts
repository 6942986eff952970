export { departures } from './conform.ts';
export * from './safetensors.ts';
export * from './types.ts';
