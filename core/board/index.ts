export * from './document.ts';
export * from './types.ts';
