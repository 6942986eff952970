import { twMerge } from 'tailwind-merge';

export type ClassPart = string | false | null | undefined;

/** Joins class names; of two Tailwind classes for the same property, the later one wins. */
export function cx(...parts: readonly ClassPart[]): string {
  return twMerge(parts.filter(Boolean).join(' '));
}
