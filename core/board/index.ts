export * from './document.ts';
export { parsedItem } from './items.ts';
export { LOCAL } from './local.ts';
export * from './marks.ts';
export * from './presence.ts';
export * from './slices.ts';
export * from './types.ts';
export { undoManager } from './undo.ts';
export { faultIn } from './unreadable.ts';
