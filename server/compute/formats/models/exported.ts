/** Archives of torch.export. */

import { readExported } from '../exported/read.ts';
import { extension, secondModel } from '../files/context.ts';
import { openZip } from '../files/zip.ts';
import type { ModelFormat } from '../format.ts';

export const format: ModelFormat = {
  async read(files) {
    const [file, second] = files.filter(({ name }) => extension(name) === 'pt2');
    if (!file) return null;
    if (second) throw secondModel(second, file);
    const archive = await openZip(await file.read(), file.name);
    try {
      return { model: await readExported(archive.files, file.name), parts: [file] };
    } catch (error) {
      archive.close();
      throw error;
    }
  },
};
