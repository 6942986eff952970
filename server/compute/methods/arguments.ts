/** Arguments of a query's function: the layer it is about, and its unit where one is named. */
import type { Query } from '../../../core/algebra/index.ts';
import type { ModelManifest } from '../../../core/artifacts/index.ts';
import { UserError } from '../../../core/errors/index.ts';

export interface LayerArgument {
  readonly layer: string;
  readonly unit: number | null;
}

/** Throws UserError('invalid') where the function has no layer, or one that the model does not have. */
export function layerArgument(query: Query, manifest: ModelManifest): LayerArgument {
  const { what } = query;
  const argument = what.kind === 'call' ? what.args.find((a) => a.kind === 'layer') : what;
  if (argument?.kind !== 'layer')
    throw new UserError('invalid', `${what.kind === 'call' ? `${what.name}()` : 'select *'} needs a layer`);
  const known = manifest.graph.layers.map((l) => l.name);
  if (!known.includes(argument.layer))
    throw new UserError('invalid', `no layer ${argument.layer}; this model has ${known.join(', ')}`);
  return { layer: argument.layer, unit: argument.unit ?? null };
}

/** Throws UserError('invalid') for a unit that the layer does not have. */
export function checkUnit(layer: string, unit: number, units: number): void {
  if (unit >= units)
    throw new UserError('invalid', `no unit ${unit} in ${layer}: it has ${units}, from 0 to ${units - 1}`);
}

/** `conv2d_1` or `conv2d_1#7`, for titles. */
export function shown({ layer, unit }: LayerArgument): string {
  return unit === null ? layer : `${layer}#${unit}`;
}

/** The function's number, as k of top(conv#3, 9); `otherwise` where none is written. */
export function numberArgument(query: Query, otherwise: number): number {
  const { what } = query;
  const argument = what.kind === 'call' ? what.args.find((a) => a.kind === 'number') : undefined;
  return argument?.kind === 'number' ? argument.value : otherwise;
}
