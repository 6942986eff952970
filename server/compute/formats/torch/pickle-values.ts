/** What a pickle of PyTorch is read into. Classes and functions that it names are names here: none is ever looked up. */
import type { NumberType } from '../files/number-types.ts';

export type PickleValue =
  | null
  | boolean
  | number
  | string
  | Buffer
  | PickleList
  | PickleDict
  | PickleGlobal
  | PickleTensor
  | PickleStorage
  | PickleObject;

/** A list, a tuple or a set. */
export class PickleList {
  constructor(readonly items: PickleValue[]) {}
}

/** In the order of the file; keys may be anything. */
export class PickleDict {
  readonly entries: [PickleValue, PickleValue][] = [];

  /** The last of that name, as Python has it. */
  get(name: string): PickleValue | undefined {
    return this.entries.findLast(([key]) => key === name)?.[1];
  }
}

/** A class or a function by its name: `torch.nn.modules.linear.Linear`. */
export class PickleGlobal {
  constructor(readonly name: string) {}
}

/** Numbers that lie elsewhere in the file. */
export class PickleStorage {
  constructor(
    readonly key: string,
    /** Null: bytes, whose type the tensor tells. */
    readonly type: TorchType | null,
    /** Numbers in it; bytes where it has no type. */
    readonly count: number,
    /** Where it begins in the storage of that key, in numbers. */
    readonly start: number,
  ) {}
}

export class PickleTensor {
  constructor(
    readonly storage: PickleStorage,
    readonly type: TorchType,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
    /** It is learnt, as the file says by torch.nn.Parameter. */
    readonly parameter: boolean,
  ) {}
}

/** An object of a class that is not built: its name, what it was to be made of, and its state. */
export class PickleObject {
  state: PickleValue | undefined;
  constructor(
    readonly name: string,
    readonly of: readonly PickleValue[],
  ) {}
}

/** Number types of storages; those without a reader are known by name, so that a tensor can be named by it. */
export type TorchType = NumberType | { readonly unread: string };

const STORAGES: Readonly<Record<string, TorchType>> = {
  ...{
    FloatStorage: 'float32',
    DoubleStorage: 'float64',
    HalfStorage: 'float16',
    BFloat16Storage: 'bfloat16',
  },
  ...{ LongStorage: 'int64', IntStorage: 'int32', ShortStorage: 'int16', CharStorage: 'int8' },
  ...{ ByteStorage: 'uint8', BoolStorage: 'bool' },
};
const TYPES: Readonly<Record<string, TorchType>> = {
  ...{ float: 'float32', float32: 'float32', double: 'float64', float64: 'float64' },
  ...{ half: 'float16', float16: 'float16', bfloat16: 'bfloat16' },
  ...{ long: 'int64', int64: 'int64', int: 'int32', int32: 'int32', short: 'int16', int16: 'int16' },
  ...{ int8: 'int8', uint8: 'uint8', bool: 'bool', uint16: 'uint16', uint32: 'uint32', uint64: 'uint64' },
};

/** Of `torch.FloatStorage`, `torch.cuda.HalfStorage`; null for bytes without a type. */
export function storageType(name: string): TorchType | null {
  const short = name.slice(name.lastIndexOf('.') + 1);
  if (short === 'UntypedStorage') return null;
  return STORAGES[short] ?? { unread: short.replace(/Storage$/, '') };
}

/** Of `torch.float32`. */
export function numberType(name: string): TorchType {
  const short = name.slice(name.lastIndexOf('.') + 1);
  return TYPES[short] ?? { unread: short };
}
