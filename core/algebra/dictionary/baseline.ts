/** Baselines that are examples: `baseline=digits.test[3]`, `baseline=x'`. In the syntax they are texts. */
import { type BoundExample, type ExampleAddress, parseAddress } from '../../address/index.ts';
import { UserError } from '../../errors/index.ts';

/** The example that a parameter's text names; null for zero, mean, blurred and everything else. */
export function exampleOf(text: string): ExampleAddress | BoundExample | null {
  if (text === 'x' || text === "x'") return { kind: 'name', name: text };
  if (!text.endsWith(']')) return null;
  try {
    const address = parseAddress(text, 'data');
    return address.kind === 'example' ? structuredClone(address) : null;
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}
