/** What is read of `models/model.json` in an archive of torch.export (torch/_export/serde/schema.py). */
import { z } from 'zod';

const named = z.object({ name: z.string() });
const size = z.union([
  z.object({ as_int: z.number().int() }),
  z.object({ as_expr: z.object({ expr_str: z.string() }) }),
]);
const symbol = z.union([z.object({ as_int: z.number().int() }), z.object({ as_name: z.string() })]);

/** A value of one of many kinds, under the kind's name; what is not known here is refused where it is asked for. */
const argument = z.looseObject({
  as_tensor: named.optional(),
  as_tensors: z.array(named).optional(),
  as_optional_tensors: z.array(z.looseObject({ as_tensor: named.optional() })).optional(),
  as_int: z.number().optional(),
  as_ints: z.array(z.number()).optional(),
  as_float: z.union([z.number(), z.string()]).optional(),
  as_floats: z.array(z.number()).optional(),
  as_bool: z.boolean().optional(),
  as_string: z.string().optional(),
  as_sym_int: symbol.optional(),
  as_sym_ints: z.array(symbol).optional(),
  as_scalar_type: z.number().optional(),
});
export type Argument = z.infer<typeof argument>;

const node = z.object({
  target: z.string(),
  inputs: z.array(z.object({ name: z.string(), arg: argument })),
  outputs: z.array(argument),
  metadata: z.record(z.string(), z.string()),
  name: z.string().nullish(),
});
export type ExportedNode = z.infer<typeof node>;

const meta = z.object({ dtype: z.number(), sizes: z.array(size) });
export type TensorMeta = z.infer<typeof meta>;

const tensorArgument = z.object({ name: z.string() });
const inputSpec = z.union([
  z.object({ parameter: z.object({ arg: tensorArgument, parameter_name: z.string() }) }),
  z.object({ buffer: z.object({ arg: tensorArgument, buffer_name: z.string() }) }),
  z.object({ tensor_constant: z.object({ arg: tensorArgument, tensor_constant_name: z.string() }) }),
  z.object({ user_input: z.object({ arg: argument }) }),
]);

export const modelSchema = z.object({
  graph_module: z.object({
    graph: z.object({
      nodes: z.array(node),
      tensor_values: z.record(z.string(), meta),
    }),
    signature: z.object({
      input_specs: z.array(inputSpec),
      output_specs: z.array(z.looseObject({ user_output: z.object({ arg: argument }).optional() })),
    }),
  }),
});
export type ExportedModel = z.infer<typeof modelSchema>;

export const payloadSchema = z.object({
  config: z.record(
    z.string(),
    z.object({
      path_name: z.string(),
      use_pickle: z.boolean(),
      tensor_meta: z
        .object({
          dtype: z.number(),
          sizes: z.array(z.object({ as_int: z.number() })),
          strides: z.array(z.object({ as_int: z.number() })),
          storage_offset: z.object({ as_int: z.number() }),
        })
        .nullable(),
    }),
  ),
});
