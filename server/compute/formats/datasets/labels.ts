/**
 * Class labels in the forms in which people keep them, whatever the file: whole numbers of any type, booleans, (n, 1),
 * one-hot rows, texts. Each form is told in a note. A quantity or several labels at once are no class: they are kept as
 * columns and said; what may be a mistake is refused in a sentence.
 */
import { invalid, unsupported } from '../files/context.ts';
import { byCodePoint, isTexts, listed, type NumberArray, type TextArray } from '../files/numbers.ts';

/** A whole number from here on is taken for a quantity or a key, not for a class. */
export const MAX_CLASSES = 100_000;
/** Further columns that an array (n, k) may become. */
const MAX_COLUMNS = 64;

export interface LabelArray {
  readonly split: string;
  /** Where it stood, for messages. */
  readonly file: string;
  /** What the labels are called within the file, without the split: y, labels, target. */
  readonly name: string;
  readonly array: NumberArray | TextArray;
}

export interface Labels {
  /** Class index of each example, split by split in the order given; null where they are no classes. */
  readonly y: readonly Int32Array[] | null;
  readonly classes: readonly string[];
  /** Where the arrays are no classes: what they hold, split by split. */
  readonly columns: readonly Readonly<Record<string, NumberArray>>[];
  readonly notes: readonly string[];
}

type Form =
  | { readonly kind: 'classes'; readonly y: Int32Array; readonly least: number; readonly note: string | null }
  | { readonly kind: 'texts'; readonly texts: readonly string[] }
  | { readonly kind: 'columns'; readonly why: string };

/** Reads the labels of all splits together: they are of one kind, and share their classes. At least one array. */
export function readLabels(arrays: readonly LabelArray[]): Labels {
  const forms = arrays.map(formOf);
  const odd = forms.findIndex(({ kind }) => kind === 'columns');
  const why = forms[odd];
  if (why?.kind === 'columns') return asColumns(arrays, `${arrays[odd]!.file}: ${why.why}`);
  const texts = forms.flatMap((form) => (form.kind === 'texts' ? [form.texts] : []));
  if (texts.length > 0) {
    const other = forms.findIndex(({ kind }) => kind !== 'texts');
    if (other >= 0)
      throw invalid(
        arrays[other]!.file,
        'its labels are numbers, those of another split are texts; write all of them alike',
      );
    const named = namedClasses(texts.flat());
    const y = texts.map((list) => Int32Array.from(list, named.indexOf));
    const notes = areIndices(texts.flat())
      ? [
          `${arrays[0]!.file}: labels were texts of whole numbers, taken as class indices.`,
          ...gapNotes(y, named.classes.length),
        ]
      : [...paddedNotes(named.classes, arrays[0]!.file), ...orderNotes(named.classes)];
    return { y, classes: named.classes, columns: [], notes };
  }
  const found = forms.flatMap((form) => (form.kind === 'classes' ? [form] : []));
  const notes = [
    ...new Set(found.flatMap(({ note }, i) => (note === null ? [] : [`${arrays[i]!.file}: ${note}`]))),
  ];
  const y = found.map((form) => form.y);
  const least = Math.max(...found.map((form) => form.least));
  const classes = numberedClasses(y, least);
  return { y, classes, columns: [], notes: [...notes, ...gapNotes(y, classes.length, least)] };
}

/** Texts of digits that are names, for some begin with a 0. */
function paddedNotes(classes: readonly string[], file: string): string[] {
  const padded = classes.find((name) => /^[+-]?0\d+$/.test(name));
  if (padded === undefined || !classes.every((name) => /^[+-]?\d+(\.0*)?$/.test(name))) return [];
  return [
    `${file}: labels such as ${padded} begin with a 0, so all are taken for names, in plain order, not for numbers: texts that differ are different classes.`,
  ];
}

/** Names of the numbers from 0 to the largest label, and up to `least`. */
export function numberedClasses(y: readonly Int32Array[], least = 0): string[] {
  let most = least;
  for (const labels of y) for (const label of labels) if (label >= most) most = label + 1;
  return Array.from({ length: most }, (_, index) => String(index));
}

