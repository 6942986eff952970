/** The files that a path on the command line means: a folder's, or a file with what may belong to it beside it. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { isData, isModel, isOneImport } from '../../core/formats/index.ts';
import type { UploadedFile } from '../compute/contract.ts';
import { CommandError } from './connection.ts';

/** Of a model's folder; whoever names their home folder by mistake is told so. */
const MOST_FILES = 5000;

/** A file, or all files of a folder with their paths in it. Throws CommandError. */
export async function filesAt(at: string): Promise<UploadedFile[]> {
  const found = await stat(at).catch(() => null);
  if (!found) throw new CommandError(`There is no file ${at}.`);
  if (!found.isDirectory()) return [{ name: path.basename(at), path: path.resolve(at), bytes: found.size }];
  const files: UploadedFile[] = [];
  await collect(path.resolve(at), '', files);
  if (files.length === 0) throw new CommandError(`The folder ${at} is empty.`);
  return files;
}

/**
 * A model's files: those at the path and, beside a file, others that are no model and no data of their own, for a model may
 * keep its weights in files of its own. What turns out not to belong to it is left.
 */
export async function modelFilesAt(at: string): Promise<UploadedFile[]> {
  const files = await filesAt(at);
  const [file] = files;
  if (files.length !== 1 || !file || path.resolve(at) !== file.path) return files;
  const folder = path.dirname(file.path);
  const beside = await readdir(folder, { withFileTypes: true });
  if (beside.length > MOST_FILES) return files;
  for (const entry of beside) {
    const own = path.join(folder, entry.name);
    if (!entry.isFile() || own === file.path || isModel(entry.name) || isData(entry.name)) continue;
    if (isOneImport(entry.name)) continue;
    files.push({ name: entry.name, path: own, bytes: (await stat(own)).size });
  }
  return files;
}

async function collect(root: string, within: string, files: UploadedFile[]): Promise<void> {
  for (const entry of await readdir(path.join(root, within), { withFileTypes: true })) {
    if (entry.name.startsWith('.')) continue;
    const name = within === '' ? entry.name : `${within}/${entry.name}`;
    if (entry.isDirectory()) await collect(root, name, files);
    else if (entry.isFile()) {
      if (files.length >= MOST_FILES)
        throw new CommandError(`${root} holds more than ${MOST_FILES} files; name the folder of the model.`);
      const at = path.join(root, name);
      files.push({ name, path: at, bytes: (await stat(at)).size });
    }
  }
}
