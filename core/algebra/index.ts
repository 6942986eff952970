/**
 * The query algebra: text to syntax and back, names bound, checked against a project, made canonical.
 *
 *   parse(text): Query                              throws UserError('invalid', message, place)
 *   print(query): string                            canonical text; parse(print(q)) = q
 *   bind(query, bindings): Query                    f, x, x', data replaced; throws UserError('invalid')
 *   check(query, catalog): Checked                  result type and every problem found, before any computation
 *   canonical(query, catalog): Query                all defaults written: equal questions, equal text; throws the first problem
 *   estimate(query, catalog): Estimate              rough cost
 *   FUNCTIONS, METHODS                              what may be asked, for tools and completion
 */
export * from './catalog.ts';
export { parse } from './parse.ts';
export { print } from './print.ts';
export * from './types.ts';