/** The number of a label is its index, as Keras' sparse losses take it: what is odd about the numbers is said. */
export function gapNotes(y: readonly Int32Array[], count: number, least = 0): string[] {
  const seen = new Set<number>();
  for (const labels of y) for (const label of labels) seen.add(label);
  if (seen.size === 0) return [];
  if (seen.size === 1)
    return [
      `Every label is ${[...seen][0]}: there is one class only, so no question about telling classes apart says anything.`,
    ];
  const missing: number[] = [];
  for (let index = 0; index < count; index++) if (!seen.has(index)) missing.push(index);
  if (missing.length === 0 || count === least) return [];
  if (missing.length === 1 && missing[0] === 0)
    return [
      'The smallest label is 1: a label is the index of its class, counted from 0, so class 0 has no example. If the classes are numbered from 1, subtract 1 from the labels.',
    ];
  return [
    `The labels are ${seen.size} different numbers from ${Math.min(...seen)} to ${Math.max(...seen)}: a label is the index of its class, counted from 0, so ${count} classes are kept, and ${missing.length} of them (${listed(missing.map(String))}) have no example.`,
  ];
}

/** Names of classes are sorted as Python sorts; where people would sort otherwise, both orders are said. */
export function orderNotes(classes: readonly string[]): string[] {
  const natural = [...classes].sort(new Intl.Collator('en', { numeric: true }).compare);
  if (natural.every((name, i) => name === classes[i])) return [];
  return [
    `Classes are in plain order (${listed(classes)}), as Keras, scikit-learn and torchvision sort names; in natural order (${listed(natural)}) their indices would differ.`,
  ];
}

function formOf({ split, file, name, array }: LabelArray): Form {
  const { shape } = array;
  const [n = 0, width = 1] = shape;
  if (shape.length === 0)
    return { kind: 'columns', why: `${name} is a single value; labels are one for each example.` };
  const inner = shape.slice(1).reduce((a, b) => a * b, 1);
  if (isTexts(array)) {
    if (inner !== 1)
      throw invalid(file, `labels of text must be one for each example, found [${shape.join(', ')}]`);
    const at = array.texts.findIndex((text) => text.trim() === '');
    if (at >= 0)
      throw invalid(
        file,
        `the label of ${split}[${at}] is empty; give each example one, or leave the example out`,
      );
    return { kind: 'texts', texts: array.texts };
  }
  if (inner === 0)
    return { kind: 'columns', why: `${name} has the shape [${shape.join(', ')}] and holds no number.` };
  if (inner === 1) return singly(array, split, file, name);
  if (shape.length === 2) {
    const y = oneHot(array.data, n, width);
    if (typeof y !== 'string')
      return {
        kind: 'classes',
        y,
        least: width,
        note: `labels were one-hot, (n, ${width}); the index of the 1 is the class.`,
      };
    return { kind: 'columns', why: `${name} is (n, ${width}), but ${y}.` };
  }
  return {
    kind: 'columns',
    why: `${name} has the shape [${shape.join(', ')}], which is not one label for each example.`,
  };
}

/** One number for each example. */
function singly({ shape, data, type }: NumberArray, split: string, file: string, name: string): Form {
  let fraction = -1;
  let none = -1;
  let negative = -1;
  let large = -1;
  for (let i = 0; i < data.length; i++) {
    const value = data[i]!;
    if (Number.isNaN(value)) none = none < 0 ? i : none;
    else if (!Number.isInteger(value)) fraction = fraction < 0 ? i : fraction;
    else if (value < 0) negative = negative < 0 ? i : negative;
    else if (value >= MAX_CLASSES) large = large < 0 ? i : large;
  }
  if (fraction >= 0)
    return {
      kind: 'columns',
      why: `${name}[${fraction}] is ${brief(data[fraction]!)}, which is no class index.`,
    };
  if (large >= 0)
    return {
      kind: 'columns',
      why: `${name}[${large}] is ${data[large]}, too large for the index of a class (${MAX_CLASSES - 1} at most).`,
    };
  if (none >= 0)
    throw invalid(
      file,
      `the label of ${split}[${none}] is NaN; give each example a label, or save those without one as another data set without ${name}`,
    );
  if (negative >= 0)
    throw invalid(
      file,
      `the label of ${split}[${negative}] is ${data[negative]}; labels are class indices from 0. Number the classes from 0, and save examples without a label as another data set without ${name}`,
    );
  const notes = [
    ...(type === 'bool' ? ['False is class 0 and True class 1'] : []),
    ...(type.includes('float') ? [`${type} whole numbers, taken as class indices`] : []),
    ...(shape.length > 1 ? [`of the shape (n${', 1'.repeat(shape.length - 1)}), read as (n)`] : []),
  ];
  const said = type === 'bool' ? 'booleans: ' : '';
  return {
    kind: 'classes',
    y: Int32Array.from(data),
    least: type === 'bool' ? 2 : 0,
    note: notes.length === 0 ? null : `labels were ${said}${notes.join('; ')}.`,
  };
}

