/** Normalisations. */
import {
  axes,
  axis,
  faulty,
  fixed,
  flag,
  inert,
  number,
  numbers,
  optional,
  trained,
  whole,
} from '../keys.ts';
import type { Rows } from './row.ts';

export const NORMALIZING: Rows = {
  BatchNormalization: {
    keys: {
      axis,
      momentum: inert,
      epsilon: number,
      center: flag,
      scale: flag,
      synchronized: inert,
      fused: inert,
      virtual_batch_size: inert,
      adjustment: fixed([null], 'leave it out'),
      // The moving statistics, which inference takes, are the same; Keras 2 keeps more of them.
      renorm: fixed([false], 'save the layer with renorm=False'),
      renorm_clipping: inert,
      renorm_momentum: inert,
      ...trained('beta', 'gamma', 'moving_mean', 'moving_variance'),
    },
  },
  LayerNormalization: {
    keys: {
      axis: axes,
      epsilon: number,
      center: flag,
      scale: flag,
      rms_scaling: fixed([false], 'use RMSNormalization'),
      ...trained('beta', 'gamma'),
    },
  },
  GroupNormalization: {
    keys: {
      groups: whole,
      axis: whole,
      epsilon: number,
      center: flag,
      scale: flag,
      ...trained('beta', 'gamma'),
    },
  },
  RMSNormalization: { keys: { axis: axes, epsilon: number } },
  UnitNormalization: { keys: { axis: axes } },
  Normalization: {
    keys: { axis: optional(axes), mean: optional(numbers), variance: optional(numbers), invert: flag },
    make: (config, owner) => {
      if ((config.mean === undefined) !== (config.variance === undefined))
        throw faulty(owner, 'has only one of mean and variance');
      return { config: { axis: null, mean: null, variance: null, ...config } };
    },
  },
};
