/**
 * The query algebra: text to syntax and back, names bound, checked against a project, made canonical.
 *
 *   parse(text): Query                              throws UserError('invalid', message, place)
 *   print(query): string                            canonical text; parse(print(q)) = q
 *   bind(query, bindings): Query                    f, x, x', data replaced; throws UserError('invalid')
 *   check(query, catalog): Checked                  result type and every problem found, before any computation
 *   canonical(query, catalog): Query                all defaults written: equal questions, equal text; throws the first problem
 *   estimate(query, catalog): Estimate              rough cost
 *   title(query): string                            head of a view: "conv2d_1 · activations · digits.test[42]"
 *   layersOf(query): string[]                       layers that it speaks of
 *   placeOf(node, part?): Place | undefined         where a node of a parsed query stood
 *   FUNCTIONS, METHODS                              what may be asked, for tools and completion
 */
export { placeOf } from '../address/places.ts';
export { bind, type QueryBindings } from './bind.ts';
export { canonical } from './canonical.ts';
export * from './catalog.ts';
export { check } from './check.ts';
export {
  type Ending,
  IF_LOGITS,
  type Scoring,
  scoringOf,
  type TrainedLoss,
  whyUnscored,
} from './classifier.ts';
export { estimate } from './estimate.ts';
export {
  type ArgumentSpec,
  FUNCTIONS,
  type FunctionSpec,
  methodsOf,
  type Shapes,
  signature,
} from './functions.ts';
export { type Head, hasScores, headOf, headOfGraph, type Place, type Term } from './head.ts';
export { keyOperand } from './keys.ts';
export { layersOf } from './layers.ts';
export {
  ATTRIBUTION_METHODS,
  METHODS,
  type MethodSpec,
  MOST_EXACT_PLAYERS,
  type Parameter,
  POINT_METHODS,
} from './methods.ts';
export { nearest, suggestion } from './nearest.ts';
export { parse } from './parse.ts';
export { passesOf } from './passes.ts';
export { print, printChange, printInput, printModel, printTarget, printWhat } from './print.ts';
export { title } from './title.ts';
export * from './types.ts';
