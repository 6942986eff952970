import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bind, check, estimate, METHODS, parse, type QueryBindings } from '../index.ts';
import { anyQuery } from '../testing/arbitrary.ts';
import { catalog } from '../testing/catalog.fixture.ts';

const ATTRIBUTIONS = Object.values(METHODS)
  .filter(({ family, computed }) => family === 'attribution' && computed)
  .map(({ name }) => name)
  .join(', ');
const BOUND: QueryBindings = {
  f: 'digits-cnn@12',
  x: 'digits.test[42]',
  "x'": 'digits.test[7]',
  data: 'digits.test',
};
const checked = (text: string) => check(bind(parse(text), BOUND), catalog);

describe('result types follow from the shapes', () => {
  it.each([
    ['select graph() from f', 'graph'],
    ['select metrics() from f', 'series[step]'],
    ['select activation(conv2d_1) from f(x)', 'tensor[unit,y,x]'],
    ['select activation(dense_1) from f(x)', 'vector[unit]'],
    ['select activation(dense_1#31) from f(x)', 'vector[unit]'],
    ['select activation(embedding) from reader(texts.all[0])', 'tensor[unit,y,x]'],
    ['select stats(conv2d_1) from f(data)', 'stats[unit]'],
    ['select histogram(conv2d_1#11) from f(x)', 'histogram'],
    ['select predict() from f(x)', 'vector[class]'],
    ['select predict() from f(digits.test)', 'table[example]'],
    ['select predict() from f(data[predicted != label]) order by confidence desc limit 5', 'table[example]'],
    ['select confusion() from digits-mlp(digits.train)', 'matrix[class,class]'],
    ['select classmeans(pool_2) from f(data)', 'matrix[unit,class]'],
    ['select images() from f(data[conv2d_1#3 > 0.5 or ink < 3])', 'images'],
    ['select units(dense_1) from f(data) using pca(dims=2)', 'points[unit]'],
    ['select examples(dense_1) from f(data) using umap(neighbours=30)', 'points[example]'],
  ])('%s is a %s', (text, type) => {
    expect(checked(text)).toEqual({ type, problems: [] });
  });
});

