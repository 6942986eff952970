/** What the page asks of the language whenever a query is shown. The editor's part is fetched with the editor. */
import { format } from '@/core/algebra/language/format.ts';
import type { Known } from '@/core/algebra/language/known.ts';
import { UserError } from '@/core/errors/index.ts';

export { apiCall } from '@/core/algebra/language/api-call.ts';
export { faults } from '@/core/algebra/language/faults.ts';
export { tokens } from '@/core/algebra/language/tokens.ts';
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
