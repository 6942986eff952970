/**
 * Names and titles in whatever script they are written, without the controls that turn what follows them around: an
 * override in a name would show `Ada` as `adA`, and what stands beside it too. Marks of direction (U+200E, U+200F) stay,
 * and so do right-to-left scripts, which the style sheet isolates from what stands around them.
 */
import { z } from 'zod';

/** Embeddings, overrides and isolates with their ends (Unicode Standard Annex #9, 2.1 to 2.5). */
const TURNING = /[\u202A-\u202E\u2066-\u2069]/g;

export const withoutTurns = (text: string): string => text.replaceAll(TURNING, '');

/** A name or title as it is shown, where it comes in and where it goes out. */
export const shownSchema = z.string().overwrite(withoutTurns);
