/** The attribution methods by name. Reading them loads no TensorFlow. */
import { ATTRIBUTION_METHODS, type MethodName } from '../../../../core/algebra/index.ts';
import { UserError } from '../../../../core/errors/index.ts';
import type { NamedAttribution } from './game.ts';
import { REGISTRY } from './methods/registry.generated.ts';

const isComputed = (name: MethodName): name is keyof typeof REGISTRY => Object.hasOwn(REGISTRY, name);

/** In the order of the language; the first is the default. */
export const ATTRIBUTIONS: readonly NamedAttribution[] = ATTRIBUTION_METHODS.filter(isComputed).map(
  (name) => ({
    ...REGISTRY[name],
    name,
  }),
);

/** Throws UserError('unsupported') for a method that is known but not computed. */
export function attributionMethod(name: MethodName = 'ig'): NamedAttribution {
  const found = ATTRIBUTIONS.find((method) => method.name === name);
  if (found) return found;
  throw new UserError(
    'unsupported',
    `${name} cannot be computed by this version; there are ${ATTRIBUTIONS.map((m) => m.name).join(', ')}`,
  );
}
