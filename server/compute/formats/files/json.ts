/** JSON of strangers: its depth is looked at before it is parsed, for what walks it later does so by recursion. */
import { shapeOfJson } from '../../../../core/json/index.ts';
import { invalid } from './context.ts';

/** Models within models take about six levels each. */
const DEEPEST = 200;

/** Throws UserError that begins with the file's name; `what` is the part of the file, where it is not the whole. */
export function parseFileJson(text: string, file: string, what = ''): unknown {
  const part = what === '' ? '' : `${what} is `;
  const { depth } = shapeOfJson(text);
  if (depth > DEEPEST) throw invalid(file, `${part}nested ${depth} levels deep, at most ${DEEPEST} are read`);
  try {
    return JSON.parse(text);
  } catch (error) {
    const cause = error instanceof Error ? error.message : String(error);
    throw invalid(file, `${part}not valid JSON (${cause}); copy it again`);
  }
}
