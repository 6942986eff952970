/** Weights and constants of an archive of torch.export, by the names that its graph has for them. */
import { invalid, type SourceFile, unsupported } from '../files/context.ts';
import { parseFileJson } from '../files/json.ts';
import type { NumberType } from '../files/number-types.ts';
import type { RawParameter } from '../parameters/model.ts';
import { openTorch, type TorchFile } from '../torch/archive.ts';
import { kept, namedTensors } from '../torch/parameters.ts';
import { PickleStorage, PickleTensor } from '../torch/pickle-values.ts';
import { checkTensor, numbersOf } from '../torch/tensors.ts';
import { payloadSchema } from './schema.ts';

/** Numbers of schema.ScalarType. */
const TYPES: Readonly<Record<number, NumberType>> = {
  ...{ 1: 'uint8', 2: 'int8', 3: 'int16', 4: 'int32', 5: 'int64', 6: 'float16', 7: 'float32', 8: 'float64' },
  ...{ 12: 'bool', 13: 'bfloat16', 28: 'uint16' },
};

/** Of today's layout, and of that before PyTorch 2.8. */
export async function readWeights(
  entries: readonly SourceFile[],
  file: string,
): Promise<ReadonlyMap<string, RawParameter>> {
  const found = new Map<string, RawParameter>();
  for (const kind of ['weights', 'constants'])
    for (const each of await rawNumbers(entries, kind, file)) found.set(each.name, each);
  for (const name of ['serialized_state_dict', 'serialized_constants'])
    for (const entry of entries.filter(
      (each) => each.name.endsWith(`${name}.pt`) || each.name.endsWith(`${name}.json`),
    )) {
      const torch = await openTorch(entry);
      if (!torch) continue;
      for (const each of await namedTensors(torch, `${file}/${entry.name}`)) found.set(each.name, each);
    }
  return found;
}

/** `data/weights/model_weights_config.json` says where each lies, and how. */
async function rawNumbers(
  entries: readonly SourceFile[],
  kind: string,
  file: string,
): Promise<RawParameter[]> {
  const config = entries.find(({ name }) => name.endsWith(`data/${kind}/model_${kind}_config.json`));
  if (!config) return [];
  const what = `the list of its ${kind}`;
  const parsed = payloadSchema.safeParse(parseFileJson((await config.read()).toString('utf8'), file, what));
  if (!parsed.success) throw invalid(file, `${what} is not written as torch.export does; save it again`);
  const folder = config.name.slice(0, config.name.lastIndexOf('/') + 1);
  const files = new Map(entries.map((each) => [each.name, each]));
  const from: Pick<TorchFile, 'file' | 'little' | 'storage'> = {
    ...{ file, little: true },
    storage: async (key) => {
      const entry = files.get(`${folder}${key}`);
      if (!entry)
        throw invalid(file, `the numbers of one of its ${kind} (${key}) are missing; save it again`);
      return await entry.read();
    },
  };
  return Object.entries(parsed.data.config).map(
    ([name, { path_name: key, use_pickle: pickled, tensor_meta: meta }]) => {
      const type = meta ? TYPES[meta.dtype] : undefined;
      if (pickled || !meta || !type)
        throw unsupported(
          file,
          `the weight ${name} is kept as an object or in a type that is not read; export the model as ONNX`,
        );
      const plain = (sizes: readonly { as_int: number }[]) => sizes.map((size) => size.as_int);
      const bytes = files.get(`${folder}${key}`)?.bytes ?? 0;
      const storage = new PickleStorage(key, null, bytes, 0);
      const shape = plain(meta.sizes);
      const tensor = new PickleTensor(
        storage,
        type,
        meta.storage_offset.as_int,
        shape,
        plain(meta.strides),
        false,
      );
      checkTensor(tensor, name, file);
      return { name, shape, type, read: async () => kept(await numbersOf(tensor, name, from), type) };
    },
  );
}
