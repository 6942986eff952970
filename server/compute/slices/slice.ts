/** Which examples a query is about: its input's split, filtered by the predicate, ordered and limited. */
import { operandsOf } from '../../../core/address/index.ts';
import { keyOperand } from '../../../core/algebra/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { Examples } from '../data/examples.ts';
import { compile, numbersOf } from './condition.ts';
import { operandValues, type SliceSource } from './operand-values.ts';

/**
 * Throws UserError('invalid') for an index out of range, an unknown column, or a slice without examples, which only
 * count() can be asked of.
 */
export async function selectExamples(source: SliceSource): Promise<Examples> {
  const { plan } = source;
  const { input, orderBy, limit } = plan.query;
  if (!plan.data || !input || input.kind === 'name')
    throw new UserError('invalid', 'this query needs data: f(digits.test), for example');
  const splits = plan.data.manifest.splits.map((s) => s.name);
  const name =
    input.kind === 'dataset' ? (input.split ?? (splits.includes('test') ? 'test' : splits[0])) : input.split;
  if (name === undefined) throw new UserError('invalid', `${plan.data.address} has no examples`);
  const split = await source.split(name);
  const address = plan.data.address;
  if (input.kind === 'example') {
    if (input.index < 0 || input.index >= split.size)
      throw new UserError(
        'invalid',
        `no example ${input.index} in ${input.dataset}.${name}: it has ${split.size}, from 0 to ${split.size - 1}`,
      );
    return { split, indices: Int32Array.of(input.index), address, single: true };
  }
  const whole: Examples = {
    split,
    indices: Int32Array.from({ length: split.size }, (_, i) => i),
    address,
    single: false,
  };
  const predicate = input.kind === 'slice' ? input.where : undefined;
  let chosen = whole.indices;
  let warnings: readonly string[] = [];
  if (predicate || orderBy) {
    const operands = await operandValues(source, whole, [
      ...(predicate ? operandsOf(predicate) : []),
      ...(orderBy ? [keyOperand(orderBy.key)] : []),
    ]);
    warnings = operands.warnings;
    if (predicate) {
      const holds = compile(predicate, operands);
      chosen = chosen.filter((i) => holds(i));
    }
    if (orderBy) chosen = ordered(chosen, numbersOf(keyOperand(orderBy.key), operands), orderBy.desc);
  }
  if (limit !== undefined) chosen = chosen.slice(0, limit);
  const counted = plan.query.what.kind === 'call' && plan.query.what.name === 'count';
  if (chosen.length === 0 && !counted)
    throw new UserError(
      'invalid',
      [`no example of ${input.dataset}.${name} satisfies the condition (of ${split.size})`, ...warnings].join(
        '. ',
      ),
    );
  return { split, indices: chosen, address, single: false, warnings };
}

/** By number, ties and NaN in order of the index, NaN last. */
function ordered(indices: Int32Array, value: (index: number) => number, desc: boolean): Int32Array {
  const sign = desc ? -1 : 1;
  return Int32Array.from(
    [...indices].sort((a, b) => {
      const [u, v] = [value(a), value(b)];
      if (Number.isNaN(u) || Number.isNaN(v))
        return Number(Number.isNaN(u)) - Number(Number.isNaN(v)) || a - b;
      return sign * (u - v) || a - b;
    }),
  );
}
