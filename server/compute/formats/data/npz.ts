/** NumPy arrays as data sets: a single .npy, or an .npz (a zip of them) with x_train, y_train, x_test, y_test or x, y. */

import { type RawDataset, type RawSplit, withLabels } from '../datasets/dataset.ts';
import { areIndices, type LabelArray } from '../datasets/labels.ts';
import { baseName, extension, invalid, type SourceFile, unsupported } from '../files/context.ts';
import { decodeNpy } from '../files/npy.ts';
import { isTexts, listed, type NumberArray, type TextArray } from '../files/numbers.ts';
import { openZip } from '../files/zip.ts';
import type { DataFormat } from '../format.ts';

export const format: DataFormat = { read: importNumpy };

async function importNumpy(files: readonly SourceFile[]): Promise<RawDataset> {
  const arrays = new Map<string, Stored>();
  for (const file of files)
    if (extension(file.name) === 'npz') await readNpz(file, arrays);
    else add(arrays, file.name, file.name, await file.read());
  const [only] = arrays.values();
  const words = Object.values(SPLITS).flat();
  if (only && arrays.size === 1 && find(arrays, words, Y))
    throw invalid(
      only.file,
      `the array ${only.key} holds labels by its name, and there are no examples beside it; save both with numpy.savez(file, x=..., y=...), or name it x if it holds examples`,
    );
  if (only && arrays.size === 1 && !find(arrays, words, X))
    return {
      splits: [{ name: 'all', file: only.file, x: numbersOf(only) }],
      warnings: [unlabelled(only.file)],
    };
  const { used, splits, labels } = splitsCalled(arrays, X);
  if (splits.length === 0 && arrays.size > 1) return ofSeveral(arrays, files);
  if (splits.length === 0)
    throw invalid(
      files[0]!.name,
      `no array is named x_train, x_test or x; found ${[...arrays.keys()].slice(0, 8).join(', ') || 'none'}. Save with numpy.savez(file, x_train=..., y_train=..., x_test=..., y_test=...)`,
    );
  const beside = furtherArrays(arrays, used, splits);
  const { further, left } = furtherColumns(arrays, used, splits);
  const warnings = labels.length === 0 ? [unlabelled(splits[0]!.file)] : [];
  const texts = labels.find(({ array }) => isTexts(array));
  const names = labels.some(({ array }) => isTexts(array) && !areIndices(array.texts));
  if (texts && names)
    warnings.push(`${texts.file}: labels were texts; the classes are their names in plain order.`);
  if (left.length > 0) warnings.push(leftOut(files[0]!.name, left));
  return withLabels(besideEach(splits, beside, warnings), labels, further);
}

/** With the further arrays of each split, which are said. */
function besideEach(
  splits: readonly RawSplit[],
  { main, arrays }: { main: string; arrays: readonly Readonly<Record<string, NumberArray>>[] },
  warnings: readonly string[],
): RawDataset {
  const names = Object.keys(arrays[0] ?? {});
  if (names.length === 0) return { splits, warnings };
  return {
    main,
    splits: splits.map((split, i) => ({ ...split, arrays: arrays[i] ?? {} })),
    warnings: [
      ...warnings,
      `The examples have several arrays: ${listed([main, ...names])}. Each input of a model is given one, which preprocessing shows.`,
    ],
  };
}

/** What else there is of more than one number for each example, in every split: mask_train and mask_test are the array mask. */
function furtherArrays(
  arrays: ReadonlyMap<string, Stored>,
  used: Set<string>,
  splits: readonly RawSplit[],
): { main: string; arrays: Record<string, NumberArray>[] } {
  const found = splits.map((): Record<string, NumberArray> => ({}));
  const names = new Set([...arrays.keys()].filter((key) => !used.has(key)).map(splitless));
  const main = [...used].find((key) => X.includes(splitless(key)));
  for (const name of names) {
    const own = splits.map((split) => find(arrays, SPLITS[split.name] ?? [], [name]));
    const whole = own.flatMap((each, i) =>
      each && !used.has(each.key) && !isTexts(each.array) && isFurther(each.array, splits[i]) ? [each] : [],
    );
    if (whole.length < splits.length) continue;
    for (const [i, stored] of whole.entries()) {
      found[i]![name] = numbersOf(stored);
      used.add(stored.key);
    }
  }
  return { main: splitless(main ?? ''), arrays: found };
}

const isFurther = ({ shape }: NumberArray, split: RawSplit | undefined): boolean =>
  shape.length > 1 && shape[0] === split?.x.shape[0];

/** Arrays of names of their own (`picture`, `input_ids`), one entry of each for every example. */
function ofSeveral(arrays: ReadonlyMap<string, Stored>, files: readonly SourceFile[]): RawDataset {
  const keys = [...arrays.keys()];
  const labelled = keys.filter((key) => Y.includes(splitless(key)));
  const examples = keys.filter((key) => !labelled.includes(key) && isExamples(arrays.get(key)));
  const [first] = examples;
  if (first === undefined)
    throw invalid(
      files[0]!.name,
      `no array is named x_train, x_test or x, and none has several numbers for each example; found ${keys.slice(0, 8).join(', ')}. Save with numpy.savez(file, x_train=..., y_train=..., x_test=..., y_test=...)`,
    );
  const main = splitless(first);
  const { used, splits, labels } = splitsCalled(arrays, [main]);
  const beside = furtherArrays(arrays, used, splits);
  const odd = examples.find((key) => !used.has(key));
  const { array } = (odd === undefined ? undefined : arrays.get(odd)) ?? {};
  if (odd !== undefined && array && !isTexts(array))
    throw invalid(
      arrays.get(odd)!.file,
      `the array ${odd} has ${array.shape[0]} entries, ${first} has ${splits[0]?.x.shape[0]} examples; arrays of one data set have one entry for each example of every split. Save what belongs together, or name the examples x`,
    );
  const { further, left } = furtherColumns(arrays, used, splits);
  return withLabels(
    besideEach(splits, { main, arrays: beside.arrays }, [
      ...(labels.length === 0 ? [unlabelled(splits[0]!.file)] : []),
      ...(left.length === 0 ? [] : [leftOut(files[0]!.name, left)]),
    ]),
    labels,
    further,
  );
}

