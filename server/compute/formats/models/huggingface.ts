/** Folders of transformers: `config.json` with the weights beside it. The graph is built from the configuration. */
import { baseName, type SourceFile } from '../files/context.ts';
import { parseFileJson } from '../files/json.ts';
import type { ModelFormat } from '../format.ts';
import { Config, isRecord } from '../huggingface/config.ts';
import { buildTransformer, folderName } from '../huggingface/read.ts';
import { readStateFiles } from '../torch/state-files.ts';

export const format: ModelFormat = {
  async read(files, upload) {
    for (const file of files) {
      if (baseName(file.name) !== 'config.json') continue;
      const values = await typedConfig(file);
      if (!values) continue;
      const folder = file.name.slice(0, -'config.json'.length);
      const beside = files.filter(
        ({ name }) => name.startsWith(folder) && !name.slice(folder.length).includes('/'),
      );
      const state = await readStateFiles(beside);
      if (!state) continue;
      const model = buildTransformer(
        new Config(values, file.name),
        state.parameters,
        folderName(file, upload),
      );
      return { model, parts: [...beside.filter(isText), ...state.files] };
    }
    return null;
  },
};

/** Tokenizers and notes lie in every such folder: nobody misses them. */
const isText = ({ name }: SourceFile) => /\.(json|txt|md|model|jinja)$|^[^.]+$|(^|\/)\.[^/]*$/i.test(name);

/** A configuration of Keras has no type of model. */
async function typedConfig(file: SourceFile): Promise<Record<string, unknown> | null> {
  const values = parseFileJson((await file.read()).toString('utf8'), file.name);
  return isRecord(values) && typeof values.model_type === 'string' ? values : null;
}
