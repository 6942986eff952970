import { describe, expect, it } from 'vitest';
import { parse } from '@/core/algebra/index.ts';
import type { Model } from '@/core/api/index.ts';
import { type Bindings, NO_BINDINGS } from '@/core/board/index.ts';
import {
  placeFor,
  TOOL_GROUPS,
  TOOLS,
  type ToolId,
  toolById,
  toolFits,
  toolProblem,
  toolQuery,
} from './tools.ts';

const layer = (name: string, units: number | null) => ({
  name,
  type: 'Dense',
  outputShape: [null, units ?? 1],
  params: 1,
  trainableParams: 1,
  units,
  weights: name.startsWith('conv') ? [{ name: 'kernel', shape: [3, 3, 1, 16] }] : [],
  config: {},
});
const model = (name: string, metrics: Model['metrics'] = null): Model => ({
  name,
  color: 0,
  format: 'keras',
  graph: {
    model: name,
    layers: [layer('image', null), layer('conv2d_1', 16), layer('pair', 2)],
    edges: [],
    inputs: ['image'],
    outputs: ['pair'],
    params: 3,
  },
  inputs: [{ name: 'image', shape: [null, 8, 8, 1] }],
  outputs: [],
  checkpoints: [
    { step: 3, hash: 'a', address: `${name}@3` },
    { step: 12, hash: 'b', address: `${name}@12` },
  ],
  bestStep: 3,
  metrics,
  warnings: [],
  createdAt: '2026-01-01T00:00:00Z',
});
const models = [model('digits-cnn'), model('other', { series: [], metaParameters: {}, best: null })];
const bound: Bindings = {
  ...NO_BINDINGS,
  f: 'digits-cnn@12',
  x: 'digits.test[42]',
  "x'": 'digits.test[3]',
  data: 'digits.test',
};
const tool = (id: ToolId) => toolById(id)!;
const why = (id: ToolId, place: string, bindings = bound) => {
  const answer = toolFits(tool(id), place, models, bindings);
  return answer.fits ? null : answer.why;
};

describe('tools', () => {
  it('fit the level that they are made for and say why not elsewhere', () => {
    expect(why('activation', 'digits-cnn@12/conv2d_1')).toBeNull();
    expect(why('activation', 'digits-cnn@12/conv2d_1#3')).toBeNull();
    expect(why('activation', 'digits-cnn@12')).toBe('choose a layer');
    expect(why('activation', 'digits-cnn@12/image')).toBe('this layer has no units');
    expect(why('activation', 'digits-cnn/none')).toBe('there is no layer none in digits-cnn');
    expect(why('units', 'digits-cnn/pair')).toBe('a neuron space needs at least three units');
    expect(why('stats', 'digits.test[3]')).toBe('it is applied to a part of a model');
    expect(why('metrics', 'digits-cnn')).toBe('nothing was logged while this model was trained');
    expect(why('metrics', 'other')).toBeNull();
  });

  it('need an example or data where their query does', () => {
    expect(why('activation', 'digits-cnn/conv2d_1', { ...bound, x: null })).toBe('select an example first');
    expect(why('stats', 'digits-cnn/conv2d_1', { ...bound, data: null })).toBe('choose a data set first');
    expect(why('graph', 'digits-cnn', NO_BINDINGS)).toBeNull();
  });

  it('write f where the place is in the board’s own checkpoint, else the address', () => {
    const query = (id: ToolId, place: string) => toolQuery(tool(id), place, bound, models);
    // Where a unit was chosen, what shows all units of a layer asks about the layer.
    for (const id of ['activation', 'stats', 'classmeans'] as const)
      expect(parse(query(id, placeFor(tool(id), 'digits-cnn@12/conv2d_1#3'))).what).toMatchObject({
        args: [{ kind: 'layer', layer: 'conv2d_1' }],
      });
    expect(query('stats', 'digits-cnn@12/conv2d_1#3')).toBe('select stats(conv2d_1) from f(data)');
    expect(query('histogram', 'digits-cnn@12/conv2d_1#3')).toBe('select histogram(conv2d_1#3) from f(data)');
    expect(query('activation', 'digits-cnn@12/conv2d_1')).toBe('select activation(conv2d_1) from f(x)');
    expect(query('histogram', 'digits-cnn@last/conv2d_1#7')).toBe(
      'select histogram(conv2d_1#7) from f(data)',
    );
    expect(query('stats', 'digits-cnn@best/conv2d_1')).toBe(
      'select stats(conv2d_1) from digits-cnn@best(data)',
    );
    expect(query('graph', 'other')).toBe('select graph() from other');
    expect(query('images', 'digits-cnn')).toBe('select images() from f(data) limit 100');
    expect(query('units', 'digits-cnn/conv2d_1')).toContain('using pca(dims=3)');
  });

  it('every tool writes a query that the algebra reads', () => {
    for (const each of TOOLS) {
      const place = placeFor(each, 'other@3/conv2d_1#1');
      expect(toolFits(each, place, models, bound), each.id).toEqual({ fits: true });
      const query = toolQuery(each, place, bound, models);
      expect(parse(query), query).toBeTruthy();
      expect(query).toContain('from other@3');
    }
  });

  it('ask for a unit, a second example, a second model where they need one', () => {
    expect(why('top', 'digits-cnn/conv2d_1')).toBe('choose a unit');
    expect(why('ablate', 'digits-cnn/conv2d_1#3')).toBeNull();
    expect(why('compare-examples', 'digits-cnn', { ...bound, "x'": null })).toBe('select two examples first');
    expect(toolFits(tool('compare-models'), 'digits-cnn', models.slice(0, 1), bound)).toEqual({
      fits: false,
      why: 'no other model here takes the same input',
    });
    expect(why('weights', 'digits-cnn/pair')).toBe('this layer has no weights');
  });

  it('compare and ask what if in the algebra’s own words', () => {
    const query = (id: ToolId, place: string) => toolQuery(tool(id), place, bound, models);
    expect(query('attribute', 'digits-cnn')).toBe('select * from f(x)');
    expect(query('attribute-part', 'digits-cnn/conv2d_1#2')).toBe('select conv2d_1#2 from f(x)');
    expect(query('compare-examples', 'digits-cnn')).toBe(
      "select * from f(x) left join (select * from f(x'))",
    );
    expect(query('compare-models', 'digits-cnn')).toBe(
      'select * from f(x) left join (select * from other(x))',
    );
    expect(query('ablate', 'digits-cnn/conv2d_1#3')).toBe(
      'select predict() from f(x) with ablate(conv2d_1#3)',
    );
    expect(query('similarity', 'digits-cnn')).toBe('select similarity() from f(data)');
    expect(query('neighbours', 'digits-cnn/conv2d_1')).toBe('select neighbours(conv2d_1) from f(x)');
  });

  it('tell what the algebra has against the query before it is asked', () => {
    const catalog = { models, datasets: [] };
    expect(toolProblem(tool('graph'), 'digits-cnn', bound, catalog)).toBeNull();
    expect(toolProblem(tool('stats'), 'digits-cnn/conv2d_1', bound, catalog)).toMatch(/no data set digits/);
    expect(toolProblem(tool('stats'), 'digits-cnn', bound, catalog)).toBe('choose a layer');
  });

  it('stand in groups, each of which has some', () => {
    for (const group of TOOL_GROUPS) expect(TOOLS.some((t) => t.group === group)).toBe(true);
  });
});
