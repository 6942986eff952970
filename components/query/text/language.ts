/** What the page asks of the language whenever a query is shown. The editor's part is fetched with the editor. */

import type { EditorContext } from '@/core/algebra/editor/context.ts';
import { format } from '@/core/algebra/syntax/layout.ts';
import { UserError } from '@/core/errors/index.ts';

export { faults } from '@/core/algebra/editor/faults.ts';
export { tokens } from '@/core/algebra/editor/tokens.ts';
export { apiCall } from '@/core/algebra/export/api-call.ts';
export type { EditorContext };

/** The canonical layout; null while the text does not parse. */
export function formatted(text: string): string | null {
  try {
    return format(text);
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
