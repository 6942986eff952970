/** Uploaded files, with archives opened: what the importers look through. */
import { open, readFile } from 'node:fs/promises';
import { isOwnZip } from '../../../../core/formats/index.ts';
import type { UploadedFile } from '../../contract.ts';
import { extension, invalid, type SourceFile } from './context.ts';
import { type Archive, looksLikeZip, openZip } from './zip.ts';

export interface Sources {
  readonly files: readonly SourceFile[];
  /** Folders of the archives, also empty ones. */
  readonly folders: readonly string[];
  close(): void;
}

/** Throws UserError when nothing was uploaded, a file is empty, or an archive is damaged or unsafe. */
export async function openSources(uploaded: readonly UploadedFile[]): Promise<Sources> {
  if (uploaded.length === 0) throw invalid('upload', 'no file was sent; choose one or more files');
  const files: SourceFile[] = [];
  const folders: string[] = [];
  const archives: Archive[] = [];
  const close = () => {
    for (const archive of archives) archive.close();
  };
  try {
    for (const file of uploaded) {
      if (file.bytes === 0) throw invalid(file.name, 'the file is empty');
      const head = await readHead(file.path);
      if (looksLikeZip(head) && !isOwnZip(file.name)) {
        const archive = await openZip(file.path, file.name);
        archives.push(archive);
        if (archive.files.length === 0) throw invalid(file.name, 'the archive holds no files');
        files.push(...archive.files);
        folders.push(...archive.folders);
      } else if (extension(file.name) === 'zip')
        throw invalid(
          file.name,
          'the file is named .zip, but it is not a zip archive, or its beginning is lost',
        );
      else
        files.push({
          ...{ name: file.name, bytes: file.bytes, read: () => readFile(file.path) },
          place: async () => ({ path: file.path, offset: 0, bytes: file.bytes }),
        });
    }
    return { files, folders, close };
  } catch (error) {
    close();
    throw error;
  }
}

async function readHead(path: string): Promise<Uint8Array> {
  const handle = await open(path, 'r');
  try {
    const head = new Uint8Array(8);
    await handle.read(head, 0, 8, 0);
    return head;
  } finally {
    await handle.close();
  }
}
