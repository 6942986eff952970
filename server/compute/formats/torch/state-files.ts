/** Weights by name from the files that transformers writes: safetensors or torch.save, whole or in shards. */
import { openSafetensors, SafetensorsError } from '../../../../core/result/index.ts';
import { baseName, elementsOf, extension, invalid, type SourceFile } from '../files/context.ts';
import { decodeNumbers, type NumberType, widthOf } from '../files/number-types.ts';
import { counted, listed } from '../files/numbers.ts';
import type { RawParameter } from '../parameters/model.ts';
import { openTorch } from './archive.ts';
import { kept, parametersOf } from './parameters.ts';

const TYPES = {
  ...{ BOOL: 'bool', U8: 'uint8', I8: 'int8', U16: 'uint16', I16: 'int16', U32: 'uint32', I32: 'int32' },
  ...{ U64: 'uint64', I64: 'int64', F16: 'float16', BF16: 'bfloat16', F32: 'float32', F64: 'float64' },
} as const satisfies Record<string, NumberType>;
const NAMES: readonly (keyof typeof TYPES)[] = [
  ...(['BOOL', 'U8', 'I8', 'U16', 'I16', 'U32', 'I32'] as const),
  ...(['U64', 'I64', 'F16', 'BF16', 'F32', 'F64'] as const),
];

export interface StateFiles {
  readonly parameters: readonly RawParameter[];
  readonly files: readonly SourceFile[];
}

/** Of one folder; null where none is there. Several safetensors are shards, and win over files of torch.save. */
export async function readStateFiles(files: readonly SourceFile[]): Promise<StateFiles | null> {
  const safe = files.filter(({ name }) => extension(name) === 'safetensors');
  const saved = files.filter(({ name }) => /^pytorch_model.*\.bin$/.test(baseName(name)));
  const chosen = wholeFirst(safe.length > 0 ? safe : saved);
  if (chosen.length === 0) return null;
  const parameters = new Map<string, RawParameter>();
  for (const file of chosen)
    for (const parameter of await parametersIn(file)) {
      if (parameters.has(parameter.name))
        throw invalid(
          file.name,
          `the weight ${parameter.name} is in another file too; send the files of one model`,
        );
      parameters.set(parameter.name, parameter);
    }
  return { parameters: [...parameters.values()], files: chosen };
}

/** A whole file where there is one beside its shards; all the shards that their names count. */
function wholeFirst(files: readonly SourceFile[]): readonly SourceFile[] {
  const shard = ({ name }: SourceFile) => /-(\d{5})-of-(\d{5})\.\w+$/.exec(name);
  const whole = files.filter((file) => !shard(file));
  const named = whole.find(({ name }) => /^(model|pytorch_model)\.\w+$/.test(baseName(name))) ?? whole[0];
  if (named) return [named];
  const [first] = files;
  const expected = first ? Number(shard(first)?.[2]) : 0;
  if (first && files.length !== expected)
    throw invalid(
      first.name,
      `${counted(files.length, 'part', 'parts')} of ${expected} ${files.length === 1 ? 'was' : 'were'} sent (${listed(files.map(({ name }) => baseName(name)))}); send all of them`,
    );
  return files;
}

async function parametersIn(file: SourceFile): Promise<readonly RawParameter[]> {
  if (extension(file.name) === 'safetensors') return safetensorsOf(file);
  const torch = await openTorch(file);
  if (!torch)
    throw invalid(file.name, 'it is not of torch.save, or it is cut off; copy or download the file again');
  return (await parametersOf(torch, file.name)).parameters;
}

/** Read tensor by tensor. Throws UserError. */
export async function safetensorsOf(file: SourceFile): Promise<readonly RawParameter[]> {
  const bytes = await file.read();
  try {
    const { entries } = openSafetensors(bytes, NAMES, (dtype) => widthOf(TYPES[dtype]));
    return Object.entries(entries).map(([name, { dtype, shape, count, at }]) => {
      elementsOf(shape, file.name, name);
      const type = TYPES[dtype];
      const raw = bytes.subarray(at, at + count * widthOf(type));
      return {
        ...{ name, shape, type },
        read: async () => kept(decodeNumbers(raw, count, type, true, `${file.name}: ${name}`), type),
      };
    });
  } catch (error) {
    if (error instanceof SafetensorsError)
      throw invalid(file.name, `not a valid safetensors file: ${error.message}`);
    throw error;
  }
}
