/** The registry of attribution methods. Reading it loads no TensorFlow. */
import type { MethodName } from '../../../../core/algebra/index.ts';
import { UserError } from '../../../../core/errors/index.ts';
import type { AttributionMethod } from './game.ts';
import { exactShapley } from './methods/exact-shapley.ts';
import { gradcam } from './methods/gradcam.ts';
import { gradient } from './methods/gradient.ts';
import { gradientXInput } from './methods/gradient-x-input.ts';
import { guidedBackprop } from './methods/guided-backprop.ts';
import { ig } from './methods/ig.ts';
import { occlusion } from './methods/occlusion.ts';
import { shapley } from './methods/shapley.ts';
import { smoothgrad } from './methods/smoothgrad.ts';

/** The first is the default. */
export const ATTRIBUTIONS: readonly AttributionMethod[] = [
  ig,
  gradient,
  gradientXInput,
  smoothgrad,
  guidedBackprop,
  gradcam,
  occlusion,
  shapley,
  exactShapley,
];

/** Throws UserError('unsupported') for a method that is known but not computed. */
export function attributionMethod(name: MethodName = 'ig'): AttributionMethod {
  const found = ATTRIBUTIONS.find((method) => method.name === name);
  if (found) return found;
  throw new UserError(
    'unsupported',
    `${name} cannot be computed by this version; there are ${ATTRIBUTIONS.map((m) => m.name).join(', ')}`,
  );
}
