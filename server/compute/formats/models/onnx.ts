/** ONNX: one file, with its external data beside it where it has any. */

import { aboutOf } from '../files/about.ts';
import { baseName, extension, type SourceFile, secondModel, unsupported } from '../files/context.ts';
import { listed } from '../files/numbers.ts';
import type { ModelFormat } from '../format.ts';
import { looksLikeOnnx } from '../onnx/decode.ts';
import { readOnnx } from '../onnx/read.ts';
import { checkOperators } from '../onnx/support.ts';

export const format: ModelFormat = {
  async read(files) {
    const [file, second] = await models(files);
    if (!file) return null;
    if (second) throw secondModel(second, file);
    const { graph, weights, warnings, about, sequences, parts } = await readOnnx(file, files);
    checkOperators(graph, file.name);
    const lists = [...graph.inputs, ...graph.outputs]
      .map(({ name }) => name)
      .filter((name) => sequences.has(name));
    if (lists.length > 0)
      throw unsupported(
        file.name,
        `its inputs or outputs ${listed(lists)} are lists of tensors or may be absent; export the model with a tensor for each`,
      );
    const { name } = about;
    const told = aboutOf({
      producer: [about.producer, about.producerVersion],
      versions: [
        ...Object.entries(graph.opsets).map(([domain, version]) => [domain || 'operators (opset)', version]),
        ['file format (IR)', about.irVersion],
        ['model', about.version || null],
      ],
      metadata: [
        ['name', name],
        ['domain', about.domain],
        ['description', about.description],
        ...Object.entries(about.metadata),
      ],
    });
    return { model: { format: 'onnx', file: file.name, name, graph, weights, warnings, about: told }, parts };
  },
};

/** Content may come under any name: TensorFlow's and old exporters' files are `.pb`, downloads have none. */
const OTHER_NAMES = new Set(['pb', 'model', 'bin', '']);

async function models(files: readonly SourceFile[]): Promise<readonly SourceFile[]> {
  const named = files.filter(({ name }) => extension(name) === 'onnx');
  if (named.length > 0) return named;
  const [only, ...others] = files.filter(
    ({ name }) => OTHER_NAMES.has(extension(name)) && !baseName(name).startsWith('.'),
  );
  return only && others.length === 0 && looksLikeOnnx(await only.read()) ? [only] : [];
}
