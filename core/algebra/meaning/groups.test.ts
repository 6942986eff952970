import { expect, test } from 'vitest';
import { complete } from '../editor/complete.ts';
import { hover } from '../editor/hover.ts';
import { groupsOf } from '../project/groups.ts';
import { questionOf } from '../question.ts';
import { print } from '../syntax/print.ts';
import { catalog as plain } from '../testing/catalog.fixture.ts';

const [cnn, ...others] = plain.models;
if (!cnn) throw new Error('the fixture has no model');
/** conv2d_1 and pool_1 lie in `stem/first`, conv2d_2 in `stem`; dense_1 alone in `head`, whose name has a layer too. */
const CONTAINERS: Readonly<Record<string, string>> = {
  conv2d_1: 'stem/first',
  pool_1: 'stem/first',
  conv2d_2: 'stem',
  flatten: 'neck',
  pool_2: 'neck',
  dense_1: 'neck/softmax',
};
const layers = cnn.graph.layers.map((layer) => ({
  ...layer,
  config: CONTAINERS[layer.name] ? { ...layer.config, container: CONTAINERS[layer.name] } : layer.config,
}));
const graph = { ...cnn.graph, layers, edges: [...cnn.graph.edges, { from: 'pool_2', to: 'softmax' }] };
const catalog = { ...plain, models: [{ ...cnn, graph }, ...others] };

const ask = (text: string) => {
  const { canonical, problems } = questionOf(text, {}, catalog);
  return canonical ? print(canonical) : problems.map(({ message }) => message).join(' | ');
};

test('Groups are told by where layers lie, with what they read, what is read of them, and their parameters', () => {
  const groups = groupsOf(graph);
  expect([...groups.keys()]).toEqual(['stem', 'stem/first', 'neck', 'neck/softmax']);
  expect(groups.get('stem')).toEqual({
    ...{ name: 'stem', parent: null, layers: ['conv2d_1', 'pool_1', 'conv2d_2'], inputs: ['image'] },
    ...{ outputs: ['conv2d_2'], params: 0, whole: true },
  });
  expect(groups.get('stem/first')).toMatchObject({ parent: 'stem', outputs: ['pool_1'], inputs: ['image'] });
  expect(groups.get('neck')).toMatchObject({ outputs: ['pool_2', 'dense_1'], inputs: ['conv2d_2'] });
});

test('A group that a path leaves and comes back to, as of a module that is used twice, is not whole', () => {
  const twice = layers.map((layer) =>
    ['pool_1', 'pool_2'].includes(layer.name) ? { ...layer, config: { container: 'pool' } } : layer,
  );
  const groups = groupsOf({ ...graph, layers: twice });
  expect(groups.get('pool')).toMatchObject({ layers: ['pool_1', 'pool_2'], whole: false });
  expect(groups.get('stem')).toMatchObject({ layers: ['conv2d_1', 'conv2d_2'], whole: false });
  expect(groups.get('neck')?.whole).toBe(true);
});

test('A group stands for the layer whose output leaves it, wherever a layer is named', () => {
  expect(ask('select activation("stem/first") from digits-cnn@12(digits.test[3])')).toBe(
    'select activation(pool_1) from digits-cnn@12(digits.test[3])',
  );
  expect(ask('select activation(stem#2) from digits-cnn@12(digits.test[3])')).toBe(
    'select activation(conv2d_2#2) from digits-cnn@12(digits.test[3])',
  );
  expect(
    ask('select stem from digits-cnn@12(digits.test[3]) for unit "neck/softmax"#4 using gradient'),
  ).toContain('select conv2d_2 from digits-cnn@12(digits.test[3]) for unit dense_1#4');
  expect(
    ask('select activation(dense_1) from digits-cnn@12(digits.test[3]) with ablate("stem/first"#1)'),
  ).toContain('with ablate(pool_1#1)');
  expect(
    ask(
      'select stats(dense_1) from digits-cnn@12(digits.test["stem/first"#1 > 0 and distance(stem, digits.test[4]) < 2])',
    ),
  ).toContain('pool_1#1 > 0 and distance(conv2d_2, digits.test[4]) < 2');
  expect(ask('select images() from digits-cnn@12(digits.test) order by "stem/first"#2 limit 4')).toContain(
    'order by pool_1#2',
  );
});

test('weights() of a group is about the one layer in it that has weights', () => {
  expect(ask('select weights(stem) from digits-cnn@12')).toBe('select weights(conv2d_1) from digits-cnn@12');
  expect(ask('select weights(neck) from digits-cnn@12')).toBe('select weights(dense_1) from digits-cnn@12');
});

test('The right side of a join has its own groups', () => {
  expect(
    ask(
      'select similarity(stem) from digits-cnn@12(digits.test) join (select similarity("stem/first") from digits-cnn@8(digits.test))',
    ),
  ).toMatch(/^select similarity\(conv2d_2\) .* join \(select similarity\(pool_1\) /);
});

test('A group that stands for no one layer says which there are', () => {
  expect(ask('select activation(neck) from digits-cnn@12(digits.test[3])')).toBe(
    'neck is a group of 3 layers of digits-cnn with 2 outputs; ask about one of them: pool_2, dense_1',
  );
});

test('The editor offers groups of several layers with one output, and says what one is', () => {
  const known = { catalog, bindings: {} };
  const text = 'select activation() from digits-cnn@12(digits.test[3])';
  const offers = complete(text, 'select activation('.length, known);
  expect(offers.filter(({ detail }) => detail.startsWith('group'))).toEqual([
    expect.objectContaining({
      label: 'stem',
      detail: 'group of 3 layers 4×4×24',
    }),
    expect.objectContaining({ label: 'stem/first', insert: '"stem/first"' }),
  ]);
  const named = 'select activation("stem/first") from digits-cnn@12(digits.test[3])';
  expect(hover(named, named.indexOf('stem'), known)).toMatchObject({
    title: 'stem/first',
    text: 'Group of 2 layers of digits-cnn; its output is that of pool_1.',
  });
  expect(hover(named.replace('"stem/first"', 'neck'), 'select activation('.length, known)).toMatchObject({
    text: 'Group of 3 layers of digits-cnn with 2 outputs: pool_2, dense_1.',
  });
});
