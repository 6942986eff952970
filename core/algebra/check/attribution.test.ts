import { describe, expect, it } from 'vitest';
import { bind, canonical, check, METHODS, parse, print, type QueryBindings } from '../index.ts';
import { catalog } from '../testing/catalog.fixture.ts';

const BOUND: QueryBindings = {
  f: 'digits-cnn@12',
  x: 'digits.test[42]',
  "x'": 'digits.test[7]',
  data: 'digits.test',
};
const checked = (text: string) => check(bind(parse(text), BOUND), catalog);
const COMPUTED = Object.values(METHODS).filter(
  ({ family, computed }) => family === 'attribution' && computed,
);

describe('attributions are of the shape of what they attribute to', () => {
  it.each([
    ['select * from f(x)', 'attribution[y,x]'],
    ['select * from f(x) where [2, 0, 8, 4]', 'attribution[y,x]'],
    ['select * from reader(texts.all[0])', 'attribution[feature]'],
    ['select * from digits-mlp(digits.test[0])', 'attribution[y,x]'],
    ['select conv2d_1 from f(x)', 'attribution[unit,y,x]'],
    ['select embedding from reader(texts.all[0])', 'attribution[unit,y,x]'],
    ['select conv2d_1#3 from f(x)', 'attribution[y,x]'],
    ['select dense_1 from f(x)', 'attribution[unit]'],
    ['select dense_1#3 from f(x) for unit softmax#2', 'attribution[unit]'],
    ['select * from f(data)', 'attribution[example,y,x]'],
    ['select * from f(data[predicted != label]) order by loss desc limit 20', 'attribution[example,y,x]'],
    ['select conv2d_1 from f(data)', 'attribution[unit]'],
    ['select conv2d_1#3 from f(data)', 'attribution[unit]'],
    ['select * from f(x) for class 7 using smoothgrad(samples=10, seed=3)', 'attribution[y,x]'],
    ['select * from f(x) for loss using occlusion(window=2)', 'attribution[y,x]'],
    ["select * from f(x) using ig(baseline=x')", 'attribution[y,x]'],
    ['select * from f(x) using ig(baseline=digits.train[3], steps=10)', 'attribution[y,x]'],
    ['select * from f(x) using exact_shapley where [2, 2, 6, 6]', 'attribution[y,x]'],
    ['select conv2d_2 from f(x) using gradcam', 'attribution[unit,y,x]'],
    ['select * from f(x) using gradcam', 'attribution[y,x]'],
    ['select * from f(x) with ablate(conv2d_1#3), patch([0, 0, 2, 2], 1), pgd(0.1, 10)', 'attribution[y,x]'],
    ["select * from f(x) join (select * from f(x'))", 'attribution[y,x]'],
    [
      "select * from f(x) left join (select * from f@4(x') join (select * from digits-mlp(x)))",
      'attribution[y,x]',
    ],
    [
      "select * from f(x) where [0, 0, 4, 4] join (select * from f(x') where [4, 4, 8, 8])",
      'attribution[y,x]',
    ],
    ["select conv2d_1#3 from f(x) left join (select conv2d_1#4 from f(x'))", 'attribution[y,x]'],
    ['select * from f(data) left join (select * from f@4(digits.test))', 'attribution[example,y,x]'],
    [
      'select conv2d_1 from f(data[label = 4]) left join (select conv2d_1 from f(data[label = 9]))',
      'attribution[unit]',
    ],
    [
      'select * from f(data[confidence < 0.5]) join (select * from f(data[confidence < 0.5]) for class 3)',
      'attribution[example,y,x]',
    ],
    ['select similarity() from f(data)', 'similarity'],
    ['select similarity(dense_1) from f(data)', 'similarity'],
    ['select similarity(conv2d_1, dense_1) from f(data)', 'similarity'],
    [
      'select similarity() from f(data) join (select similarity() from digits-mlp(digits.test))',
      'similarity',
    ],
    ['select weights(dense_1#3) from f', 'weights'],
    ['select count() from f(data[label in [1, 7] and distance(dense_1, x) < 3])', 'count'],
    [
      'select predict() from f(data[agreement(dense_1, 10) < 0.5 and loss > 1]) order by loss',
      'table[example]',
    ],
    ["select images() from f(data[label in ['one', 7]])", 'images'],
    ['select predict() from f(x) with fgsm(0.1)', 'vector[class]'],
    [
      'select confusion() from f(data) left join (select confusion() from digits-mlp(data))',
      'matrix[class,class]',
    ],
    ['select predict() from f(x) left join (select predict() from digits-mlp(x))', 'vector[class]'],
    ['select images() from f(data) with ablate(dense_1#3), fgsm(0.1)', 'images'],
  ])('%s is %s', (text, type) => {
    expect(checked(text.replace('f@4', 'digits-cnn@4'))).toEqual({ type, problems: [] });
  });
});

