/** The canonical layout of a text: short questions on one line, long ones a clause per line, joined ones indented. */
import { parse } from './parse.ts';
import { clausesOf, print } from './print.ts';
import type { Query } from './tree.ts';

const WIDTH = 80;

/** parse(format(text)) = parse(text). Throws UserError('invalid') where the text does not parse. */
export function format(text: string): string {
  return layout(parse(text));
}

/** As format, of a query. */
export function layout(query: Query): string {
  return lines(query, '').join('\n');
}

function lines(query: Query, indent: string): string[] {
  const whole = indent + print(query);
  if (whole.length <= WIDTH && query.join?.query.join === undefined) return [whole];
  const parts = clausesOf(query);
  return parts.flatMap((part, i) => {
    const lead = i === 0 ? indent : `${indent}  `;
    if (part.kind !== 'join' || query.join === undefined) return [lead + part.text];
    return [`${lead}${query.join.kind} (`, ...lines(query.join.query, `${lead}  `), `${lead})`];
  });
}
