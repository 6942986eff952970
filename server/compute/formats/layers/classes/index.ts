/** Every class of layers that is known: how its keys are read, and what computes it. */
import { APPLICATIONS } from './applications.ts';
import { ATTENTION } from './attention.ts';
import { AUGMENTATIONS, CORE } from './core.ts';
import { NORMALIZING } from './normalizing.ts';
import { RECURRENT } from './recurrent.ts';
import type { Rows } from './row.ts';
import { SPATIAL } from './spatial.ts';

export const CLASSES: Rows = {
  ...CORE,
  ...SPATIAL,
  ...NORMALIZING,
  ...RECURRENT,
  ...APPLICATIONS,
  ...ATTENTION,
  ...AUGMENTATIONS,
};
