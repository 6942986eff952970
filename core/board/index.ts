export * from './document.ts';
export * from './types.ts';
export { undoManager } from './undo.ts';