describe('what cannot be asked is refused before anything is computed', () => {
  it.each([
    [
      'select * from f(x) using deeplift',
      `deeplift is not computed by this version; use ${COMPUTED.map(({ name }) => name).join(', ')} instead`,
    ],
    [
      'select * from f(x) using exact_shapley',
      'exact_shapley asks every subset of 64 features; it takes at most 16: use shapley, or where [x1, y1, x2, y2] for a smaller window',
    ],
    [
      'select dense_1 from f(x) using exact_shapley',
      'exact_shapley asks every subset of 32 features; it takes at most 16: use shapley',
    ],
    [
      'select dense_1 from f(x) using gradcam',
      'gradcam needs a convolutional layer, dense_1 puts out no feature maps; feature maps come out of conv2d_1, pool_1, conv2d_2, pool_2',
    ],
    ['select * from digits-mlp(x) using gradcam', 'gradcam needs a convolutional layer, digits-mlp has none'],
    [
      'select * from f(x) using occlusion(window=9)',
      'found window=9, expected at most 8: what is looked at is 8×8',
    ],
    [
      'select * from f(x) using ig(baseline=grey)',
      'found baseline=grey, expected a number, zero, mean, blurred or an example such as digits.test[3]',
    ],
    [
      'select * from f(x) using ig(baseline=texts.all[3])',
      'texts.all[3] is no example of digits: a baseline is of the same data set',
    ],
    [
      'select * from f(x) using ig(baseline=digits.test[999])',
      'no example 999 in digits.test; it has 359: 0 to 358',
    ],
    [
      'select * from reader(texts.all[0]) using ig(baseline=blurred)',
      'blurred needs pictures, the examples of texts are 20; use zero or mean',
    ],
    ['select * from f(x) where [0, 0, 4.5, 4]', 'found [0, 0, 4.5, 4], expected whole numbers of pixels'],
    [
      'select * from reader(texts.all[0]) where [0, 0, 4, 1]',
      'where needs pictures, the examples of texts are 20',
    ],
    [
      'select * from f(x) with patch([0, 0, 9, 2], 1)',
      'found [0, 0, 9, 2], expected a region within [0, 0, 8, 8]',
    ],
    [
      'select * from f(x) with ablate(image#0)',
      'image is the input, ablate acts on units of later layers; change the input by noise, fgsm, pgd or patch',
    ],
    ['select * from f(x) with pgd(0.1, 100000)', 'found 100000 steps, expected 1 to 1000'],
    [
      'select * from reader(texts.all[0]) with fgsm(0.1)',
      'fgsm needs a model that scores classes, reader puts out 20×2; use noise or patch',
    ],
    [
      'select images() from f(data) with ablate(dense_1#3)',
      'images() is the same with and without changes (with ...); remove ablate()',
    ],
    [
      'select weights(dense_1) from f with ablate(dense_1#3)',
      'weights() is the same with and without changes (with ...); remove ablate()',
    ],
    [
      'select * from reader(texts.all[0]) for class 1',
      'a class needs a model that scores classes, reader puts out 20×2; for one of its outputs write logit 1',
    ],
    [
      'select confusion() from coder(digits.test)',
      'confusion() needs a model that scores classes, coder puts out 64 (digits has 10 classes)',
    ],
    [
      'select count() from coder(digits.test[confidence < 0.5])',
      'confidence needs a model that scores classes, coder puts out 64 (digits has 10 classes)',
    ],
    [
      'select images() from coder(digits.test) order by loss',
      'loss needs a model that scores classes, coder puts out 64 (digits has 10 classes)',
    ],
    [
      'select weights(pool_1) from f',
      'pool_1 (pool) has no weights; layers with weights are conv2d_1, dense_1',
    ],
    [
      'select * from f(x) for logit 3 with clamp(softmax#6, 0.5)',
      'clamp acts on the last layer, whose score before the activation it does not define; write class 3, or change the layer before',
    ],
    ['select units(image) from f(data) using umap', 'umap needs at least 4 points, found 1; use pca'],
    [
      'select examples(dense_1) from f(data) using tsne limit 3',
      'tsne needs at least 4 points, found 3; use pca',
    ],
    [
      'select * from f(x) for unit image#0 using gradcam',
      'gradcam needs a convolutional layer, digits-cnn has none before image; feature maps come out of conv2d_1, pool_1, conv2d_2, pool_2',
    ],
    ['select * from reader(texts.all[0]) for logit 40', 'no logit 40 of reader; it has 2: 0 to 1'],
    ['select * from reader(texts.all[0]) for loss', 'the loss needs labels, texts has none'],
    [
      'select * from reader(texts)',
      'attribution over a slice needs pictures, the examples of texts are 20; write one example, or a layer instead of *',
    ],
    [
      'select video from reader(texts.all[0])',
      'video puts out 2×3×4×5: attribution takes layers with one to three axes',
    ],
    [
      'select conv2d_2 from f(x) for unit conv2d_1#3',
      'conv2d_1 comes before conv2d_2 and does not depend on it; take a unit of conv2d_2 or of a later layer',
    ],
    [
      "select * from f(x) where [0, 0, 4, 4] join (select * from f(x'))",
      'a join compares feature by feature: the left side has 4×4×1, this one 8×8×1',
    ],
    [
      "select conv2d_1 from f(x) left join (select conv2d_2 from f(x'))",
      'a join compares feature by feature: the left side has 8×8×12, this one 4×4×24',
    ],
    [
      'select * from f(x) join (select * from f(data))',
      'one side is an example, the other a slice; write one example here too',
    ],
    [
      'select * from f(data) join (select * from f(data[label = 7]))',
      'the pictures of two slices are compared one by one: write the same slice, order and limit on both sides, with conditions that do not depend on the model where the models differ',
    ],
    [
      'select * from f(data[confidence < 0.5]) join (select * from digits-mlp(digits.test[confidence < 0.5]))',
      'the pictures of two slices are compared one by one: write the same slice, order and limit on both sides, with conditions that do not depend on the model where the models differ',
    ],
    [
      'select * from f(x) join (select predict() from f(x))',
      'found a function, expected an attribution as on the left side',
    ],
    [
      'select similarity() from f(data) left join (select similarity() from digits-mlp(data))',
      'similarity() has no left join: alike is alike from either side; write join',
    ],
    [
      'select confusion() from f(data) join (select confusion() from digits-mlp(data))',
      'confusion() has no join: there is nothing that both sides share; write left join for what parts them',
    ],
    [
      'select confusion() from f(data) left join (select confusion() from digits-mlp(digits.train))',
      'confusion() of two models needs the same examples on both sides, with conditions that do not depend on the model; write digits.test',
    ],
    [
      'select calibration(10) from f(data) left join (select calibration(15) from digits-mlp(data))',
      'expected calibration(10) on both sides of the join',
    ],
    [
      'select similarity() from f(data) join (select similarity() from digits-mlp(digits.train))',
      'similarity() of two models needs the same examples on both sides, with conditions that do not depend on the model; write digits.test',
    ],
    [
      'select similarity(dense_1) from f(data) join (select similarity() from digits-mlp(data))',
      'expected similarity() or similarity(layer) on both sides: two models are compared layer by layer',
    ],
    [
      'select similarity(a, b, c) from f(data)',
      'similarity(layer?, layer2?) takes 0 to 2 arguments, found 3',
    ],
    ['select top(dense_1#3, 5000) from f(data)', 'found 5000, expected a whole number above 0, at most 1000'],
    ['select count() from f(data[label in [1, 10]])', 'no class 10 in digits; its classes are 0 to 9'],
    ["select count() from f(data[label in ['sevn']])", "no class 'sevn' in digits; did you mean seven?"],
    [
      "select count() from f(data[ink in ['one']])",
      "'one' is compared with a number; a text can only be compared with label or predicted",
    ],
    [
      'select count() from f(data[distance(dense_2, x) < 1])',
      'no layer dense_2 in digits-cnn; did you mean dense_1?',
    ],
    [
      'select count() from f(data[distance(dense_1, digits.test[400]) < 1])',
      'no example 400 in digits.test; it has 359: 0 to 358',
    ],
    [
      'select count() from f(data[distance(dense_1, texts.all[4]) < 1])',
      'texts.all[4] is no example of digits: a distance is from an example of the same data set',
    ],
    [
      'select count() from f(data[agreement(dense_1, 0) < 1])',
      'found 0 neighbours, expected a whole number from 1 to 358',
    ],
    [
      'select count() from reader(texts.all[agreement(map, 3) < 1])',
      'agreement() needs labels, texts has none',
    ],
    ['select count() from reader(texts.all[loss < 1])', 'the loss needs labels, texts has none'],
    ['select predict() from reader(texts.all) order by loss', 'texts has no labels'],
  ])('%s', (text, message) => {
    const { type, problems } = checked(text);
    expect(problems.map((p) => p.message)).toContain(message);
    expect(problems.every((p) => p.at !== undefined)).toBe(true);
    expect(type).toBeNull();
  });

  it('a method that needs a gradient is refused where the format has none; the others are not', () => {
    const [cnn, ...rest] = catalog.models;
    if (cnn === undefined) throw new Error('the fixture has a model');
    const without = { ...catalog, models: [{ ...cnn, gradients: false }, ...rest] };
    const problems = (method: string) =>
      check(bind(parse(`select conv2d_1 from f(x) ${method}`), BOUND), without).problems.map(
        (p) => p.message,
      );
    const forward = COMPUTED.filter(({ needs }) => needs === 'forward').map(({ name }) => name);
    const message = (method: string) =>
      `${method} needs a gradient, and digits-cnn is of a format without one; use ${forward.slice(0, -1).join(', ')} or ${forward.at(-1)}`;
    expect(problems('')).toEqual([message('ig')]);
    for (const { name, needs, mostPlayers } of COMPUTED)
      if (mostPlayers === undefined)
        expect(problems(`using ${name}`)).toEqual(needs === 'gradient' ? [message(name)] : []);
    expect(problems('using shapley with fgsm(0.1)')).toEqual([
      'fgsm needs a gradient, and digits-cnn is of a format without one; use noise',
    ]);
  });

  it('what a joined query takes from the left side is told once', () => {
    const { problems } = checked("select * from f(x) using ig(steps=0) join (select * from f(x'))");
    expect(problems.map((p) => p.message)).toEqual([
      'found steps=0, expected a whole number from 1 to 100000',
    ]);
  });
});

