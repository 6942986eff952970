/** Names of what can be looked at in a model. */

/** Stands for the model's own first output among names of layers. */
export const MODEL_OUTPUT = Symbol('the model’s output');
/** A layer's name. */
export type Tap = string | typeof MODEL_OUTPUT;

/** Stands for the model's first output before its final softmax or sigmoid; the output itself where it has neither. */
export const SCORES = Symbol('the scores before the final activation');
/**
 * Stands for the logarithms of the probabilities of the first output (n, classes), from what goes into its softmaxes or
 * sigmoids: they neither underflow nor are they clipped. One sigmoid is two classes. Of a model with probabilities only.
 */
export const LOG_PROBABILITIES = Symbol('the logarithms of the probabilities');
export type ProgramTap = Tap | typeof SCORES | typeof LOG_PROBABILITIES;
