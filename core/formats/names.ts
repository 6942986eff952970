/** Names in addresses, made from the names of files. */
import { DATA_FORMATS, MODEL_FORMATS } from './formats.ts';

/** What is no part of a name at the end of a file's; `.csv.gz` has two of them. */
const ENDINGS = [
  ...[...Object.values(MODEL_FORMATS), ...Object.values(DATA_FORMATS)].flatMap(({ endings }) => endings),
  ...['gz', 'zip', 'json'],
];
const AT_THE_END = new RegExp(`(\\.(${ENDINGS.join('|')}))+$`, 'i');

/** `my model (2).keras` is `my-model-2`; a file named as any other (`model.json`) has the name of its folder, if any. */
export function nameFrom(path: string, fallback: string): string {
  const parts = path.split(/[\\/]/).filter((part) => part !== '');
  const own = (parts.at(-1) ?? '').replace(AT_THE_END, '');
  const plain = /^(model|weights|data|dataset)$/i.test(own) ? (parts.at(-2) ?? own) : own;
  const name = plain
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .replaceAll(/[^A-Za-z0-9_]+/g, '-')
    .replaceAll(/^[^A-Za-z]+|-+$/g, '')
    .slice(0, 56);
  return name === '' ? fallback : name;
}

/** The name, or the name with the first number that makes it free. */
export function freeName(name: string, taken: readonly string[]): string {
  const used = new Set(taken);
  for (let k = 1; ; k++) {
    const candidate = k === 1 ? name : `${name}-${k}`;
    if (!used.has(candidate)) return candidate;
  }
}
