/** Named axes and number types of a result's tensors. */
import { z } from 'zod';

export const DTYPES = ['F32', 'F64', 'I32', 'U8', 'BOOL'] as const;
export const dtypeSchema = z.enum(DTYPES);
export type Dtype = z.infer<typeof dtypeSchema>;

export const axisSchema = z.object({
  name: z.string(),
  size: z.number().int().nonnegative(),
  unit: z.string().optional(),
  labels: z.array(z.string()).optional(),
});
export type Axis = z.infer<typeof axisSchema>;

/** One tensor of a result: its axes name every dimension, in order. */
export const tensorInfoSchema = z.object({
  dtype: dtypeSchema,
  shape: z.array(z.number().int().nonnegative()),
  axes: z.array(z.string()),
});
export type TensorInfo = z.infer<typeof tensorInfoSchema>;
