/** The one way to write a question: every default written, every name resolved; what results are identified by. */
import { printExample } from '../../address/index.ts';
import { copyPlaces } from '../../address/places.ts';
import { UserError } from '../../errors/index.ts';
import { exampleOf } from '../dictionary/baseline.ts';
import { FUNCTIONS, methodsOf } from '../dictionary/functions.ts';
import { METHODS, type MethodName, type Parameter } from '../dictionary/methods.ts';
import type { ParameterValue } from '../dictionary/values.ts';
import { limitOf } from '../meaning/limits.ts';
import { resolve, type Scope, withSplit } from '../meaning/scope.ts';
import type { Catalog } from '../project/catalog.ts';
import type { Argument, InputReference, Query, Using, What } from '../syntax/tree.ts';
import { checkResolved } from './check.ts';
import { canonicalPredicate } from './predicate.ts';

/**
 * All defaults written: the step as a number, the split, the method with all its parameters in the table's order,
 * the limit; classes by index. Equal questions get equal texts. Throws the first problem as UserError('invalid').
 */
export function canonical(query: Query, catalog: Catalog): Query {
  const scope = resolve(query, catalog);
  const [problem] = checkResolved(scope).problems;
  if (problem !== undefined) throw new UserError('invalid', problem.message, problem.at);
  return canonicalOf(scope);
}

/** As canonical, of a query that was checked and has no problem. */
export function canonicalOf({ query, model: found, data, right }: Scope): Query {
  const { input, using, join, what, ...rest } = query;
  const model =
    query.model.kind === 'model' && found?.step != null
      ? { kind: query.model.kind, model: query.model.model, step: found.step }
      : query.model;
  const method = using?.method ?? methodsOf(what.kind === 'call' ? what.name : null)[0];
  const most = limitOf(query);
  return copyPlaces(
    {
      ...rest,
      what: writeWhat(what),
      model,
      ...(input === undefined || data === null
        ? {}
        : { input: writeInput(withSplit(input, data), data.dataset.classes) }),
      ...(method === undefined ? {} : { using: writeUsing(method, using) }),
      ...(join === undefined || right === null ? {} : { join: { ...join, query: canonicalOf(right) } }),
      ...(most === undefined ? {} : { limit: most }),
    },
    query,
  );
}

function writeWhat(what: What): What {
  if (what.kind !== 'call') return what;
  const defaults = FUNCTIONS[what.name].args
    .slice(what.args.length)
    .flatMap((arg): Argument[] =>
      arg.default === undefined ? [] : [{ kind: 'number', value: arg.default }],
    );
  return { ...what, args: [...what.args, ...defaults] };
}

function writeInput(input: InputReference, classes: readonly string[]): InputReference {
  return input.kind === 'slice' ? { ...input, where: canonicalPredicate(input.where, classes) } : input;
}

function writeUsing(method: MethodName, using: Using | undefined): Using {
  const entries = METHODS[method].params.map((parameter): [string, ParameterValue] => [
    parameter.name,
    writeValue(parameter, using?.params[parameter.name] ?? parameter.default),
  ]);
  return { method, params: Object.fromEntries(entries) };
}

/** `baseline=zero` is `baseline=0`; an example is written as addresses are. */
function writeValue(parameter: Parameter, value: ParameterValue): ParameterValue {
  if (parameter.type !== 'baseline' || typeof value !== 'string') return value;
  if (value === 'zero') return 0;
  const example = exampleOf(value);
  return example === null ? value : printExample(example);
}