/** A number as a sentence shows it: float32 has seven digits. */
const brief = (value: number): string => String(Number(value.toPrecision(7)));

/** The place of the single 1 of each row among zeros, or why that cannot be told. */
function oneHot(data: NumberArray['data'], n: number, width: number): Int32Array | string {
  const y = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    let ones = 0;
    for (let j = 0; j < width; j++) {
      const value = data[i * width + j]!;
      if (value === 1) {
        ones++;
        y[i] = j;
      } else if (value !== 0) return `row ${i} holds ${brief(value)}, so the rows are not one-hot`;
    }
    if (ones !== 1)
      return `row ${i} has ${ones === 0 ? 'no 1' : `${ones} ones`}, so an example has not one class`;
  }
  return y;
}

function asColumns(arrays: readonly LabelArray[], why: string): Labels {
  const none = (rest: string): Labels => ({
    y: null,
    classes: [],
    columns: arrays.map(() => ({})),
    notes: [`${why} ${rest}`],
  });
  const columns: Record<string, NumberArray>[] = [];
  const width = widthOfRows(arrays[0]!.array);
  for (const { array, name, file } of arrays) {
    if (isTexts(array))
      throw unsupported(file, 'its labels are texts, those of another split are no classes');
    const [n = 0] = array.shape;
    if (array.shape.length > 2 || array.shape.length === 0 || width === 0)
      return none('It is left out, and the examples have no labels.');
    if (widthOfRows(array) !== width || width > MAX_COLUMNS)
      return none(`More than ${MAX_COLUMNS} columns are left out, and the examples have no labels.`);
    columns.push(
      Object.fromEntries(
        Array.from({ length: width }, (_, j) => [
          width === 1 ? name : `${name}_${j}`,
          {
            shape: [n],
            type: array.type,
            data: width === 1 ? array.data : array.data.filter((_, i) => i % width === j),
          },
        ]),
      ),
    );
  }
  const names = Object.keys(columns[0]!);
  return {
    y: null,
    classes: [],
    columns,
    notes: [
      `${why} It is kept as the ${names.length === 1 ? 'column' : 'columns'} ${listed(names)}, and the examples have no labels.`,
    ],
  };
}

function widthOfRows({ shape }: NumberArray | TextArray): number {
  return shape.slice(1).reduce((a, b) => a * b, 1);
}

/** Without leading zeros: 01 and 1 are two texts, and one number. */
const WHOLE = /^(0|[1-9]\d*)(\.0*)?$/;

/** Whether texts are the indices of classes, not their names. */
export function areIndices(texts: readonly string[]): boolean {
  return texts.length > 0 && texts.every((label) => WHOLE.test(label) && Number(label) < MAX_CLASSES);
}

/**
 * Labels that are texts: where all are whole numbers they are the class indices (`3.0`, as pandas writes them beside
 * gaps, is 3); any other labels are names, sorted as Python sorts.
 */
export function namedClasses(texts: readonly string[]): {
  classes: string[];
  indexOf(label: string): number;
} {
  const written = [...new Set(texts)];
  if (areIndices(written)) {
    const classes = numberedClasses([Int32Array.from(written, Number)]);
    return { classes, indexOf: Number };
  }
  const classes = written.sort(byCodePoint);
  const places = new Map(classes.map((name, at) => [name, at]));
  return { classes, indexOf: (label) => places.get(label) ?? -1 };
}
