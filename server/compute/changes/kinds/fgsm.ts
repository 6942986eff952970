import type { InputChange } from '../action.ts';
import { attack } from '../attack.ts';

/** One step of the whole epsilon (Goodfellow et al. 2015). */
export const change: InputChange<'fgsm'> = {
  inputs: (source, examples, { epsilon }) => attack(source, examples, { epsilon, step: epsilon, steps: 1 }),
};
