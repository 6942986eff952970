/** The registry of attribution methods. Reading it loads no TensorFlow. */
import type { MethodName } from '../../../../core/algebra/index.ts';
import { UserError } from '../../../../core/errors/index.ts';
import { exactShapley } from './exact-shapley.ts';
import type { AttributionMethod } from './game.ts';
import { gradcam } from './gradcam.ts';
import { gradient } from './gradient.ts';
import { gradientXInput } from './gradient-x-input.ts';
import { guidedBackprop } from './guided-backprop.ts';
import { ig } from './ig.ts';
import { occlusion } from './occlusion.ts';
import { shapley } from './shapley.ts';
import { smoothgrad } from './smoothgrad.ts';

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
