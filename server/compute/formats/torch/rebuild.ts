/** The few calls in pickles of PyTorch whose outcome is known without calling anything. */
import { invalid } from '../files/context.ts';
import {
  numberType,
  PickleDict,
  PickleGlobal,
  PickleList,
  PickleObject,
  PickleStorage,
  PickleTensor,
  type PickleValue,
  type TorchType,
} from './pickle-values.ts';

/** What a call of this name makes of these; an object that is known by its name, where that is none of the few. */
export function rebuilt(name: string, of: readonly PickleValue[], file: string): PickleValue {
  switch (name) {
    case 'torch._utils._rebuild_tensor':
    case 'torch._utils._rebuild_tensor_v2':
      return tensor(of, null, file);
    case 'torch._utils._rebuild_tensor_v3':
      return tensor(of, of[6] instanceof PickleGlobal ? numberType(of[6].name) : null, file);
    case 'torch._utils._rebuild_parameter':
    case 'torch._utils._rebuild_parameter_with_state':
      return parameter(of[0] ?? null);
    case 'torch._tensor._rebuild_from_type_v2': {
      const [made, , args] = of;
      if (!(made instanceof PickleGlobal) || !(args instanceof PickleList)) break;
      // Within itself it would go on for as long as the file is.
      if (made.name === name) break;
      return rebuilt(made.name, args.items, file);
    }
    case 'collections.OrderedDict':
    case 'collections.defaultdict':
    case 'builtins.dict':
      return dictionary(of);
    case 'torch.Size':
      return of[0] ?? new PickleList([]);
    // A class as protocol 2 of Python makes its objects.
    case 'copyreg._reconstructor':
    case 'copy_reg._reconstructor':
      if (of[0] instanceof PickleGlobal) return new PickleObject(of[0].name, []);
      break;
    default:
  }
  return new PickleObject(name, of);
}

/** Pairs are only given by Python 2: later ones set the entries afterwards. */
function dictionary(of: readonly PickleValue[]): PickleDict {
  const dict = new PickleDict();
  const [pairs] = of;
  if (pairs instanceof PickleList)
    for (const pair of pairs.items)
      if (pair instanceof PickleList && pair.items.length === 2)
        dict.entries.push([pair.items[0]!, pair.items[1]!]);
  return dict;
}

function parameter(value: PickleValue): PickleValue {
  if (!(value instanceof PickleTensor)) return value;
  const { storage, type, offset, shape, strides } = value;
  return new PickleTensor(storage, type, offset, shape, strides, true);
}

function tensor(of: readonly PickleValue[], told: TorchType | null, file: string): PickleValue {
  const [storage, offset, shape, strides] = of;
  if (!(storage instanceof PickleStorage)) return new PickleObject('a tensor without numbers', []);
  const type = told ?? storage.type;
  const sizes = sizesOf(shape);
  const steps = sizesOf(strides);
  if (type === null || sizes === null || steps === null || steps.length !== sizes.length || !isSize(offset))
    throw invalid(file, 'one of its tensors has no type, sizes or strides that can be; save the file again');
  return new PickleTensor(storage, type, offset, sizes, steps, false);
}

function sizesOf(value: PickleValue | undefined): number[] | null {
  if (!(value instanceof PickleList)) return null;
  const sizes = value.items.filter(isSize);
  return sizes.length === value.items.length ? sizes : null;
}

function isSize(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
