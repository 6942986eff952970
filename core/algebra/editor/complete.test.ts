import { describe, expect, it } from 'vitest';
import { CHANGE_NAMES, type QueryBindings } from '../index.ts';
import { catalog } from '../testing/catalog.fixture.ts';
import { complete, type EditorContext } from './index.ts';

const bindings: QueryBindings = {
  f: 'digits-cnn@12',
  x: 'digits.test[42]',
  data: 'digits.test',
  slices: { hard: 'digits.test[confidence < 0.5]', 'two words': 'digits.train[label = 3]' },
};
const known: EditorContext = { catalog, bindings };

/** Labels offered at the bar. */
const at = (marked: string) => {
  const caret = marked.indexOf('|');
  return complete(marked.replace('|', ''), caret, known);
};
const labels = (marked: string) => at(marked).map(({ label }) => label);
/** The text after the first offer that bears the label is taken. */
function taken(marked: string, label?: string): string {
  const caret = marked.indexOf('|');
  const text = marked.replace('|', '');
  const found = at(marked).find((offer) => label === undefined || offer.label === label);
  if (found === undefined) throw new Error(`no ${label} among ${labels(marked)} (caret ${caret})`);
  return text.slice(0, found.from) + found.insert + text.slice(found.to);
}
const LAYERS = ['image', 'conv2d_1', 'pool_1', 'conv2d_2', 'pool_2', 'flatten', 'dense_1', 'softmax'];