describe('canonical form of attributions', () => {
  const text = (query: string) => print(canonical(bind(parse(query), BOUND), catalog));
  it.each([
    ['select * from f(x)', 'select * from digits-cnn@12(digits.test[42]) using ig(steps=256, baseline=0)'],
    [
      'select * from f(data)',
      'select * from digits-cnn@12(digits.test) using ig(steps=256, baseline=0) limit 100',
    ],
    [
      "select * from f(x) using ig(baseline=x', steps=8) left join (select * from f(x'))",
      'select * from digits-cnn@12(digits.test[42]) using ig(steps=8, baseline=digits.test[7]) left join (select * from digits-cnn@12(digits.test[7]) using ig(steps=8, baseline=digits.test[7]))',
    ],
    [
      'select * from f(x) using gradient(baseline=zero) join (select * from f(x) using occlusion)',
      'select * from digits-cnn@12(digits.test[42]) using gradient(baseline=0) join (select * from digits-cnn@12(digits.test[42]) using occlusion(window=3, stride=1, baseline=0))',
    ],
    [
      "select * from f(x) using gradient(baseline='digits . test [ 3 ]')",
      'select * from digits-cnn@12(digits.test[42]) using gradient(baseline=digits.test[3])',
    ],
    [
      "select count() from f(data[label in ['seven', 1, 7, 1] and distance(dense_1, x') < 3])",
      'select count() from digits-cnn@12(digits.test[label in [1, 7] and distance(dense_1, digits.test[7]) < 3])',
    ],
    ['select top(dense_1#3) from f(data)', 'select top(dense_1#3, 9) from digits-cnn@12(digits.test)'],
    ['select similarity() from f(data)', 'select similarity() from digits-cnn@12(digits.test)'],
    ['select calibration() from f(data)', 'select calibration(15) from digits-cnn@12(digits.test)'],
  ])('%s', (query, expected) => {
    expect(text(query)).toBe(expected);
    expect(print(canonical(parse(expected), catalog))).toBe(expected);
  });
});

