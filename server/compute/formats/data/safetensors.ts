/** safetensors as a data set: tensors SPLIT.x, SPLIT.y (labels), SPLIT.column.NAME; or x, y for a single split. */
import { type RawDataset, type RawSplit, withLabels } from '../datasets/dataset.ts';
import type { LabelArray } from '../datasets/labels.ts';
import { invalid, type SourceFile } from '../files/context.ts';
import { listed } from '../files/numbers.ts';
import { readSafetensors } from '../files/safetensors.ts';
import type { DataFormat } from '../format.ts';

/** `__metadata__` may give `scale` (a number) and `classes` (a JSON list of names). */
export const format: DataFormat = { read: importSafetensors };

async function importSafetensors(files: readonly SourceFile[]): Promise<RawDataset> {
  const [file] = files;
  if (!file || files.length > 1)
    throw invalid(files[1]?.name ?? 'upload', 'a data set is one safetensors file; send one at a time');
  const { tensors, metadata } = readSafetensors(await file.read(), file.name);
  const splits: Found[] = [];
  const used = new Set<string>();
  for (const [name, x] of Object.entries(tensors)) {
    const prefix = name === 'x' ? '' : name.endsWith('.x') ? name.slice(0, -1) : null;
    if (prefix === null) continue;
    used.add(name);
    splits.push({ name: prefix === '' ? 'all' : prefix.slice(0, -1), file: file.name, x, prefix, main: 'x' });
  }
  if (splits.length === 0) splits.push(...named(tensors, used, file.name));
  if (splits.length === 0)
    throw invalid(
      file.name,
      `it holds no tensor named train.x, test.x or x; found ${Object.keys(tensors).slice(0, 8).join(', ') || 'none'}. If these are a model's weights, send them with its model.json as a model`,
    );
  splits.sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1));
  const labels: LabelArray[] = [];
  const further = splits.map(({ prefix, name }) => {
    const y = tensors[`${prefix}y`];
    if (y) {
      used.add(`${prefix}y`);
      labels.push({ split: name, file: `${file.name}: ${prefix}y`, name: 'y', array: y });
    }
    const columns = Object.entries(tensors).filter(([other]) => other.startsWith(`${prefix}column.`));
    for (const [other] of columns) used.add(other);
    return Object.fromEntries(
      columns.map(([other, array]) => [other.slice(`${prefix}column.`.length), array]),
    );
  });
  const names = splits.map(({ prefix, x }) =>
    Object.entries(tensors).flatMap(([other, { shape }]) =>
      !used.has(other) && other.startsWith(prefix) && shape.length > 1 && shape[0] === x.shape[0]
        ? [other.slice(prefix.length)]
        : [],
    ),
  );
  const common = (names[0] ?? []).filter((name) => names.every((own) => own.includes(name)));
  for (const { prefix } of splits) for (const name of common) used.add(`${prefix}${name}`);
  const left = Object.keys(tensors).filter((name) => !used.has(name));
  const warnings =
    left.length === 0
      ? []
      : [
          `${file.name}: left out the ${left.length === 1 ? 'tensor' : 'tensors'} ${listed(left)}, which are neither SPLIT.x, SPLIT.y nor SPLIT.column.NAME.`,
        ];
  const scale = Number(metadata.scale);
  const classes = classesOf(metadata.classes, file.name);
  return withLabels(
    {
      splits: splits.map((split) => ({
        ...split,
        arrays: Object.fromEntries(
          common.flatMap((name) => {
            const array = tensors[`${split.prefix}${name}`];
            return array ? [[name.replace(/^array\./, ''), array]] : [];
          }),
        ),
      })),
      ...(common.length > 0 ? { main: splits[0]?.main ?? 'x' } : {}),
      ...(scale > 0 && Number.isFinite(scale) ? { declaredScale: scale } : {}),
      ...(classes ? { classes } : {}),
      warnings,
    },
    labels,
    further,
  );
}

type Found = RawSplit & { readonly prefix: string; readonly main: string };

/** Tensors of names of their own (`picture`, `train.picture`) that all have one entry for each example. */
function named(
  tensors: ReturnType<typeof readSafetensors>['tensors'],
  used: Set<string>,
  file: string,
): Found[] {
  const words = ['train.', 'validation.', 'test.'].filter((word) =>
    Object.keys(tensors).some((name) => name.startsWith(word)),
  );
  const prefixes = words.length > 0 ? words : [''];
  const found: Found[] = [];
  for (const prefix of prefixes) {
    const own = Object.entries(tensors).filter(([name]) => name.startsWith(prefix));
    const examples = own.filter(([name, { shape }]) => name !== `${prefix}y` && shape.length > 1);
    const [first] = examples;
    // A model's weights have no first axis in common.
    if (!first || examples.length < 2 || own.some(([, { shape }]) => shape[0] !== first[1].shape[0]))
      return [];
    used.add(first[0]);
    const name = prefix === '' ? 'all' : prefix.slice(0, -1);
    found.push({ name, file, x: first[1], prefix, main: first[0].slice(prefix.length) });
  }
  return found;
}

function rank(split: string): number {
  const at = ['train', 'validation', 'test'].indexOf(split);
  return at < 0 ? 3 : at;
}

function classesOf(text: string | undefined, file: string): string[] | null {
  if (text === undefined) return null;
  try {
    const list: unknown = JSON.parse(text);
    if (Array.isArray(list) && list.every((name) => typeof name === 'string')) return list;
  } catch {
    // Falls through to the message.
  }
  throw invalid(file, 'the metadata `classes` must be a JSON list of names');
}
