/**
 * Addresses: the one way to name a unit of analysis (types.ts has the list).
 *
 *   parseAddress(text, alone?): Address      throws UserError('invalid', message, place)
 *   printAddress(address): string            canonical text; parseAddress(printAddress(a)) = a
 *   parsePredicate, printPredicate           the condition of a slice
 */

export { isOwnColumn, OWN_COLUMNS, ownColumn } from './columns.ts';
export { isBareName, MAX_TEXT } from './lexer.ts';
export { printColumn, printName } from './names.ts';
export { type DataSide, type ModelSide, parseAddress, parsePredicate } from './parse.ts';
export {
  columnOperand,
  operandsOf,
  printExample,
  printOperand,
  printPredicate,
  withOperands,
} from './predicate.ts';
export { printAddress, printWeight } from './print.ts';
export * from './types.ts';
