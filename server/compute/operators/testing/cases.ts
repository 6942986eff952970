/** Cases of operators: a small model, its inputs, and its outputs as the onnx package computes them (goldens/make_cases.py). */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Tensor } from '@tensorflow/tfjs';
import { z } from 'zod';
import {
  type ElementType,
  type OperatorConstant,
  operatorConstantSchema,
} from '../../../../core/artifacts/operators.ts';
import { readOnnxBytes } from '../../formats/onnx/read.ts';
import type { Tf } from '../../tf.ts';
import type { Operand } from '../contract.ts';
import { evaluateGraph } from '../evaluate.ts';
import { isSequence } from '../operands.ts';
import { typesOf } from '../types.ts';
import { storedAs, tensorOf } from '../values.ts';

/** A tensor, a sequence of them, or an optional without a value. */
const valueSchema = z.union([operatorConstantSchema, z.array(operatorConstantSchema), z.null()]);
type Value = z.infer<typeof valueSchema>;
const caseSchema = z.object({
  name: z.string(),
  operator: z.string(),
  /** The .onnx file, in base64. */
  model: z.string(),
  inputs: z.array(valueSchema),
  outputs: z.array(valueSchema),
  /** Where it needs others than ours: relative to the largest number, and absolute. */
  rtol: z.number().optional(),
  atol: z.number().optional(),
  /** By the index of an input; null where the function has a corner. */
  gradients: z.record(z.string(), z.array(z.number().nullable())).default({}),
});
export type OperatorCase = z.infer<typeof caseSchema>;
const fileSchema = z.object({ versions: z.record(z.string(), z.string()), cases: z.array(caseSchema) });

export const COMMITTED_CASES = path.join(import.meta.dirname, '..', 'goldens', 'cases');

/** All of a folder's files, in the order of their names; `only`: that one. */
export function readCases(folder: string, only?: string): OperatorCase[] {
  return readdirSync(folder)
    .filter((file) => (only ? file === only : file.endsWith('.json')))
    .sort()
    .flatMap((file) => fileSchema.parse(JSON.parse(readFileSync(path.join(folder, file), 'utf8'))).cases);
}

/** Relative to the largest number of an output: what its number type can tell apart. */
const TOLERANCES: Partial<Record<ElementType, number>> = { float16: 1e-3, bfloat16: 1e-2 };
const TOLERANCE = 1e-5;
const GRADIENT_TOLERANCE = 1e-4;

/** What differs from the case's outputs, in a line each. Throws what the run throws; leaves no tensor behind. */
export function differences(tf: Tf, own: OperatorCase): string[] {
  return tf.tidy(() => {
    const found = run(
      tf,
      own,
      own.inputs.map((value) => operandOf(tf, value)),
    );
    return own.outputs.flatMap((expected, at) => {
      const name = `output ${at}`;
      const operand = found[at] ?? null;
      if (expected === null) return operand === null ? [] : [`${name}: found a value, expected none`];
      if (!Array.isArray(expected))
        return operand === null || isSequence(operand)
          ? [`${name}: found ${operand ? 'a sequence' : 'nothing'}, expected a tensor`]
          : compared(name, operand, expected, own);
      if (!isSequence(operand) || operand.length !== expected.length)
        return [
          `${name}: found ${isSequence(operand) ? operand.length : 'no sequence'}, expected a sequence of ${expected.length}`,
        ];
      return operand.flatMap((tensor, i) => {
        const one = expected[i];
        return one ? compared(`${name}[${i}]`, tensor, one, own) : [];
      });
    });
  });
}