describe('completion offers what the grammar allows', () => {
  it('a query begins with select, then asks something, from a model', () => {
    expect(labels('|')).toEqual(['select']);
    expect(labels('sel|')).toEqual(['select']);
    expect(labels('select |').slice(0, 3)).toEqual(['*', 'graph', 'activation']);
    expect(labels('select |')).toEqual(expect.arrayContaining(LAYERS));
    expect(labels('select * |')).toEqual(['from']);
    expect(labels('select conv2d_1 |')).toEqual(['from']);
    expect(labels('select * from |')).toEqual(['f', 'digits-cnn', 'digits-mlp', 'reader', 'coder', 'empty']);
    expect(labels('select * from digits-cnn@|')).toEqual(['best', 'last', '12', '8', '4', '0']);
    expect(labels('select * from digits-cnn@1|')).toEqual(['12']);
  });

  it('functions come with their signature and sentence', () => {
    const [top] = at('select to|');
    expect(top).toMatchObject({ label: 'top', insert: 'top(', kind: 'function', from: 7, to: 9 });
    expect(top?.detail).toBe('top(layer#unit, k): The examples that a unit answers most to.');
    expect(taken('select gra| from f')).toBe('select graph() from f');
    expect(taken('select activ|(dense_1) from f(x)')).toBe('select activation(dense_1) from f(x)');
  });

  it('layers are those of the model named, also when it is named later', () => {
    expect(labels('select activation(|')).toEqual(LAYERS);
    expect(labels('select activation(|) from reader(texts.all[0])')).toEqual([
      'words',
      'embedding',
      'video',
      'map',
    ]);
    expect(labels('select activation(conv|) from digits-cnn(x)')).toEqual(['conv2d_1', 'conv2d_2']);
    expect(labels('select | from digits-mlp(x)')).toEqual(
      expect.arrayContaining(['input', 'dense_1', 'out']),
    );
    expect(labels('select * from f(x) join (select activation(|) from reader(texts))')).toContain(
      'embedding',
    );
  });

  it('units are those of the layer', () => {
    expect(labels('select conv2d_1#| from f(x)')).toEqual(Array.from({ length: 12 }, (_, i) => `${i}`));
    expect(labels('select conv2d_1#1|')).toEqual(['1', '10', '11']);
    expect(labels('select * from f(x) for unit dense_1#|')).toHaveLength(32);
    expect(taken('select top(den|')).toBe('select top(dense_1#');
  });

  it('inputs fit what is asked', () => {
    expect(labels('select activation(conv2d_1) from f(|')).toEqual([
      'x',
      "x'",
      'digits.train',
      'digits.test',
      'texts.all',
    ]);
    expect(labels('select confusion() from f(|')).toEqual([
      'data',
      'hard',
      'two words',
      'digits.train',
      'digits.test',
      'texts.all',
    ]);
    expect(taken('select confusion() from f(two|')).toBe('select confusion() from f("two words"');
    expect(labels('select confusion() from f(digits.|)')).toEqual(['train', 'test']);
    expect(taken('select activation(conv2d_1) from f(digits.te|)')).toBe(
      'select activation(conv2d_1) from f(digits.test[)',
    );
  });

  it('conditions offer columns, units, classes in quotes', () => {
    const columns = ['label', 'index', 'predicted', 'confidence', 'loss', 'ink'];
    expect(labels('select predict() from f(data[|')).toEqual([
      'not',
      ...columns,
      ...LAYERS,
      'distance',
      'agreement',
    ]);
    expect(labels('select predict() from f(digits.test[label |')).toEqual([
      '=',
      '!=',
      '<',
      '<=',
      '>',
      '>=',
      'in',
    ]);
    expect(labels('select predict() from f(digits.test[label = |').slice(0, 3)).toEqual([
      "'zero'",
      "'one'",
      "'two'",
    ]);
    expect(taken("select predict() from f(digits.test[label = 'sev|'])")).toBe(
      "select predict() from f(digits.test[label = 'seven'])",
    );
    expect(taken('select predict() from f(digits.test[label = sev|])')).toBe(
      "select predict() from f(digits.test[label = 'seven'])",
    );
    expect(labels('select predict() from f(data[label in [1, |').slice(0, 1)).toEqual(["'zero'"]);
    expect(labels('select predict() from f(hard) order by |')).toContain('ink');
    expect(labels('select predict() from f(data[label = 7 |')).toEqual(['and', 'or']);
    expect(labels('select predict() from f(data[distance(dense_1, |').slice(0, 2)).toEqual(['x', "x'"]);
    expect(taken('select count() from f(data[conv2d_1|')).toBe('select count() from f(data[conv2d_1#');
  });

  it('clauses that are not there yet and that fit', () => {
    expect(labels('select * from f(x) |')).toEqual(['for', 'using', 'where', 'with', 'join', 'left join']);
    expect(labels('select * from f(data) |')).toContain('limit');
    expect(labels('select * from f(x) using ig |')).not.toContain('using');
    expect(labels('select predict() from f(data) |')).toEqual(['with', 'left join', 'order by', 'limit']);
    expect(labels('select similarity() from f(data) |')).toContain('join');
    expect(labels('select graph() from f |')).toEqual([]);
    expect(labels("select * from f(x) join (select * from f(x') |")).toContain('using');
    expect(labels('select * from f(x) left |')).toEqual(['join']);
    expect(labels('select * from f(x) order |')).toEqual(['by']);
  });

  it('methods that fit, their parameters with default and range, and their choices', () => {
    expect(labels('select units(dense_1) from f(data) using |')).toEqual(
      expect.arrayContaining(['pca', 'umap']),
    );
    expect(labels('select * from f(x) using |')).not.toContain('pca');
    expect(labels('select * from f(x) using |')).not.toContain('lrp');
    const [steps, baseline] = at('select * from f(x) using ig(|');
    expect(steps).toMatchObject({ label: 'steps', insert: 'steps=' });
    expect(steps?.detail).toBe('256, from 1 to 100000 · Points of the integral.');
    expect(baseline?.label).toBe('baseline');
    expect(labels('select * from f(x) using ig(steps=3, |)')).toEqual(['baseline']);
    expect(labels('select * from f(x) using ig(baseline=|)')).toEqual([
      'zero',
      'mean',
      'blurred',
      'x',
      "x'",
      'digits.train',
      'digits.test',
    ]);
    expect(labels('select * from f(x) using ig(steps=|)')).toEqual(['256']);
  });

  it('targets, classes, windows, changes and weights', () => {
    expect(labels('select * from f(x) for |')).toEqual(['class', 'logit', 'loss', 'unit']);
    const classes = at('select * from f(x) for class |');
    expect(classes.map(({ label, detail }) => [label, detail])[7]).toEqual(['7', 'seven']);
    expect(taken('select * from f(x) for class sev|')).toBe('select * from f(x) for class 7');
    expect(labels('select * from f(x) where [0, 0, |')).toEqual(['8']);
    expect(labels('select predict() from f(x) with |')).toEqual([...CHANGE_NAMES]);
    expect(labels('select predict() from f(x) with set(dense_1.|')).toEqual(['kernel', 'bias']);
    expect(taken('select predict() from f(x) with set(conv2d_1.k|')).toBe(
      'select predict() from f(x) with set(conv2d_1.kernel[',
    );
    expect(labels('select predict() from f(x) with set(conv2d_1.kernel[0, 0, 0, |')).toHaveLength(12);
  });

  it('the word at the caret is replaced whole, and nothing is offered for what is complete', () => {
    expect(taken('select activation(conv2d|_9) from f(x)', 'conv2d_2')).toBe(
      'select activation(conv2d_2) from f(x)',
    );
    expect(at('select * from f(x) using gradcam|')).toEqual([]);
    expect(at('select nonsense(|')).toEqual([]);
  });

  it('a fault before the caret does not end it', () => {
    expect(labels('select activation(#) from f(x) using umap(dims=3) where [|')).toEqual(['0']);
    expect(labels('selct * from f(x) for |')).toEqual(['class', 'logit', 'loss', 'unit']);
    expect(labels('select * from f(x) where [0, 0] using |')).toContain('ig');
  });
});
