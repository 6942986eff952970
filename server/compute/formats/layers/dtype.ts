/** Number types of layers: what is computed in another one than in Keras is said. */
import { z } from 'zod';
import { faulty, type KeyOwner, shown } from './keys.ts';

const policySchema = z.object({
  class_name: z.string(),
  config: z.object({ name: z.string().optional(), mode: z.string().optional() }).loose(),
});

export interface NumberType {
  /** As TensorFlow.js is told. */
  readonly dtype: 'float32' | 'int32' | 'bool';
  /** Keras' policy where its numbers are others: `mixed_float16`. */
  readonly policy: string | null;
}

/** Throws UserError for text and for quantised layers. */
export function numberTypeOf(value: unknown, owner: KeyOwner): NumberType {
  const policy = policySchema.safeParse(value);
  if (policy.success && /Quantized|Float8/.test(policy.data.class_name))
    throw faulty(
      owner,
      `is quantised (${policy.data.config.mode ?? policy.data.class_name}): its weights are codes and its inputs are rounded; save the model before quantize()`,
    );
  if (policy.success && policy.data.class_name === 'DTypePolicyMap')
    throw faulty(owner, 'has a number type for each part of it (DTypePolicyMap); save it with a single one');
  const written = policy.success ? policy.data.config.name : value;
  if (written === null || written === undefined || written === 'float32')
    return { dtype: 'float32', policy: null };
  if (typeof written === 'string') {
    if (/^u?int(8|16|32|64)$/.test(written)) return { dtype: 'int32', policy: null };
    if (written === 'bool') return { dtype: 'bool', policy: null };
    if (/^(mixed_)?b?float(16|64)$/.test(written)) return { dtype: 'float32', policy: written };
  }
  throw faulty(owner, `has the number type ${shown(written)}; numbers are needed`);
}

/** How far Keras' own numbers may be from ours, by policy. */
const DIGITS: Readonly<Record<string, string>> = {
  float64:
    'Keras computes them in float64, with about 16 digits; here they are computed in float32, with about 7',
};

/** One sentence per policy, with the layers that have it. */
export function policyCaveats(layers: readonly { name: string; policies: readonly string[] }[]): string[] {
  const byPolicy = new Map<string, string[]>();
  for (const { name, policies } of layers)
    for (const policy of policies) byPolicy.set(policy, [...(byPolicy.get(policy) ?? []), name]);
  return [...byPolicy].map(([policy, names]) => {
    const listed = `${names.slice(0, 3).join(', ')}${names.length > 3 ? `, … (${names.length} layers)` : ''}`;
    const why =
      DIGITS[policy] ??
      `Keras computes them in ${policy.replace('mixed_', '')}, with about ${policy.includes('bfloat') ? 2 : 3} digits; here they are computed in float32, so that answers differ from Keras’ in those digits`;
    return `${listed}: the number type is ${policy}. ${why}.`;
  });
}
