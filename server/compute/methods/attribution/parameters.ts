/** Reads the numbers of a method's parameters; the checker has filled in every default. */
import { METHODS, type MethodName, type ParameterValue } from '../../../../core/algebra/index.ts';

export type Parameters = Readonly<Record<string, ParameterValue>>;

/** The parameter's value, or its default where it was left out. Throws for a parameter that the method has not. */
export function numberOf(method: MethodName, params: Parameters, name: string): number {
  const given = params[name] ?? METHODS[method].params.find((p) => p.name === name)?.default;
  if (typeof given !== 'number') throw new Error(`${method} has no number ${name}`);
  return given;
}