describe('saved slices', () => {
  const slices = {
    hard: 'digits.test[confidence < 0.5]',
    digits: 'digits.train',
    broken: 'a b',
    one: 'd.t[3]',
  };
  const bound = (text: string) => print(bind(parse(text), { ...BOUND, slices }));
  it('stand where a data set stands, also before one of the same name', () => {
    expect(bound('select predict() from f(hard)')).toBe(
      'select predict() from digits-cnn@12(digits.test[confidence < 0.5])',
    );
    expect(bound('select predict() from f(digits)')).toBe(
      'select predict() from digits-cnn@12(digits.train)',
    );
    expect(bound('select predict() from f(digits.test)')).toBe(
      'select predict() from digits-cnn@12(digits.test)',
    );
    expect(bound('select * from f(x) join (select * from f(hard))')).toMatch(/join .*confidence < 0.5/);
  });
  it('that say nothing, or name one example, are refused at the name', () => {
    expect(() => bound('select predict() from f(broken)')).toThrow(
      /the slice broken is saved as a b: found b/,
    );
    expect(() => bound('select predict() from f(one)')).toThrow(
      'the slice one is saved as d.t[3], expected a slice, such as digits.test[label = 7]',
    );
    expect(() => bound('select predict() from f(toString)')).not.toThrow();
  });
});
