export * from './safetensors.ts';
export * from './types.ts';
