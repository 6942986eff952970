/** Layers that Keras has and TensorFlow.js has not, or computes otherwise. */
import type { Tf } from '../tf.ts';
import { applications } from './applications.ts';
import { headedAttentions } from './attention/heads.ts';
import { plainAttentions } from './attention/scores.ts';
import { convolutions } from './convolutions.ts';
import { merges } from './merges.ts';
import { normalizations } from './normalizations.ts';
import { kerasOperators } from './ops/index.ts';
import { globalPoolings, poolings } from './pooling.ts';
import { rectifiers } from './rectifiers.ts';
import { recurrents } from './recurrent.ts';
import { reshapes } from './reshapes.ts';
import { shapeLayers } from './shapes.ts';
import { transposedConvolutions } from './transposed.ts';

const FAMILIES = [
  rectifiers,
  shapeLayers,
  reshapes,
  globalPoolings,
  poolings,
  normalizations,
  merges,
  convolutions,
  transposedConvolutions,
  recurrents,
  applications,
  headedAttentions,
  plainAttentions,
  kerasOperators,
];

/** Makes them known to TensorFlow.js, in the place of its own where it has one of the name. A second call does nothing. */
export function supplyLayers(tf: Tf): void {
  const { classNameMap } = tf.serialization.SerializationMap.getMap();
  if ('ResetAfterGRU' in classNameMap) return;
  for (const family of FAMILIES)
    for (const made of family(tf)) tf.serialization.SerializationMap.register(made);
}
