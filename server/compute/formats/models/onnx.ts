/** ONNX: one file, with its external data beside it where it has any. */
import { extension, secondModel } from '../files/context.ts';
import type { ModelFormat } from '../format.ts';
import { readOnnx } from '../onnx/read.ts';

export const format: ModelFormat = {
  async read(files) {
    const [file, second] = files.filter(({ name }) => extension(name) === 'onnx');
    if (!file) return null;
    if (second) throw secondModel(second, file);
    const { graph, weights, warnings, about } = await readOnnx(file, files);
    return {
      model: { format: 'onnx', file: file.name, name: about.name, graph, weights, warnings },
      file: null,
    };
  },
};
