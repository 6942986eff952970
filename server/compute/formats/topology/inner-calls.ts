/**
 * Keras counts the making of a functional model as its first call: where it is used within another, its calls are numbered
 * from 1 on. Keras 2 writes so wherever it refers to one, Keras 3 where it is an output of the model around it.
 */
import type { Network, TensorRef } from './network.ts';

/** The network with the calls of inner models numbered from 0. `lists`: in the form of Keras 2. */
export function callsFromZero(network: Network, lists: boolean): Network {
  const numbers = new Map<string, number[]>();
  const seen = lists ? network.layers.flatMap(({ calls }) => calls.flat()) : [];
  for (const { layer, call } of [...seen, ...network.outputs])
    numbers.set(layer, [...(numbers.get(layer) ?? []), call]);
  const fromOne = new Set(
    network.layers
      .filter(({ name, className, inner, calls }) => {
        const own = numbers.get(name) ?? [];
        // A wrapper was not called when the model in it was made.
        if (!inner || own.length === 0 || className === 'TimeDistributed') return false;
        // A Sequential model of Keras 2 may or may not be a functional one: its last call tells.
        return lists ? Math.max(...own) === calls.length : className !== 'Sequential' && !own.includes(0);
      })
      .map(({ name }) => name),
  );
  if (fromOne.size === 0) return network;
  const counted = (ref: TensorRef): TensorRef =>
    fromOne.has(ref.layer) ? { ...ref, call: ref.call - 1 } : ref;
  return {
    ...network,
    layers: lists
      ? network.layers.map((layer) => ({ ...layer, calls: layer.calls.map((refs) => refs.map(counted)) }))
      : network.layers,
    outputs: network.outputs.map(counted),
  };
}