function isExamples(stored: Stored | undefined): boolean {
  return stored !== undefined && !isTexts(stored.array) && stored.array.shape.length > 1;
}

function leftOut(file: string, left: readonly string[]): string {
  return `${file}: left out the ${left.length === 1 ? 'array' : 'arrays'} ${listed(left)}: neither examples, labels, nor one entry for each example of every split.`;
}

interface Stored {
  readonly key: string;
  readonly file: string;
  readonly array: NumberArray | TextArray;
}

function numbersOf({ array, file }: Stored): NumberArray {
  if (isTexts(array)) throw unsupported(file, 'the array holds text; examples must be numbers');
  return array;
}

function unlabelled(file: string): string {
  return `${file}: no labels were found (an array named y or labels beside the examples), so the examples have none.`;
}

/** What else there is of one number for each example, in every split: age_train and age_test are the column age. */
function furtherColumns(
  arrays: ReadonlyMap<string, Stored>,
  used: ReadonlySet<string>,
  splits: readonly RawSplit[],
): { further: Record<string, NumberArray>[]; left: string[] } {
  const further = splits.map((): Record<string, NumberArray> => ({}));
  const rest = [...arrays.keys()].filter((key) => !used.has(key));
  const taken = new Set<string>();
  const names = new Set(rest.map((key) => splitless(key)));
  for (const name of names) {
    const own = splits.map((split) => {
      const found = find(arrays, SPLITS[split.name]!, [name]);
      if (!found || used.has(found.key) || isTexts(found.array)) return null;
      const { shape } = found.array;
      return shape.length === 1 && shape[0] === split.x.shape[0]
        ? { key: found.key, array: found.array }
        : null;
    });
    if (!own.every((column) => column !== null)) continue;
    for (const [i, { key, array }] of own.entries()) {
      further[i]![name] = array;
      taken.add(key);
    }
  }
  return { further, left: rest.filter((key) => !taken.has(key)) };
}

/** The name of an array without the word of its split. */
function splitless(key: string): string {
  const words = Object.values(SPLITS)
    .flat()
    .filter((word) => word !== '');
  const word = words.find((each) => key.startsWith(`${each}_`) || key.endsWith(`_${each}`));
  if (word === undefined) return key;
  return key.startsWith(`${word}_`) ? key.slice(word.length + 1) : key.slice(0, -word.length - 1);
}

const X = ['x', 'data', 'images', 'features', 'inputs'];
const Y = ['y', 'labels', 'label', 'target', 'targets', 'classes'];
const SPLITS: Record<string, readonly string[]> = {
  train: ['train', 'training'],
  validation: ['val', 'valid', 'validation'],
  test: ['test'],
  all: [''],
};

/** The splits whose examples go by one of these names, with their labels; `used`: the keys of both. */
function splitsCalled(arrays: ReadonlyMap<string, Stored>, names: readonly string[]) {
  const used = new Set<string>();
  const splits: RawSplit[] = [];
  const labels: LabelArray[] = [];
  for (const [split, words] of Object.entries(SPLITS)) {
    const x = find(arrays, words, names);
    if (!x) continue;
    used.add(x.key);
    splits.push({ name: split, file: x.file, x: numbersOf(x) });
    const y = find(arrays, words, Y);
    if (!y) continue;
    used.add(y.key);
    labels.push({ split, file: y.file, name: y.role, array: y.array });
  }
  return { used, splits, labels };
}

function find(
  arrays: ReadonlyMap<string, Stored>,
  split: readonly string[],
  roles: readonly string[],
): (Stored & { readonly role: string }) | undefined {
  for (const word of split)
    for (const role of roles)
      for (const key of word === '' ? [role] : [`${role}_${word}`, `${word}_${role}`]) {
        const found = arrays.get(key);
        if (found) return { ...found, role };
      }
  return undefined;
}

async function readNpz(file: SourceFile, arrays: Map<string, Stored>): Promise<void> {
  const archive = await openZip(await file.read(), file.name);
  try {
    for (const entry of archive.files)
      if (extension(entry.name) === 'npy')
        add(arrays, entry.name, `${file.name}/${entry.name}`, await entry.read());
  } finally {
    archive.close();
  }
}

function add(arrays: Map<string, Stored>, name: string, file: string, bytes: Buffer): void {
  const key = baseName(name)
    .replace(/\.npy$/i, '')
    .toLowerCase();
  if (arrays.has(key)) throw invalid(file, `a second array is named ${key}`);
  arrays.set(key, { key, file, array: decodeNpy(bytes, file) });
}
