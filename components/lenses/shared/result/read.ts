/** What lenses need of a result, checked: a result that lacks it is told to the reader, not drawn wrongly. */
import type { z } from 'zod';
import type { NamedTensor, Result } from '@/core/result/types.ts';

export class LensError extends Error {
  override name = 'LensError';
}

/** A tensor of the result. Throws LensError when it is missing or has another number of dimensions. */
export function tensorOf(result: Result, name: string, rank: number): NamedTensor {
  const tensor = result.tensors[name];
  if (!tensor)
    throw new LensError(
      `The result has no tensor “${name}”; it has ${Object.keys(result.tensors).join(', ') || 'none'}. Run the query again.`,
    );
  if (tensor.shape.length !== rank)
    throw new LensError(
      `The tensor “${name}” has ${tensor.shape.length} dimensions, but ${rank} are needed to draw it. Choose another lens.`,
    );
  return tensor;
}
export function optionalTensor(result: Result, name: string, rank: number): NamedTensor | null {
  const tensor = result.tensors[name];
  return tensor?.shape.length === rank ? tensor : null;
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
