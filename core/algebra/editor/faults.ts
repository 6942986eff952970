/** Everything that is wrong with a text, before it is run. */
import type { Problem } from '../project/catalog.ts';
import { questionOf } from '../question.ts';
import type { EditorContext } from './context.ts';

/**
 * In the order of the text: where it cannot be read, and what is wrong with the parts that can be. None: the text can be
 * run.
 */
export function faults(text: string, { bindings, catalog }: EditorContext): readonly Problem[] {
  return questionOf(text, bindings, catalog).problems;
}
