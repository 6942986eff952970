/** Weights that are read from where they lie on the disk, so that the file which was read for its graph can go. */
import type { ElementType } from '../../../../core/artifacts/operators.ts';
import { type FilePlace, readPart } from '../files/context.ts';
import type { Content } from './external.ts';
import type { Weight } from './graph.ts';
import { tensorOfBytes } from './tensors.ts';

export interface LaidWeight extends Pick<Weight, 'name' | 'type' | 'shape'> {
  read(): ReturnType<Weight['read']> | Promise<ReturnType<Weight['read']>>;
}

/** `contents`: of the files that the weights are views into. What was made, or lies in an archive, stays in memory. */
export async function laidWeights(
  weights: readonly Weight[],
  contents: readonly Content[],
): Promise<readonly LaidWeight[]> {
  const places: { readonly bytes: Buffer; readonly place: FilePlace }[] = [];
  for (const { file, bytes } of contents) {
    const place = await file.place?.();
    if (place) places.push({ bytes, place });
  }
  return weights.map((weight) => {
    const { bytes, type } = weight;
    const whole = places.find((each) => each.bytes.buffer === bytes?.buffer);
    return bytes && whole && type !== 'string'
      ? laid(weight, type, bytes.length, whole.place, bytes.byteOffset - whole.bytes.byteOffset)
      : weight;
  });
}

/** Apart, so that what is kept refers to nothing of the file's content. */
function laid(
  { name, shape, count }: Weight,
  type: Exclude<ElementType, 'string'>,
  length: number,
  place: FilePlace,
  at: number,
): LaidWeight {
  return {
    ...{ name, type, shape },
    read: async () => tensorOfBytes(type, shape, count, await readPart(place, at, length)).read(),
  };
}
