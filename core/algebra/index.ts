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
 *   questionOf(text, bindings, catalog): Question   all of these of one text, each done once and kept
 *   layersOf(query): string[]                       layers that it speaks of
 *   placeOf(node, part?): Place | undefined         where a node of a parsed query stood
 *   FUNCTIONS, METHODS                              what may be asked, for tools and completion
 */
export { placeOf } from '../address/places.ts';
export { canonical } from './check/canonical.ts';
export { check } from './check/check.ts';
export {
  type ActsOf,
  CHANGE_NAMES,
  CHANGES,
  type Change,
  type ChangeName,
  type ChangeOf,
  changeRow,
  numberOf,
} from './dictionary/changes.ts';
export {
  type ArgumentSpec,
  FUNCTION_NAMES,
  FUNCTIONS,
  type FunctionName,
  type FunctionSpec,
  methodsOf,
  type Shapes,
  signature,
} from './dictionary/functions.ts';
export {
  ATTRIBUTION_METHODS,
  type ComputedMethod,
  METHOD_NAMES,
  METHODS,
  type MethodName,
  type MethodSpec,
  MOST_EXACT_PLAYERS,
  type Parameter,
  POINT_METHODS,
} from './dictionary/methods.ts';
export { nearest, suggestion } from './dictionary/nearest.ts';
export type { Coordinate, ParameterValue, Region } from './dictionary/values.ts';
export { bind, type QueryBindings } from './meaning/bind.ts';
export { estimate } from './meaning/estimate.ts';
export { layersOf } from './meaning/layers.ts';
export { passesOf } from './meaning/passes.ts';
export { title } from './meaning/title.ts';
export * from './project/catalog.ts';
export {
  type Ending,
  IF_LOGITS,
  type Scoring,
  scoringOf,
  type TrainedLoss,
  whyUnscored,
} from './project/classifier.ts';
export { type Group, groupsAround, groupsOf, layerMeant } from './project/groups.ts';
export { type GraphNode, type Head, hasScores, headOf, headOfGraph, type Term } from './project/head.ts';
export { type BoundQuestion, boundQuestion, type Question, questionOf } from './question.ts';
export { keyOperand } from './syntax/keys.ts';
export { parse, type Reading, read } from './syntax/parse.ts';
export { print, printChange, printInput, printModel, printTarget, printWhat } from './syntax/print.ts';
export * from './syntax/tree.ts';
