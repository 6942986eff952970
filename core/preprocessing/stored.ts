/** A pair's choice and its trial as they are stored (the columns `chosen` and `trial` of the table `Preprocessing`). */
import { storedShape, type Upgrade } from '../stored/index.ts';
import { preprocessingChoiceSchema, trialSchema } from './spec.ts';

/** From 1 to 2: what inputs are given can be chosen; before, a model had one. */
const oneInput: Upgrade = (old) => old;

export const storedChoice = storedShape({ schema: preprocessingChoiceSchema, upgrades: [oneInput] });
export const storedTrial = storedShape({ schema: trialSchema, upgrades: [] });
