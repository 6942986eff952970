/** Masks by keyword, as Keras 3 writes them into the graph of a functional model. */
import { expect, test } from 'vitest';
import { parseArchitecture } from './architecture.ts';

const tensor = (layer: string, shape: (number | null)[] = [null, 6]) => ({
  class_name: '__keras_tensor__',
  config: { shape, dtype: 'float32', keras_history: [layer, 0, 0] },
});
const layer = (className: string, name: string, config: object, args: unknown[], kwargs: object = {}) => ({
  module: 'keras.layers',
  class_name: className,
  name,
  config: { name, ...config },
  inbound_nodes: args.length === 0 ? [] : [{ args, kwargs }],
});
const operator = (className: string, name: string, config: object, args: unknown[]) => ({
  ...layer(className, name, config, args),
  module: 'keras.src.ops.numpy',
});
const model = (layers: object[], output = 'lstm') => ({
  module: 'keras.src.models.functional',
  class_name: 'Functional',
  config: {
    name: 'model',
    layers,
    input_layers: [['input', 0, 0]],
    output_layers: [[output, 0, 0]],
  },
});
const input = layer('InputLayer', 'input', { batch_shape: [null, 6] }, []);
const embedding = (more: object) =>
  layer('Embedding', 'embedding', { input_dim: 5, output_dim: 3, ...more }, [tensor('input')]);
const different = (value: unknown) => operator('NotEqual', 'not_equal', {}, [tensor('input'), value]);
const lstm = (mask: unknown) =>
  layer('LSTM', 'lstm', { units: 2 }, [tensor('embedding')], { training: false, mask });
const read = (layers: object[], output?: string) => parseArchitecture(model(layers, output), 'it.keras');

test('the mask that flows anyway is left out, with the operators that make it', () => {
  const network = read([input, different(0), embedding({ mask_zero: true }), lstm(tensor('not_equal'))]);
  expect(network.layers.map(({ name }) => name)).toEqual(['input', 'embedding', 'lstm']);
  expect(read([input, embedding({ mask_zero: true }), lstm(null)]).layers).toHaveLength(3);
});

test('any other mask is refused', () => {
  const refusal =
    /^it\.keras: the layer lstm gets a mask by keyword that is not the one that flows to it from Masking or Embedding; let it flow by itself, or end it with a Reshape$/;
  // Of another token, of an embedding that makes none, of something that is no such operator, of half the graph.
  expect(() =>
    read([input, different(1), embedding({ mask_zero: true }), lstm(tensor('not_equal'))]),
  ).toThrow(refusal);
  expect(() => read([input, different(0), embedding({}), lstm(tensor('not_equal'))])).toThrow(refusal);
  expect(() => read([input, embedding({ mask_zero: true }), lstm(tensor('input'))])).toThrow(refusal);
  const inverse = operator('LogicalOr', 'or', {}, [tensor('not_equal'), tensor('input')]);
  expect(() =>
    read([input, different(0), inverse, embedding({ mask_zero: true }), lstm(tensor('or'))]),
  ).toThrow(refusal);
  // Round in a circle.
  const circle = operator('LogicalOr', 'or', {}, [tensor('or'), tensor('or')]);
  expect(() => read([input, circle, embedding({ mask_zero: true }), lstm(tensor('or'))])).toThrow(refusal);
});

test('a constant as a mask is refused', () => {
  expect(() =>
    read([input, embedding({}), lstm({ class_name: '__numpy__', config: { value: [[1, 0]] } })]),
  ).toThrow(/^it\.keras: the layer lstm \(LSTM\) gets tensors by keyword \(mask: a mask,/);
});

test('an operator that something else needs stays, to be refused with its constant by name', () => {
  const other = layer('Dense', 'dense', { units: 1 }, [tensor('not_equal')]);
  const network = read(
    [input, different(0), embedding({ mask_zero: true }), lstm(tensor('not_equal')), other],
    'dense',
  );
  expect(network.layers.map(({ name }) => name)).toContain('not_equal');
});

test('a chain of thousands of operators is refused, not followed without end', () => {
  const chain = Array.from({ length: 5000 }, (_, i) => {
    const before = tensor(i === 0 ? 'not_equal' : `or_${i - 1}`);
    return operator('LogicalOr', `or_${i}`, {}, [before, before]);
  });
  expect(() =>
    read([input, different(0), ...chain, embedding({ mask_zero: true }), lstm(tensor('or_4999'))]),
  ).toThrow(/by keyword/);
});

test('the mask of joined tensors is found again in an .h5 file too, which names no modules', () => {
  const op = (className: string, name: string, config: object, args: unknown[]) => {
    const { module: _, ...written } = operator(className, name, config, args);
    return written;
  };
  const own = (className: string, name: string, config: object, args: unknown[], kwargs: object = {}) => {
    const { module: _, ...written } = layer(
      className,
      name,
      { trainable: true, dtype: 'float32', ...config },
      args,
      kwargs,
    );
    return written;
  };
  const embeddings = ['a', 'b'].map((name) =>
    own('Embedding', name, { input_dim: 5, output_dim: 3, mask_zero: true }, [tensor('input')]),
  );
  const masks = ['a', 'b'].flatMap((name) => [
    op('NotEqual', `not_equal_${name}`, {}, [tensor('input'), 0]),
    op('ExpandDims', `expand_${name}`, { axis: -1 }, [tensor(`not_equal_${name}`)]),
    op('ZerosLike', `zeros_${name}`, { dtype: 'bool' }, [tensor(name)]),
    op('LogicalOr', `or_${name}`, {}, [tensor(`expand_${name}`), tensor(`zeros_${name}`)]),
  ]);
  const network = read([
    input,
    ...embeddings,
    ...masks,
    op('Concatenate', 'joined_masks', { axis: -1 }, [[tensor('or_a'), tensor('or_b')]]),
    op('Any', 'any', { axis: -1, keepdims: false }, [tensor('joined_masks')]),
    own('Concatenate', 'joined', { axis: -1 }, [[tensor('a'), tensor('b')]]),
    own('LSTM', 'lstm', { units: 2 }, [tensor('joined')], { mask: tensor('any') }),
  ]);
  expect(network.layers.map(({ name }) => name)).toEqual(['input', 'a', 'b', 'joined', 'lstm']);
});