describe('problems name the place, what is there and the nearest name', () => {
  it.each([
    [
      'select activation(conv2_d) from f(x)',
      [19, 7],
      'no layer conv2_d in digits-cnn; did you mean conv2d_2?',
    ],
    [
      'select activation(attention) from f(x)',
      [19, 9],
      'no layer attention in digits-cnn; its layers are image, conv2d_1, pool_1, conv2d_2, pool_2, flatten, dense_1, softmax',
    ],
    ['select graph from f(x)', [8, 5], 'no layer graph in digits-cnn; the function is written graph()'],
    ['select stats(conv2d_1#12) from f(x)', [14, 11], 'no unit 12 in conv2d_1; it has 12: 0 to 11'],
    [
      'select graph() from digit-cnn',
      [21, 9],
      'no model digit-cnn in this project; did you mean digits-cnn?',
    ],
    [
      'select graph() from digits-cnn@7',
      [21, 12],
      'no step 7 of digits-cnn; did you mean digits-cnn@8? It has 4 from 0 to 12',
    ],
    [
      'select graph() from reader@best',
      [21, 11],
      'which checkpoint of reader is the best is not known, as no validation was logged; write its step',
    ],
    ['select graph() from empty', [21, 5], 'empty has no checkpoint yet'],
    [
      'select predict() from f(digit.test)',
      [25, 10],
      'no data set digit in this project; did you mean digits?',
    ],
    ['select predict() from f(digits.tset)', [25, 11], 'no split tset in digits; did you mean test?'],
    [
      'select predict() from f(digits)',
      [25, 6],
      'digits has 2 splits; write which: digits.train or digits.test',
    ],
    [
      'select predict() from f(digits.test[359])',
      [25, 16],
      'no example 359 in digits.test; it has 359: 0 to 358',
    ],
    ['select predict() from f(texts.all)', [25, 9], 'texts has examples of 20, digits-cnn takes 8×8×1'],
    ['select predict() from f', [23, 1], 'predict() needs data: from f(data), or f(digits.test)'],
    [
      'select activation(conv2d_1) from f',
      [34, 1],
      'activation() needs an example: from f(x), or f(digits.test[42])',
    ],
    [
      'select activation(conv2d_1) from f(data)',
      [36, 4],
      'activation() needs one example, found a split; write x, or one such as digits.test[42]',
    ],
    [
      'select confusion() from f(x)',
      [27, 1],
      'confusion() needs a split or a slice, found one example; write data, or one such as digits.test',
    ],
    [
      'select confusion() from reader(texts)',
      [25, 6],
      'confusion() needs a model that scores classes, reader puts out 20×2',
    ],
    ['select classmeans(map) from reader(texts)', [36, 5], 'classmeans() needs labels, texts has none'],
    ['select images() from reader(texts)', [29, 5], 'images() needs pictures, the examples of texts are 20'],
    ['select graph() from f(x)', [23, 1], 'graph() takes no input; write from digits-cnn@12'],
    ['select activation() from f(x)', [8, 12], 'activation(layer) takes 1 argument, found 0'],
    ['select graph(conv2d_1) from f', [8, 15], 'graph() takes no arguments, found 1'],
    [
      'select classmeans(conv2d_1#1) from f(data)',
      [19, 10],
      'found conv2d_1#1, expected a layer, such as conv2d_1',
    ],
    [
      'select stats(3) from f(data)',
      [14, 1],
      'found 3, expected a layer or a unit, such as conv2d_1 or conv2d_1#7',
    ],
    [
      'select activation(video) from reader(texts.all[0])',
      [8, 17],
      'video puts out 2×3×4×5: activation() takes layers with one to three axes',
    ],
    [
      'select stats(conv2d_1) from f(x) using pca',
      [40, 3],
      'stats() has no methods to choose from; remove using pca',
    ],
    [
      'select units(dense_1) from f(data) using ig',
      [42, 2],
      'ig is no method for units(); it has pca, umap, tsne',
    ],
    [
      'select units(dense_1) from f(data) using umap(dim=3)',
      [47, 5],
      'no parameter dim of umap; did you mean dims?',
    ],
    [
      'select units(dense_1) from f(data) using umap(seed=1, dims=4)',
      [55, 6],
      'found dims=4, expected a whole number from 2 to 3',
    ],
    [
      'select predict() from f(x) limit 3',
      [28, 7],
      'limit belongs to a query over a split or a slice; remove it',
    ],
    [
      'select predict() from f(data) order by konfidence',
      [37, 13],
      'no column konfidence in digits; did you mean confidence?',
    ],
    [
      'select predict() from f(data) order by conv2d_1#99',
      [37, 14],
      'no unit 99 in conv2d_1; it has 12: 0 to 11',
    ],
    [
      'select predict() from f(x) where [0, 0, 1, 1]',
      [34, 12],
      'where belongs to attributions (select * or select layer); remove it',
    ],
    [
      'select predict() from f(x) for class 3',
      [32, 7],
      'for belongs to attributions (select * or select layer); remove it',
    ],
    [
      "select images() from f(x) join (select images() from f(x'))",
      [27, 33],
      'join and left join belong to attributions (select * or select layer); of functions, join to similarity(), left join to predict(), confusion(), classmetrics(), calibration()',
    ],
    ['select predict() from f(data[lable = 3])', [30, 5], 'no column lable in digits; did you mean label?'],
    ['select predict() from f(data[label = 10])', [38, 2], 'no class 10 in digits; its classes are 0 to 9'],
    [
      "select predict() from f(data[label = 'sevn'])",
      [38, 6],
      "no class 'sevn' in digits; did you mean seven?",
    ],
    [
      'select predict() from f(data[label = seven])',
      [38, 5],
      "no column seven in digits; a class is written in single quotes: 'seven'",
    ],
    [
      "select predict() from f(data[ink = 'seven'])",
      [36, 7],
      "'seven' is compared with a number; a text can only be compared with label or predicted",
    ],
    [
      "select predict() from f(data[label < 'seven'])",
      [30, 15],
      'found < before a class; classes have no order, expected = or !=',
    ],
    [
      'select predict() from f(data[conv2d_9#0 > 1])',
      [30, 10],
      'no layer conv2d_9 in digits-cnn; did you mean conv2d_2?',
    ],
    ['select count() from reader(texts.all[label = 1])', [38, 5], 'texts has no labels'],
    [
      'select predict() from f(x) with ablate(conv2d_1#30)',
      [33, 19],
      'no unit 30 in conv2d_1; it has 12: 0 to 11',
    ],
    [
      'select predict() from f(x) with set(dense_1.kernel[96,0], 1)',
      [33, 28],
      'found [96,0], expected 2 indices below [96,32] in dense_1.kernel',
    ],
    [
      'select predict() from f(x) with set(dense_1.kernal[0,0], 1)',
      [33, 27],
      'no weight kernal in dense_1; did you mean kernel?',
    ],
    ['select conv2d_3 from f(x)', [8, 8], 'no layer conv2d_3 in digits-cnn; did you mean conv2d_2?'],
    ['select * from f(x) where [x1, y1, x2, y2]', [26, 16], 'x1 is not bound; write a number of pixels'],
    [
      'select * from f(x) where [0, 0, 9, 4]',
      [26, 12],
      'found [0, 0, 9, 4], expected a region within [0, 0, 8, 8]',
    ],
    [
      'select * from f(x) where [4, 0, 4, 4]',
      [26, 12],
      'found [4, 0, 4, 4], expected [x1, y1, x2, y2] with x1 below x2 and y1 below y2',
    ],
    ['select * from f(x) for class 10', [24, 8], 'no class 10 of digits-cnn; it has 10: 0 to 9'],
    ['select * from f(x) using pca', [26, 3], `pca is no method for attribution; it has ${ATTRIBUTIONS}`],
  ])('%s', (text, [column, length], message) => {
    const { type, problems } = checked(text);
    expect(type).toBeNull();
    expect(problems[0]).toEqual({ message, at: { line: 1, column, length } });
  });

  it('reports all problems, in the order of the text', () => {
    const { problems } = checked('select conv_1 from f(x) for class 99\nusing ig(step=3, steps=0)');
    expect(problems.map((p) => [p.at?.line, p.message.split(';')[0]])).toEqual([
      [1, 'no layer conv_1 in digits-cnn'],
      [1, 'no class 99 of digits-cnn'],
      [2, 'no parameter step of ig'],
      [2, 'found steps=0, expected a whole number from 1 to 100000'],
    ]);
  });

  it("a board's name that is not bound is a problem, not a crash", () => {
    const messages = check(parse('select predict() from f(x)'), catalog).problems.map((p) => p.message);
    expect(messages.map((m) => m.slice(0, 14))).toEqual(['f is not bound', 'x is not bound']);
  });

  it('any query is checked and estimated without a crash, bound or not', () => {
    fc.assert(
      fc.property(anyQuery, (query) => {
        const { type, problems } = check(query, catalog);
        expect(type === null || problems.length === 0).toBe(true);
        const { bytes, examples } = estimate(query, catalog);
        expect(Number.isFinite(bytes) && bytes >= 0 && Number.isInteger(examples)).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });
});
