/** What a dropped file is: by its name, since that is what its owner knows it by. */
export type ImportKind = 'model' | 'dataset';

const MODEL = /\.(keras|h5|hdf5|json|bin)$/i;
const DATASET = /(\.(npz|npy|csv|tsv|safetensors)|ubyte|\.idx\d?)(\.gz)?$/i;

/** Null: it may be either (a zip). */
export function kindOf(names: readonly string[]): ImportKind | null {
  if (names.some((name) => MODEL.test(name))) return 'model';
  if (names.some((name) => DATASET.test(name))) return 'dataset';
  return null;
}

/** A name that addresses allow, from a file's. */
export function nameFrom(file: string): string {
  const base = (file.split('/').at(-1) ?? file)
    .replace(/(\.(keras|h5|hdf5|json|zip|npz|npy|csv|tsv|safetensors|gz|idx\d?))+$/i, '')
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^[^A-Za-z]+/, '')
    .replace(/-+$/, '')
    .slice(0, 64);
  return base === '' ? 'imported' : base;
}

/** `model.json` says nothing: then the folder that it came in, or what else was dropped. */
export function suggestName(files: readonly { readonly name: string; readonly folder: string }[]): string {
  const telling = files.find((f) => !/^(model|weights|group\d)/i.test(f.name) && !/\.bin$/i.test(f.name));
  const first = files[0];
  if (telling) return nameFrom(telling.name);
  if (first?.folder) return nameFrom(first.folder);
  return nameFrom(first?.name ?? 'model');
}

export interface DroppedFile {
  readonly file: File;
  /** Path below the dropped folder, or the name. */
  readonly path: string;
}

/** Files and folders of a drop, folders walked. Must be called while the event is handled: the list empties after it. */
export async function droppedFiles(transfer: DataTransfer): Promise<DroppedFile[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry?.() ?? []);
  if (entries.length === 0) return [...transfer.files].map((file) => ({ file, path: file.name }));
  const lists = await Promise.all(entries.map(walk));
  return lists.flat();
}

async function walk(entry: FileSystemEntry): Promise<DroppedFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ file, path: entry.fullPath.replace(/^\//, '') }];
  }
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const found: FileSystemEntry[] = [];
  // A reader gives at most a hundred at a time, and nothing when it is done.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) break;
    found.push(...some);
  }
  const inside = await Promise.all(found.map(walk));
  return inside.flat();
}
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
