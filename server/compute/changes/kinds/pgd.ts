import type { InputChange } from '../action.ts';
import { attack } from '../attack.ts';

/** Steps that together reach further than epsilon, within a ball of it (Madry et al. 2018). */
export const change: InputChange<'pgd'> = {
  inputs: (source, examples, { epsilon, steps }) =>
    attack(source, examples, { epsilon, step: (2.5 * epsilon) / steps, steps }),
};
