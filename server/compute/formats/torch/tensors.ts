/** Numbers of a tensor out of its storage: offsets and strides are followed within what the storage holds. */
import { elementsOf, invalid, unsupported } from '../files/context.ts';
import { type ArrayData, decodeNumbers, type NumberType, widthOf } from '../files/number-types.ts';
import type { TorchFile } from './archive.ts';
import type { PickleTensor } from './pickle-values.ts';

/** The number type, where it is one that is read. */
export function typeOf({ type }: PickleTensor): NumberType | null {
  return typeof type === 'string' ? type : null;
}

/** Throws UserError before anything is read, where the tensor says more than its storage can hold. */
export function checkTensor(
  { storage, offset, shape, strides }: PickleTensor,
  name: string,
  file: string,
): void {
  const count = elementsOf(shape, file, name);
  if (count === 0) return;
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), offset);
  if (storage.type !== null && last >= storage.count) throw beyond(name, file);
  // Strides of 0 make a large tensor of one number.
  if (count > Math.max(2 ** 20, 64 * storage.count))
    throw unsupported(
      file,
      `${name} repeats ${storage.count} numbers to the shape [${shape.join(', ')}]; save it as a tensor of its own: tensor.clone()`,
    );
}

/** Row by row. */
export async function numbersOf(
  tensor: PickleTensor,
  name: string,
  from: Pick<TorchFile, 'file' | 'little' | 'storage'>,
): Promise<ArrayData> {
  const { storage, offset, shape, strides } = tensor;
  const type = typeOf(tensor);
  if (type === null) throw new Error(`${name} is of a type that is not read`);
  checkTensor(tensor, name, from.file);
  const count = elementsOf(shape, from.file, name);
  const raw = await from.storage(storage.key);
  const width = widthOf(type);
  const begin = (storage.start + offset) * width;
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), 0);
  if (count > 0 && begin + (last + 1) * width > raw.length) throw beyond(name, from.file);
  const what = `${from.file}: ${name}`;
  if (isContiguous(shape, strides))
    return decodeNumbers(raw.subarray(begin, begin + count * width), count, type, from.little, what);
  const all = decodeNumbers(
    raw.subarray(begin, begin + (last + 1) * width),
    last + 1,
    type,
    from.little,
    what,
  );
  const out = new Float64Array(count);
  const place = new Array<number>(shape.length).fill(0);
  let at = 0;
  for (let i = 0; i < count; i++) {
    out[i] = all[at] ?? 0;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const step = strides[axis] ?? 0;
      at += step;
      const next = (place[axis] ?? 0) + 1;
      if (next < (shape[axis] ?? 0)) {
        place[axis] = next;
        break;
      }
      at -= step * next;
      place[axis] = 0;
    }
  }
  return out;
}

function isContiguous(shape: readonly number[], strides: readonly number[]): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 0;
    if (size !== 1 && strides[axis] !== expected) return false;
    expected *= size;
  }
  return true;
}

const beyond = (name: string, file: string) =>
  invalid(file, `${name} lies beyond what its storage holds; the file is damaged, so save or copy it again`);
