/** How stored values become a model's input: specs of pairs, what is proposed, and what does not fit. */
export { arraysOf, type BindingData, MAIN, sourceOptions, sourceText } from './binding.ts';
export { orderedClasses } from './classes.ts';
export { type DisplayRange, displayRange } from './display.ts';
export { inputFacts } from './input.ts';
export { fitOf, shapeText } from './layout.ts';
export { labelledOutput, outputFirst, toFront } from './outputs.ts';
export {
  type Pair,
  type PairData,
  type PairModel,
  pairOf,
  type StoredPair,
  seenShape,
  wantsTrial,
  waysFor,
} from './pair.ts';
export { areBytePictures } from './propose.ts';
export { scaleText } from './scale-text.ts';
export {
  AS_STORED,
  type ClassOrder,
  type InputChoice,
  type InputRecord,
  inputChoiceSchema,
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
  type Source,
  scaleSchema,
  sourceSchema,
  type Trial,
  trialSchema,
} from './spec.ts';
export { storedChoice, storedTrial } from './stored.ts';
export { isDecided } from './trial.ts';
export { specText } from './words.ts';
