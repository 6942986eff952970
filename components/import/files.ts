/** What was dropped: its files with their folders, what it is, and a name for it. */
import { unzip } from 'fflate';
import { DATA_FORMATS, freeName, isData, isModel, isOneImport, nameFrom } from '@/core/formats/index.ts';

export interface DroppedFile {
  /** With folders where a folder was dropped. */
  readonly path: string;
  readonly file: File;
}
export type ImportKind = 'model' | 'dataset';

/** Names are read from a zip up to this size; a larger one is taken for pictures. */
const MAX_PEEK_BYTES = 200_000_000;
/** More than this is a folder dropped by mistake. */
export const MAX_FILES = 500;

/** Call within the drop event: the entries are gone afterwards. */
export function entriesOf(transfer: DataTransfer): Promise<DroppedFile[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0)
    return Promise.resolve([...transfer.files].map((file) => ({ path: file.name, file })));
  return Promise.all(entries.map(walk)).then((lists) => lists.flat());
}

async function walk(entry: FileSystemEntry): Promise<DroppedFile[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => entry.file(resolve, reject));
    return [{ path: entry.fullPath.replace(/^\//, ''), file }];
  }
  if (!isFolder(entry)) return [];
  const reader = entry.createReader();
  const files: DroppedFile[] = [];
  // A reader gives at most a hundred entries at a time.
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (some.length === 0) return files;
    for (const child of some) files.push(...(await walk(child)));
    if (files.length > MAX_FILES) return files;
  }
}
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

/** Data beside a model's weights are data for themselves; a picture there belongs to the model. */
const isDataBesideModel = (path: string) => isData(path) && !isData(path, DATA_FORMATS.images);
/** A model that came with its weights beside it. */
const hasWeightsBeside = (path: string) => isModel(path) && !isOneImport(path);

/**
 * What was dropped together, as one import each: every model file and every zip is one for itself, a model.json takes
 * the weights of its folder, and what remains is one data set.
 */
export function importsIn(files: readonly DroppedFile[]): readonly (readonly DroppedFile[])[] {
  const groups = new Map<string, DroppedFile[]>();
  const folders = files.filter(({ path }) => hasWeightsBeside(path)).map(({ path }) => folderOf(path));
  for (const file of files) {
    const folder = folderOf(file.path);
    const weights = folders.includes(folder) && !isDataBesideModel(file.path);
    const group = isOneImport(file.path) ? `file ${file.path}` : weights ? `folder ${folder}` : 'data';
    groups.set(group, [...(groups.get(group) ?? []), file]);
  }
  return [...groups.values()];
}
const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);

/** Null: none of the formats that can be read. */
export async function kindOf(files: readonly DroppedFile[]): Promise<ImportKind | null> {
  const paths = files.map(({ path }) => path);
  if (paths.some((path) => isModel(path))) return 'model';
  if (paths.some((path) => isData(path))) return 'dataset';
  const zip = files.find(({ path }) => /\.zip$/i.test(path));
  if (!zip) return null;
  if (zip.file.size > MAX_PEEK_BYTES) return 'dataset';
  return (await namesIn(zip.file)).some((name) => isModel(name)) ? 'model' : 'dataset';
}

/** A damaged zip has no names here; the server says what is wrong with it. */
async function namesIn(zip: File): Promise<string[]> {
  const bytes = new Uint8Array(await zip.arrayBuffer());
  const names: string[] = [];
  return new Promise((resolve) => {
    unzip(
      bytes,
      {
        filter: ({ name }) => {
          names.push(name);
          return false;
        },
      },
      () => resolve(names),
    );
  });
}

/** A name fit for addresses that is not taken yet. */
export function nameFor(files: readonly DroppedFile[], taken: readonly string[]): string {
  const first = files.find(({ path }) => isModel(path)) ?? files[0];
  return freeName(nameFrom(first?.path ?? '', 'import'), taken);
}
