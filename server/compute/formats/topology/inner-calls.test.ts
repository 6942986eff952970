/** Models within models, in the two forms that Keras 2 and 3 write. */
import { expect, test } from 'vitest';
import { parseArchitecture } from './architecture.ts';
import { flattenNetwork } from './flatten.ts';

const tensor = (layer: string, call = 0) => ({
  class_name: '__keras_tensor__',
  config: { shape: [null, 3], dtype: 'float32', keras_history: [layer, call, 0] },
});
type Ref = readonly [layer: string, call: number];

/** `calls` of a layer, each of one tensor; `outputs` of the model. */
function model(keras3: boolean, name: string, layers: readonly object[], outputs: readonly Ref[]) {
  return {
    class_name: keras3 ? 'Functional' : 'Model',
    config: {
      name,
      layers,
      input_layers: [[`${name}_in`, 0, 0]],
      output_layers: outputs.map(([layer, call]) => [layer, call, 0]),
    },
  };
}
function layer(keras3: boolean, className: string, name: string, config: object, calls: readonly Ref[]) {
  return {
    class_name: className,
    name,
    config: { name, ...config },
    inbound_nodes: calls.map(([from, call]) =>
      keras3 ? { args: [tensor(from, call)], kwargs: {} } : [[from, call, 0, {}]],
    ),
  };
}
const inputOf = (keras3: boolean, name: string) =>
  layer(keras3, 'InputLayer', `${name}_in`, { batch_input_shape: [null, 3] }, []);

/** An inner model called on the input, and on what a layer makes of its own first output. */
function nested(keras3: boolean, ways: { within: number; out: number }, className?: string) {
  const dense = (name: string, from: Ref) => layer(keras3, 'Dense', name, { units: 3 }, [from]);
  const inner = model(keras3, 'inner', [inputOf(keras3, 'inner'), dense('a', ['inner_in', 0])], [['a', 0]]);
  const calls: Ref[] = [
    ['outer_in', 0],
    ['b', 0],
  ];
  return model(
    keras3,
    'outer',
    [
      inputOf(keras3, 'outer'),
      {
        ...layer(keras3, className ?? inner.class_name, 'inner', {}, calls),
        config: inner.config,
      },
      dense('b', ['inner', ways.within]),
    ],
    [['inner', ways.out + 1]],
  );
}

test.each([
  ['Keras 3', true, 0, 1],
  ['Keras 2', false, 1, 1],
  ['from 0 everywhere', false, 0, 0],
] as const)('the calls of an inner model are those that %s means', (_, keras3, within, out) => {
  const network = flattenNetwork(parseArchitecture(nested(keras3, { within, out }), 'it'), 'it');
  expect(
    network.layers.map(({ name, calls }) => [name, calls.flat().map((ref) => `${ref.layer} ${ref.call}`)]),
  ).toEqual([
    ['outer_in', []],
    ['a', ['outer_in 0', 'b 0']],
    ['b', ['a 0']],
  ]);
  expect(network.outputs).toEqual([{ layer: 'a', call: 1, tensor: 0 }]);
});
