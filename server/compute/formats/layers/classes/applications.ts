/**
 * Layers that are of keras.applications alone, beside those of keras.layers. An archive names their module; an .h5 file
 * names the class only, which others use too: so the name that keras.applications gives the layer must fit as well.
 */
import { count, faulty, inert, type KeyOwner, number } from '../keys.ts';
import { type Config, handedOn, type Made, type Rows } from './row.ts';

function named(pattern: RegExp, network: string, make: (config: Config) => Made) {
  return (config: Config, owner: KeyOwner): Made => {
    if (!pattern.test(owner.layer))
      throw faulty(
        owner,
        `bears the name of a class of ${network}, but is not named as a layer of it, so that it may be a class of one's own; rebuild it from layers of Keras`,
      );
    return make(config);
  };
}

export const APPLICATIONS: Rows = {
  // ConvNeXt.
  LayerScale: {
    keys: { init_values: inert, projection_dim: count },
    make: named(/_layer_scale$/, 'keras.applications.convnext', (config) => ({ config })),
  },
  // Leaves out whole examples, in training only.
  StochasticDepth: {
    keys: { drop_path_rate: number },
    make: named(/_stochastic_depth$/, 'keras.applications.convnext', handedOn),
  },
  // InceptionResNetV2.
  CustomScaleLayer: {
    keys: { scale: number },
    make: named(/^custom_scale_layer(_\d+)?$/, 'keras.applications.inception_resnet_v2', (config) => ({
      config,
    })),
  },
};
