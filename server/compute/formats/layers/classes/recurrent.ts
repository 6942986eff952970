/** Recurrent layers, and the wrappers Bidirectional and TimeDistributed. */
import { z } from 'zod';
import {
  activation,
  count,
  faulty,
  fixed,
  flag,
  inert,
  type KeyOwner,
  type Keys,
  read,
  shown,
  sizes,
  trained,
} from '../keys.ts';
import type { ClassRow, Config, Made, MakeInner, Rows } from './row.ts';

const steps: Keys = {
  return_sequences: flag,
  return_state: flag,
  go_backwards: flag,
  stateful: flag,
  // The same numbers, reckoned otherwise.
  unroll: flag,
  implementation: inert,
  use_cudnn: inert,
  num_constants: inert,
  dropout: inert,
  recurrent_dropout: inert,
  seed: inert,
  // Looked at where masks are (masks/traits.ts).
  zero_output_for_mask: inert,
  time_major: fixed([false], 'give the batch first, the steps second'),
};
const gates: Keys = {
  ...steps,
  activation,
  use_bias: flag,
  ...trained('kernel', 'recurrent', 'bias'),
};
const units: Keys = { ...gates, units: count, input_dim: inert, input_length: inert };

/** Every example starts from zeros here; in Keras a stateful layer goes on from the last batch. */
function fresh(config: Config, { layer }: KeyOwner): Made {
  if (config.stateful !== true) return { config };
  return {
    config: { ...config, stateful: false },
    caveats: [
      `${layer} is stateful: Keras goes on from where the last batch ended; here every example starts from a state of zeros, as in Keras after reset_state().`,
    ],
  };
}

const convolutional: Keys = {
  ...gates,
  filters: count,
  kernel_size: sizes,
  strides: sizes,
  padding: read(z.enum(['valid', 'same']), '"valid" or "same"'),
  data_format: fixed(['channels_last'], 'give the channels last (data_format="channels_last")'),
  dilation_rate: sizes,
  recurrent_activation: activation,
  unit_forget_bias: flag,
};

/** Says the same of two layers however they are named and whichever way they go. */
function essence({ className, config }: Made): string {
  const { name: _name, go_backwards: _way, trainable: _trainable, ...rest } = config;
  return JSON.stringify([className, Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function bidirectional(config: Config, owner: KeyOwner, inner: MakeInner): Made {
  const { layer, backward_layer, ...rest } = config;
  const forward = inner(layer, 'layer');
  if (!/^(SimpleRNN|LSTM|GRU|ResetAfterGRU|ConvLSTM2D)$/.test(forward.className))
    throw faulty(
      owner,
      `wraps a layer of the class ${forward.className}; LSTM, GRU, SimpleRNN and ConvLSTM2D are computed`,
    );
  if (backward_layer !== undefined && backward_layer !== null) {
    const backward = inner(backward_layer, 'backward_layer');
    if (
      essence(forward) !== essence(backward) ||
      forward.config.go_backwards === backward.config.go_backwards
    )
      throw faulty(
        owner,
        `has a backward_layer that is not its layer the other way round (${differences(forward, backward)}); only equal ones are computed`,
      );
  }
  return {
    config: { ...rest, layer: { class_name: forward.className, config: forward.config } },
    caveats: forward.caveats,
    warnings: forward.warnings,
    policies: forward.policies,
  };
}

function differences(a: Made, b: Made): string {
  if (a.className !== b.className) return `${a.className}, ${b.className}`;
  const keys = [...new Set([...Object.keys(a.config), ...Object.keys(b.config)])];
  const differ = keys.filter(
    (key) => !['name', 'trainable'].includes(key) && shown(a.config[key]) !== shown(b.config[key]),
  );
  return differ.map((key) => `${key}=${shown(a.config[key])}, ${shown(b.config[key])}`).join('; ');
}

function distributed(config: Config, owner: KeyOwner, inner: MakeInner): Made {
  const { layer, ...rest } = config;
  const made = inner(layer, 'layer');
  const { config: own } = made;
  if ('batch_input_shape' in own && made.className === 'InputLayer') throw faulty(owner, 'wraps an input');
  return {
    config: { ...rest, layer: { class_name: made.className, config: own } },
    caveats: made.caveats,
    warnings: made.warnings,
    policies: made.policies,
  };
}

const wrapped: ClassRow['keys'] = { layer: (value) => value };

export const RECURRENT: Rows = {
  SimpleRNN: { keys: units, make: fresh },
  LSTM: { keys: { ...units, recurrent_activation: activation, unit_forget_bias: flag }, make: fresh },
  GRU: {
    keys: { ...units, recurrent_activation: activation, reset_after: flag },
    make: ({ reset_after, ...config }, owner) => ({
      ...fresh(config, owner),
      ...(reset_after === true ? { className: 'ResetAfterGRU' } : {}),
    }),
  },
  ConvLSTM2D: { keys: convolutional, make: fresh },
  Bidirectional: {
    keys: {
      ...wrapped,
      backward_layer: (value) => value,
      merge_mode: (value, key, owner) =>
        value === null
          ? null
          : read(z.enum(['sum', 'mul', 'ave', 'concat']), 'sum, mul, ave or concat')(value, key, owner),
      // TensorFlow.js writes them.
      num_constants: inert,
    },
    make: bidirectional,
  },
  TimeDistributed: { keys: wrapped, make: distributed },
};
