/** What lenses need of a result, checked: a result that lacks it is told to the reader, not drawn wrongly. */
import type { z } from 'zod';
import { kindOf, type NamedTensor, type Result, type TensorName } from '@/core/result/types.ts';

export class LensError extends Error {
  override name = 'LensError';
}

/** A tensor of the result. Throws LensError when it is missing, or has other axes than its type says. */
export function tensorOf(result: Result, name: TensorName): NamedTensor {
  const tensor = result.tensors[name];
  if (!tensor)
    throw new LensError(
      `The result has no tensor “${name}”; it has ${Object.keys(result.tensors).join(', ') || 'none'}. Run the query again.`,
    );
  const axes = kindOf(result.meta.type).tensors[name]?.axes ?? [];
  if (tensor.shape.length !== axes.length)
    throw new LensError(
      `The tensor “${name}” has ${tensor.shape.length} dimensions, but ${axes.length} are needed to draw it. Choose another lens.`,
    );
  return tensor;
}
/** Null where the result has none, or one of other axes. */
export function optionalTensor(result: Result, name: TensorName): NamedTensor | null {
  const tensor = result.tensors[name];
  const axes = kindOf(result.meta.type).tensors[name]?.axes;
  return axes !== undefined && tensor?.shape.length === axes.length ? tensor : null;
}

/** The result's record, parsed. Throws LensError when it is of another kind. */
export function recordOf<T>(result: Result, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(result.meta.record);
  if (!parsed.success)
    throw new LensError(
      `The facts that come with this ${result.meta.type} are incomplete. Run the query again.`,
    );
  return parsed.data;
}

/** Labels of an axis, or its indices. */
export function labelsOf(result: Result, axis: string, size: number): readonly string[] {
  const found = result.meta.axes.find((a) => a.name === axis)?.labels;
  return found && found.length === size ? found : Array.from({ length: size }, (_, i) => String(i));
}
