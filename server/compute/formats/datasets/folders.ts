/**
 * Where pictures lie says what they are: `[train|test/]CLASS/picture.png`. Read as Keras' image_dataset_from_directory
 * and torchvision's ImageFolder do: every folder is a class, also one without pictures, in plain order of the names.
 */
import type { SourceFile } from '../files/context.ts';
import { byCodePoint, listed } from '../files/numbers.ts';

export type SplitName = 'train' | 'validation' | 'test' | 'all';
const SPLITS: Readonly<Record<string, SplitName>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  test: 'test',
  testing: 'test',
};

export interface SortedFile {
  readonly file: SourceFile;
  readonly split: SplitName;
  /** Name of the class; null for a picture in no class folder. */
  readonly label: string | null;
}

export interface SortedFiles {
  /** In the order in which Keras reads them. */
  readonly files: readonly SortedFile[];
  /** In plain order; empty where there are no class folders. */
  readonly classes: readonly string[];
  readonly notes: readonly string[];
}

interface Entry {
  readonly file: SourceFile | null;
  readonly folders: readonly string[];
}

/** `wanted` files are placed; the others, and the folders themselves, only tell which classes there are. */
export function sortByFolder(
  files: readonly SourceFile[],
  folders: readonly string[],
  wanted: (file: SourceFile) => boolean,
): SortedFiles {
  const split = (name: string) => name.split(/[\\/]/);
  const entries: Entry[] = [
    ...files.map((file) => ({ file, folders: split(file.name).slice(0, -1) })),
    ...folders.map((name) => ({ file: null, folders: split(name).filter((part) => part !== '') })),
  ].filter((entry) => !entry.folders.some(isHidden));
  const notes: string[] = [];
  const word = (part: string): SplitName | undefined => SPLITS[part.toLowerCase()];
  const pictures = entries.filter(({ file }) => file !== null && wanted(file));
  const inSplits = pictures.filter((entry) => entry.folders.some((part) => word(part)));
  const beside = pictures.filter((entry) => !entry.folders.some((part) => word(part)));
  // A folder `train` beside `car` and `bus`, with pictures of its own, is a class of vehicles.
  const asClass = beside.length > 0 && inSplits.some((entry) => word(entry.folders.at(-1) ?? ''));
  const placed = entries.map((entry) => {
    const at = asClass ? -1 : entry.folders.findIndex((part) => word(part));
    return { file: entry.file, at, of: word(entry.folders[at] ?? ''), inner: entry.folders.slice(at + 1) };
  });
  const anySplit = placed.some(({ of }) => of);
  if (anySplit && beside.length > 0)
    notes.push(
      `${beside.length} pictures lie beside the folders of splits (${listed(beside.map(({ file }) => file?.name ?? ''))}); they are taken for the split train.`,
    );
  const depth = sharedDepth(placed.flatMap(({ file, inner }) => (file && wanted(file) ? [inner] : [])));
  const classes = new Set<string>();
  const trained = new Set<string>();
  const found: (SortedFile & { readonly path: string })[] = [];
  let deeper: string | null = null;
  for (const { file, of, inner } of placed) {
    const own = inner.slice(depth);
    const label = own[0] ?? null;
    if (label !== null) classes.add(label);
    if (label !== null && (of ?? 'train') === 'train') trained.add(label);
    if (!file || !wanted(file)) continue;
    if (own.length > 1) deeper ??= file.name;
    found.push({ file, split: of ?? (anySplit ? 'train' : 'all'), label, path: own.slice(1).join('/') });
  }
  if (deeper !== null)
    notes.push(
      `Some pictures lie in folders within the class folders (${deeper}): the outer folder is the class, as in Keras.`,
    );
  const base = ({ name }: SourceFile) => split(name).at(-1) ?? name;
  found.sort(
    (a, b) =>
      byCodePoint(a.label ?? '', b.label ?? '') ||
      byCodePoint(a.path, b.path) ||
      byCodePoint(base(a.file), base(b.file)),
  );
  const labelled = found.some(({ label }) => label !== null);
  const names = labelled ? [...classes].sort(byCodePoint) : [];
  notes.push(...countedApart(trained, names));
  return { files: found, classes: names, notes };
}

/** Where train lacks folders that another split has, so that whoever trained on it alone counted otherwise. */
function countedApart(trained: ReadonlySet<string>, classes: readonly string[]): string[] {
  const alone = classes.filter((name) => trained.has(name));
  const other = alone.find((name, at) => at !== classes.indexOf(name));
  if (other === undefined) return [];
  const missing = classes.filter((name) => !trained.has(name));
  return [
    `train has no folder ${listed(missing)}: classes are counted over all splits, so that ${other} is ${classes.indexOf(other)}; Keras, which reads train alone, makes it ${alone.indexOf(other)}. If the model was trained so, choose the class order under Preprocessing.`,
  ];
}

/** What systems and programs keep for themselves. */
export function isHidden(part: string): boolean {
  return part.startsWith('.') || part === '__MACOSX';
}

/** Folders around all class folders: leading parts that all paths share, the last folder of a path excepted. */
function sharedDepth(paths: readonly (readonly string[])[]): number {
  const [first] = paths;
  if (!first) return 0;
  let depth = 0;
  while (paths.every((path) => path.length > depth + 1 && path[depth] === first[depth])) depth++;
  return depth;
}
