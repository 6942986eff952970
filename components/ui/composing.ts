import type { KeyboardEvent } from 'react';

/**
 * Whether a key belongs to an input method, which takes Enter for the conversion that it offers (Japanese, Chinese,
 * Korean) and Escape to leave it. Safari ends the composition before that key is heard, and marks it by code 229.
 */
export function isComposing({ nativeEvent }: KeyboardEvent): boolean {
  return nativeEvent.isComposing || nativeEvent.keyCode === 229;
}
