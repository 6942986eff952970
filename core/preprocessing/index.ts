/** How stored values become a model's input: specs of pairs, what is proposed, and what does not fit. */
export { orderedClasses } from './classes.ts';
export { type DisplayRange, displayRange } from './display.ts';
export { inputFacts } from './input.ts';
export { fitOf, shapeText } from './layout.ts';
export {
  type Pair,
  type PairData,
  type PairModel,
  pairOf,
  type StoredPair,
  shapesOf,
  wantsTrial,
} from './pair.ts';
export { areBytePictures, proposedLayout, waysToTry } from './propose.ts';
export { scaleText } from './scale-text.ts';
export {
  AS_STORED,
  type ClassOrder,
  type Layout,
  layoutSchema,
  originSchema,
  type PreprocessingChoice,
  type PreprocessingRecord,
  type PreprocessingSpec,
  preprocessingChoiceSchema,
  preprocessingRecordSchema,
  preprocessingSpecSchema,
  type Scale,
  scaleSchema,
  type Trial,
  trialSchema,
} from './spec.ts';
export { storedChoice, storedTrial } from './stored.ts';
export { isDecided } from './trial.ts';
export { specText } from './words.ts';
