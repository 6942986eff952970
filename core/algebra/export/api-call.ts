/** The same question for a terminal. */
import { bind, type QueryBindings } from '../meaning/bind.ts';
import { parse } from '../syntax/parse.ts';
import { print } from '../syntax/print.ts';

export interface ApiTarget {
  /** "https://interlayer.example" */
  readonly origin: string;
  /** Slug of the project. */
  readonly project: string;
  readonly bindings?: QueryBindings;
}

/**
 * A curl line that asks the server the same and waits for the answer; the token comes from INTERLAYER_TOKEN. Throws
 * UserError('invalid') where the text does not parse or a name is not bound.
 */
export function apiCall(text: string, { origin, project, bindings = {} }: ApiTarget): string {
  const query = print(bind(parse(text), bindings));
  const url = `${origin.replace(/\/+$/, '')}/api/v1/projects/${encodeURIComponent(project)}/queries?wait=60`;
  return [
    `curl -sS ${shellText(url)}`,
    '-H "Authorization: Bearer $INTERLAYER_TOKEN"',
    "-H 'Content-Type: application/json'",
    `--data ${shellText(JSON.stringify({ query }))}`,
  ].join(' \\\n  ');
}

/** In single quotes nothing is special; a quote itself is written between them. */
const shellText = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
