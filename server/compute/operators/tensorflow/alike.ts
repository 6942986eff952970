/** Operators of TensorFlow that do what one of ONNX does, whose rows compute them too. */
import type { OperatorAttribute } from '../../../../core/artifacts/operators.ts';
import { attributesOf } from '../attributes.ts';
import type { Operand, Operator, OperatorCall } from '../contract.ts';

/** The newest version of ONNX' operators that rows know, with attributes and inputs in its place. */
const NEWEST = 28;

interface Meant {
  readonly attributes?: Readonly<Record<string, OperatorAttribute>>;
  readonly inputs?: readonly Operand[];
}

/** `row` by its name in ONNX, with what it gets instead of the node's own inputs and attributes. */
export function alike(
  rows: readonly Operator[],
  onnx: string,
  meant: (inputs: readonly Operand[], call: OperatorCall) => Meant = () => ({}),
): Operator['apply'] {
  const row = rows.find((each) => each.onnx === onnx);
  if (!row) throw new Error(`no row is called ${onnx}`);
  return (inputs, call) => {
    const { attributes = {}, inputs: own = inputs } = meant(inputs, call);
    return row.apply(own, { ...call, opset: NEWEST, attributes: attributesOf(call.name, attributes) });
  };
}