/** The same for the gradients of the sum of sin(1 + i) * y_i over all float outputs. */
export function gradientDifferences(tf: Tf, own: OperatorCase): string[] {
  const asked = Object.keys(own.gradients).map(Number);
  if (asked.length === 0) return [];
  return tf.tidy(() => {
    const operands = own.inputs.map((value) => operandOf(tf, value));
    const at = asked.map((i) => operands[i]).filter((x): x is Tensor => x !== null && !isSequence(x));
    const total = (...moved: Tensor[]) => {
      const outputs = run(
        tf,
        own,
        operands.map((operand, i) => moved[asked.indexOf(i)] ?? operand),
      )
        .flatMap((operand) => (isSequence(operand) ? operand : operand ? [operand] : []))
        .filter((y) => y.dtype === 'float32')
        .map((y) => tf.reshape(y, [-1]));
      const all = outputs.length > 0 ? tf.concat(outputs) : tf.zeros([0]);
      const weights = tf.tensor1d(Float32Array.from({ length: all.size }, (_, i) => Math.sin(1 + i)));
      // Inputs that nothing is computed from have no gradient at all, where zeros are meant.
      const all0 = at.map((_, i) => tf.mul(tf.sum(moved[i] ?? tf.scalar(0)), 0));
      return tf.addN([tf.sum(tf.mul(all, weights)), ...all0]);
    };
    const found = tf.grads((...moved: Tensor[]) => total(...moved).asScalar())(at);
    return asked.flatMap((i, position) => {
      const expected = own.gradients[String(i)] ?? [];
      const numbers = found[position]?.dataSync() ?? [];
      const largest = Math.max(0.01, ...expected.map((value) => Math.abs(value ?? 0)));
      const off = expected.findIndex(
        (value, n) =>
          value !== null && !(Math.abs((numbers[n] ?? 0) - value) <= GRADIENT_TOLERANCE * largest),
      );
      return off < 0
        ? []
        : [`gradient by input ${i}: number ${off} is ${numbers[off]}, expected ${expected[off]}`];
    });
  });
}

/** The case's inputs, and its model as a function of them. Belongs into a tidy. */
export function functionOf(
  tf: Tf,
  own: OperatorCase,
): {
  readonly operands: readonly Operand[];
  run(operands: readonly Operand[]): readonly Operand[];
} {
  return {
    operands: own.inputs.map((value) => operandOf(tf, value)),
    run: (operands) => run(tf, own, operands),
  };
}

function run(tf: Tf, { model, name }: OperatorCase, operands: readonly Operand[]): readonly Operand[] {
  const { graph, weights } = readOnnxBytes(Buffer.from(model, 'base64'), name);
  const stored = new Map(weights.map((weight) => [weight.name, weight]));
  return evaluateGraph({ tf, opsets: graph.opsets, types: typesOf(graph) }, graph, operands, (wanted) => {
    const found = stored.get(wanted);
    return found && tf.tensor(found.read(), [...found.shape], storedAs(found.type));
  });
}

function operandOf(tf: Tf, value: Value): Operand {
  if (value === null) return null;
  return Array.isArray(value) ? value.map((one) => tensorOf(tf, one)) : tensorOf(tf, value);
}

function compared(
  name: string,
  found: Tensor,
  expected: OperatorConstant,
  { rtol, atol = 0 }: OperatorCase,
): string[] {
  const { type, shape, values } = expected;
  if (found.shape.join() !== shape.join())
    return [`${name}: found the shape [${found.shape}], expected [${shape}]`];
  const stored = storedAs(type);
  if (found.dtype !== stored) return [`${name}: found ${found.dtype}, expected ${stored}`];
  if (stored === 'string') {
    const texts = found.dataSync<'string'>();
    const off = values.findIndex((value, i) => texts[i] !== value);
    return off < 0 ? [] : [`${name}: text ${off} is ${texts[off]}, expected ${values[off]}`];
  }
  const numbers = found.dataSync();
  const [ours, theirs] = [Float64Array.from(numbers), numbersOf(expected)];
  const largest = theirs.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0);
  const tolerance =
    stored === 'float32' ? Math.max(rtol ?? 0, TOLERANCES[type] ?? TOLERANCE) * largest + atol : 0;
  const same = (a: number, b: number) => Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance;
  const off = theirs.findIndex((value, i) => !same(ours[i] ?? Number.NaN, value));
  return off < 0
    ? []
    : [`${name}: number ${off} of ${theirs.length} is ${ours[off]}, expected ${theirs[off]} (${type})`];
}

/** As float32 and int32 hold them. */
function numbersOf({ type, values }: OperatorConstant): Float64Array {
  const spelled = Float64Array.from(values, (value) => Number(value));
  if (storedAs(type) === 'int32')
    return spelled.map((value) => Math.min(2 ** 31 - 1, Math.max(-(2 ** 31), value)));
  return storedAs(type) === 'float32' ? spelled.map(Math.fround) : spelled;
}
