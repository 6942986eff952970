/**
 * What a graph of operators does with the sizes that its file leaves open, found by running it: which sizes of which
 * tensors follow, and whether examples given together are answered as each for itself.
 */
import type { OperatorPort, OperatorProgram } from '../../../../core/artifacts/operators.ts';
import { UserError } from '../../../../core/errors/index.ts';
import { invalid, unsupported } from '../files/context.ts';
import { type Probed, type ProbeInputs, type ProbeSource, probe } from './probe.ts';

export interface Sizes extends Pick<OperatorProgram, 'shapes' | 'batch'> {
  readonly warnings: readonly string[];
}

/** Tried for a size that is open, in this order. */
const TRIED = [16, 32, 64, 224, 8, 1, 128, 299, 512];
/** Answers of examples together and apart may differ by rounding. */
const TOLERANCE = 1e-3;

type Dims = readonly (number | string | null)[];

/** Throws UserError where it does not run at all, with the node at which it ends. */
export async function sizesOf(source: ProbeSource, file: string): Promise<Sizes> {
  const { graph } = source;
  const ports = graph.inputs.map((port) => ({ port, dims: dimsOf(port, file) }));
  const together = ports.every(({ dims }) => dims.length > 0);
  const fixed = new Set(ports.flatMap(({ dims: [first] }) => (typeof first === 'number' ? [first] : [])));
  const [one = 1] = fixed;
  const open = ports.some(({ dims }) => dims.slice(1).some((size) => typeof size !== 'number'));
  const at = (size: number, count: number, from = 0): ProbeInputs =>
    new Map(ports.map(({ port, dims }) => [port.name, madeUp(port, dims, size, count, from)]));
  let first: { size: number; probed: Probed } | undefined;
  let fault: unknown;
  for (const size of open ? TRIED : [1]) {
    try {
      first = { size, probed: await probe(source, at(size, one)) };
      break;
    } catch (error) {
      if (error instanceof UserError && error.code !== 'invalid') throw error;
      source.context.signal?.throwIfAborted();
      fault ??= error;
    }
  }
  if (!first) throw doesNotRun(file, fault);
  const { size, probed } = first;
  const warnings: string[] = [];
  const other = open ? await otherSize(source, size, (tried) => at(tried, one)) : null;
  if (open && other === null)
    warnings.push(
      `The file leaves sizes of its input open, and of those tried only ${size} runs; data of other sizes may not fit.`,
    );
  const twice =
    together && fixed.size <= 1
      ? await answersApart(source, probed, one, (count, from) => at(size, count, from))
      : 'fails';
  const apart = typeof twice === 'string' ? null : twice;
  const batch = apart === null ? one : null;
  const few = one === 1 ? 'one is' : `${one} are`;
  if (twice === 'mixed')
    warnings.push(
      `Examples given together are not answered as each for itself, so that ${few} given at a time.`,
    );
  else if (twice === 'fails' && !(fixed.has(1) && fixed.size === 1))
    warnings.push(`No other number of examples runs than ${one}, so that ${few} given at a time.`);
  return { shapes: openShapes(probed, [other, apart], batch), batch, warnings };
}

function dimsOf({ name, shape, type }: OperatorPort, file: string): Dims {
  if (type === 'string') throw unsupported(file, `its input ${name} is text, and numbers are needed`);
  if (shape === null)
    throw unsupported(file, `its input ${name} has no shape; export the model with the shape of an example`);
  return shape;
}

/** Numbers between 0 and 1 that look like none; of whole numbers 0 and 1. Example `from` is the first. */
function madeUp({ type }: OperatorPort, dims: Dims, size: number, count: number, from: number) {
  const shape = dims.map((dim, axis) => (axis === 0 ? count : typeof dim === 'number' ? dim : size));
  const length = shape.reduce((a, b) => a * b, 1);
  const start = count === 0 ? 0 : (from * length) / count;
  const whole = !/float/.test(type);
  const values = Float32Array.from({ length }, (_, i) => {
    const value = ((start + i + 1) * 0.6180339887498949) % 1;
    return whole ? Math.round(value) : value;
  });
  return { shape, values };
}

async function otherSize(
  source: ProbeSource,
  size: number,
  inputs: (size: number) => ProbeInputs,
): Promise<Probed | null> {
  for (const tried of TRIED) {
    if (tried === size || tried === 1) continue;
    const found = await attempt(source, inputs(tried));
    if (found) return found;
  }
  return null;
}

async function attempt(source: ProbeSource, inputs: ProbeInputs): Promise<Probed | null> {
  try {
    return await probe(source, inputs);
  } catch (error) {
    source.context.signal?.throwIfAborted();
    if (error instanceof UserError && error.code === 'cancelled') throw error;
    return null;
  }
}

/** What comes of twice as many examples, where each is answered as if it were alone; else why not. */
async function answersApart(
  source: ProbeSource,
  first: Probed,
  one: number,
  inputs: (count: number, from: number) => ProbeInputs,
): Promise<Probed | 'fails' | 'mixed'> {
  const both = await attempt(source, inputs(2 * one, 0));
  const second = both && (await attempt(source, inputs(one, one)));
  if (!both || !second) return 'fails';
  for (const [name, values] of both.outputs) {
    const halves = [first.outputs.get(name), second.outputs.get(name)];
    const shape = both.shapes.get(name) ?? [];
    if (shape[0] !== 2 * (first.shapes.get(name)?.[0] ?? 0)) return 'mixed';
    const apart = halves.flatMap((half) => [...Array.from(half ?? [])]);
    if (apart.length !== values.length) return 'mixed';
    const largest = apart.reduce(
      (most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value)) : most),
      0,
    );
    const alike = apart.every((value, i) => {
      const other = values[i] ?? Number.NaN;
      return Object.is(value, other) || value === other || Math.abs(value - other) <= TOLERANCE * largest;
    });
    if (!alike) return 'mixed';
  }
  return both;
}

/** Sizes that were others in another run are open. */
function openShapes(
  probed: Probed,
  others: readonly (Probed | null)[],
  batch: number | null,
): Record<string, (number | null)[]> {
  return Object.fromEntries(
    [...probed.shapes].map(([name, shape]) => [
      name,
      shape.map((size, axis) => {
        if (axis === 0 && batch === size) return null;
        const same = others.every((other) => {
          const there = other?.shapes.get(name);
          return there === undefined || there[axis] === size;
        });
        return same ? size : null;
      }),
    ]),
  );
}

function doesNotRun(file: string, fault: unknown): UserError {
  if (fault instanceof UserError) return invalid(file, `it does not run: ${fault.message}`);
  return unsupported(
    file,
    `it does not run here: ${fault instanceof Error ? fault.message.split('\n')[0] : String(fault)}`,
  );
}
