/** What the editor asks of the language, where the core's own words need one more step. */
import type { Query } from '@/core/algebra/index.ts';
import { format, type Known } from '@/core/algebra/language/index.ts';
import { UserError } from '@/core/errors/index.ts';

export type { Known };

/** The canonical layout; null while the text does not parse. */
export function formatted(text: string): string | null {
  try {
    return format(text);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

export type Program = { readonly code: string } | { readonly why: string };
export function pythonOf(_query: Query, _known: Known): Program {
  return { why: 'not yet' };
}
