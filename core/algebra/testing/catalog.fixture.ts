/** A small project for the tests: two pictures' models, a table's, labelled and unlabelled data, of unequal sizes. */
import type { Catalog, CatalogModel } from '../project/catalog.ts';

type Layer = CatalogModel['graph']['layers'][number];

function layer(name: string, outputShape: (number | null)[], weights: Record<string, number[]> = {}): Layer {
  return {
    name,
    type: name === 'softmax' ? 'Softmax' : name.replace(/_\d+$/, ''),
    outputShape,
    params: 0,
    trainableParams: 0,
    units: outputShape.at(-1) ?? null,
    weights: Object.entries(weights).map(([weight, shape]) => ({ name: weight, shape })),
    config: {},
  };
}

function model(name: string, layers: Layer[], rest: Partial<CatalogModel> = {}): CatalogModel {
  return {
    name,
    graph: {
      model: name,
      layers,
      edges: layers.slice(1).map(({ name: to }, i) => ({ from: layers[i]?.name ?? '', to })),
      inputs: [layers[0]?.name ?? ''],
      outputs: [layers.at(-1)?.name ?? ''],
      params: 0,
    },
    checkpoints: [0, 4, 8, 12].map((step) => ({ step })),
    bestStep: 8,
    inputs: [{ name: 'image', shape: layers[0]?.outputShape ?? [] }],
    ...rest,
  };
}

export const catalog: Catalog = {
  models: [
    model('digits-cnn', [
      layer('image', [null, 8, 8, 1]),
      layer('conv2d_1', [null, 8, 8, 12], { 'conv2d_1/kernel': [3, 3, 1, 12], 'conv2d_1/bias': [12] }),
      layer('pool_1', [null, 4, 4, 12]),
      layer('conv2d_2', [null, 4, 4, 24]),
      layer('pool_2', [null, 2, 2, 24]),
      layer('flatten', [null, 96]),
      layer('dense_1', [null, 32], { kernel: [96, 32], bias: [32] }),
      layer('softmax', [null, 10]),
    ]),
    model('digits-mlp', [layer('input', [null, 64]), layer('dense_1', [null, 5]), layer('out', [null, 10])], {
      checkpoints: [{ step: 3 }],
      bestStep: null,
    }),
    model(
      'reader',
      [
        layer('words', [null, 20]),
        layer('embedding', [null, 20, 6]),
        layer('video', [null, 2, 3, 4, 5]),
        layer('map', [null, 20, 2]),
      ],
      { bestStep: null },
    ),
    model('coder', [layer('input', [null, 64]), layer('code', [null, 2]), layer('output', [null, 64])]),
    model('empty', [layer('a', [null, 3])], { checkpoints: [] }),
  ],
  datasets: [
    {
      name: 'digits',
      shape: [8, 8, 1],
      classes: ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'],
      columns: ['ink'],
      splits: [
        { name: 'train', size: 1438 },
        { name: 'test', size: 359 },
      ],
    },
    { name: 'texts', shape: [20], classes: [], columns: [], splits: [{ name: 'all', size: 50 }] },
  ],
};
