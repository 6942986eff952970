/** What masks depend on that only the stored model tells: who wrote it, and what its layers were in the file. */
import { z } from 'zod';
import type { ModelManifest } from '../../../core/artifacts/index.ts';
import { type MaskTraits, maskedLayer } from './rules.ts';

const topologySchema = z.object({ keras_version: z.string().optional() });
const wrapperSchema = z.object({ layer: z.object({ config: z.record(z.string(), z.unknown()) }) });

/** A topology without `keras_version` is one of Keras 3. */
export function maskTraitsOf({ topology, graph }: Pick<ModelManifest, 'topology' | 'graph'>): MaskTraits {
  const parsed = topologySchema.safeParse(topology);
  const layers = new Map(
    graph.layers.map(({ name, type, config }) => {
      const wrapped = wrapperSchema.safeParse(config);
      const zeroOutput =
        config.zero_output_for_mask === true ||
        (wrapped.success && wrapped.data.layer.config.zero_output_for_mask === true);
      return [name, { type, operator: config.operator === true, zeroOutput }];
    }),
  );
  return {
    keras3: !parsed.success || !/^[12]\b/.test(parsed.data.keras_version ?? '3'),
    of: (layer) => ({ ...maskedLayer(layer), ...layers.get(layer.name) }),
  };
}
