/** A pair's choice and its trial as they are stored (the columns `chosen` and `trial` of the table `Preprocessing`). */
import { storedShape } from '../stored/index.ts';
import { preprocessingChoiceSchema, trialSchema } from './spec.ts';

export const storedChoice = storedShape({ schema: preprocessingChoiceSchema, upgrades: [] });
export const storedTrial = storedShape({ schema: trialSchema, upgrades: [] });
