/** Number types by the codes that attributes (`to`, `dtype`) have them as: TensorProto.DataType. */
import type { ElementType } from '../../../../core/artifacts/operators.ts';
import { UserError } from '../../../../core/errors/index.ts';

const TYPES: readonly (ElementType | null)[] = [
  ...([null, 'float32', 'uint8', 'int8', 'uint16', 'int16', 'int32', 'int64', 'string', 'bool'] as const),
  ...(['float16', 'float64', 'uint32', 'uint64', null, null, 'bfloat16'] as const),
  ...(['float8e4m3fn', 'float8e4m3fnuz', 'float8e5m2', 'float8e5m2fnuz', 'uint4', 'int4'] as const),
];

/** Throws UserError('unsupported') for a type that is not computed with. */
export function elementTypeOf(code: number, node: string): ElementType {
  const type = TYPES[code];
  if (type) return type;
  throw new UserError(
    'unsupported',
    `the node ${node} makes numbers of the type with the code ${code}, which are not computed here`,
  );
}
