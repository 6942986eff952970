/**
 * The language for its editor: pure functions of a text, a caret and what the project has. None of them throws on any
 * text, format and layout aside.
 *
 *   tokens(text): Coloured[]                  what each word is
 *   complete(text, caret, known): Completion[] what may come next, best first
 *   hover(text, at, known): Hover | null      what the word there means
 *   faults(text, known): Problem[]            all that is wrong; none: it can be run
 *   format(text), layout(query): string       the canonical layout; format throws where the text does not parse
 *   apiCall(text, target): string             a curl line that asks the same
 *   python(query, catalog, options)           a script that comes to the same numbers, or why there is none
 *
 * `known` is { catalog, bindings }: the project's models and data sets, and what the board's names stand for.
 */

export type { WordKind } from '../../address/notes.ts';
export { apiCall } from '../export/api-call.ts';
export { type PythonOptions, type PythonScript, python } from '../export/python/index.ts';
export { format, layout } from '../syntax/layout.ts';
export { type Completion, complete } from './complete.ts';
export type { EditorContext } from './context.ts';
export { faults } from './faults.ts';
export { type Hover, hover } from './hover.ts';
export type { Offer, OfferKind } from './offer.ts';
export { type Coloured, tokens } from './tokens.ts';
