/**
 * TimeDistributed of a whole model is the model whose layers are each applied step by step: so every layer in it has a
 * name and an output that can be looked at.
 */
import { unsupported } from '../files/context.ts';
import type { LayerSpec, Network } from './network.ts';

/** Number by number, whatever axes there are. */
const NUMBERWISE = new Set(['Add', 'Average', 'Maximum', 'Minimum', 'Multiply', 'Subtract']);

/** `wrapper` names the TimeDistributed in messages. Throws UserError. */
export function overSteps(network: Network, wrapper: string, file: string): Network {
  return { ...network, layers: network.layers.map((spec) => steppedLayer(spec, wrapper, file)) };
}

function steppedLayer(spec: LayerSpec, wrapper: string, file: string): LayerSpec {
  const { className, name, config, calls, inner } = spec;
  const refused = (why: string) =>
    unsupported(
      file,
      `the layer ${wrapper} (TimeDistributed) wraps a model whose layer ${name} (${className}) ${why}`,
    );
  if (className === 'InputLayer') return spec;
  if (inner && className !== 'TimeDistributed') return { ...spec, inner: overSteps(inner, wrapper, file) };
  if (className === 'Masking' || config.mask_zero === true)
    throw refused(
      'makes a mask of its own for each step, which is not computed here; put it before the wrapper',
    );
  if (NUMBERWISE.has(className)) return { ...spec, within: className };
  if (className === 'Concatenate') {
    const axis = config.axis ?? -1;
    if (typeof axis !== 'number' || axis === 0)
      throw refused('joins examples, which is not computed here; join along another axis');
    return { ...spec, within: className, config: { ...config, axis: axis > 0 ? axis + 1 : axis } };
  }
  if (config.operator === true || calls.some((refs) => refs.length !== 1))
    throw refused(
      'takes several tensors or is an operator, which is not computed step by step here; put it after the wrapper',
    );
  // The shape that a first layer may tell is that of one step.
  const { batch_input_shape: _old, batch_shape: _new, ...own } = config;
  return {
    ...spec,
    className: 'TimeDistributed',
    within: className,
    config: { name, layer: { class_name: className, config: own } },
  };
}
