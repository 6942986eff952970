/** What an attribution's result says beside its numbers: types, records, warnings, pictures, and what is refused. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Query } from '../../../core/algebra/index.ts';
import { attributionRecordSchema } from '../../../core/result/index.ts';
import type { Engine } from '../engine/engine.ts';
import { estimateBytes } from '../pool/admission.ts';
import { digitsData, digitsModel } from '../testing/digits.ts';
import { type Answered, ask, BACKENDS, engineOn } from '../testing/engines.ts';
import { planOf, type StoredModel, storeData, storeModel, temporaryFolders } from '../testing/fixtures.ts';
import { labels, reference, toyData, toyModel } from '../testing/toy.ts';
import { methodVersion } from './version.ts';

const folders = temporaryFolders();
const toy = toyModel(folders);
const data = toyData(folders);
const digits = digitsData(folders);
const { predicted } = reference();
afterAll(() => folders.remove());

type Asked = Omit<Query, 'kind' | 'model'>;
const identity: Query['what'] = { kind: 'identity' };
const example = { kind: 'example', dataset: 'toy', split: 'test', index: 3 } as const;
const slice = { kind: 'dataset', dataset: 'toy', split: 'test' } as const;
const using = { method: 'ig', params: { steps: 16, baseline: 0 } } as const;
const about = (asked: Asked, model: StoredModel = toy) => planOf(model, data, { using, ...asked });
const recordOf = ({ meta }: Answered) => attributionRecordSchema.parse(meta.record);

describe.each(BACKENDS)('on %s', (backend) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await engineOn(backend, folders);
  });
  afterAll(() => engine.dispose());

  test('of one picture: values (y, x, channel), the picture, the target with its class, label and prediction', async () => {
    const answer = await ask(engine, about({ what: identity, input: example }));
    const record = recordOf(answer);
    expect(answer.meta).toMatchObject({
      type: 'attribution[y,x]',
      n: 1,
      provenance: { method: 'ig', parameters: { steps: 16 } },
    });
    expect(answer.meta.axes.map((a) => a.name)).toEqual(['y', 'x', 'channel']);
    expect(answer.tensors.image?.shape).toEqual([4, 4, 1]);
    expect(record).toMatchObject({
      model: 'tiny@1',
      label: labels[3],
      layer: null,
      unit: null,
      method: 'ig',
      classes: ['cat', 'dog', 'emu'],
      region: null,
      join: null,
      changes: [],
    });
    expect(record.target).toBe(`class ${record.predicted}`);
    expect(record.targetClass).toBe(record.classes[record.predicted ?? -1]);
  });

  test('of a layer: values (unit, y, x) with the activation beside; of a unit its map', async () => {
    const whole = await ask(engine, about({ what: { kind: 'layer', layer: 'conv' }, input: example }));
    expect(whole.meta.type).toBe('attribution[unit,y,x]');
    expect(whole.meta.axes[0]).toMatchObject({ name: 'unit', labels: ['conv#0', 'conv#1', 'conv#2'] });
    const one = await ask(engine, about({ what: { kind: 'layer', layer: 'conv', unit: 1 }, input: example }));
    expect(one.tensors.activation?.shape).toEqual([3, 3, 1]);
    expect(recordOf(one)).toMatchObject({ layer: 'conv', unit: 1 });
  });

  test('gradcam at a layer gives each unit’s part, and their sum’s positive part as a map', async () => {
    const cam = { method: 'gradcam', params: { baseline: 0 } } as const;
    const { tensors } = await ask(
      engine,
      about({ what: { kind: 'layer', layer: 'conv' }, input: example, using: cam }),
    );
    const parts = tensors.values!.data;
    expect(tensors.map?.shape).toEqual([3, 3]);
    tensors.map!.data.forEach((v, i) => {
      expect(v).toBeCloseTo(Math.max(0, parts[i]! + parts[9 + i]! + parts[18 + i]!), 6);
    });
    const picture = await ask(engine, about({ what: identity, input: example, using: cam }));
    expect(picture.tensors.values?.shape).toEqual([4, 4, 1]);
    expect(picture.meta.provenance.parameters).toMatchObject({ layer: 'conv' });
  });

  test('of a slice: each example’s own target, unless one is asked for', async () => {
    const limit = 1 + predicted.findIndex((k) => k !== predicted[0]);
    expect(limit).toBeGreaterThan(1);
    const own = await ask(engine, about({ what: identity, input: slice, limit }));
    expect(recordOf(own)).toMatchObject({
      target: 'each example’s predicted class',
      targetClass: null,
      label: null,
      predicted: null,
    });
    expect([...own.tensors.label!.data]).toEqual(labels.slice(0, limit));
    const target = { kind: 'class', index: 1 } as const;
    const one = await ask(engine, about({ what: identity, input: slice, limit, target }));
    expect(recordOf(one)).toMatchObject({ target: 'class 1', targetClass: 'dog' });
    const loss = await ask(engine, about({ what: identity, input: example, target: { kind: 'loss' } }));
    expect(recordOf(loss)).toMatchObject({ target: 'loss', targetClass: ['cat', 'dog', 'emu'][labels[3]!] });
    const unit = { kind: 'unit', layer: 'conv', unit: 0 } as const;
    const map = await ask(engine, about({ what: identity, input: example, target: unit }));
    expect(recordOf(map)).toMatchObject({ target: 'unit conv#0', targetClass: null });
  });

  test('what-if: the changed answer with its changes, the unchanged one beside it', async () => {
    const changes = [{ kind: 'ablate', layer: 'conv', unit: 0 }] as const;
    const answer = await ask(
      engine,
      about({ what: { kind: 'layer', layer: 'conv' }, input: example, changes }),
    );
    const plain = await ask(engine, about({ what: { kind: 'layer', layer: 'conv' }, input: example }));
    expect(recordOf(answer).changes).toEqual(['ablate(conv#0)']);
    expect(attributionRecordSchema.parse(answer.meta.other?.record)).toEqual(recordOf(plain));
    expect([...answer.tensors['other.values']!.data]).toEqual([...plain.tensors.values!.data]);
    // The ablated unit is nought at the baseline as well, so that it has no part.
    expect([...answer.tensors.values!.data.slice(0, 9)]).toEqual(new Array(9).fill(0));
  });

  test('two models are compared at their input', async () => {
    const [cnn, other] = [
      await digitsModel(folders, engine.backend, 'digits-cnn', 20),
      await digitsModel(folders, engine.backend, 'digits-cnn-relu', 20),
    ];
    const input = { kind: 'example', dataset: 'digits', split: 'test', index: 5 } as const;
    const asked: Asked = { what: identity, input, using, target: { kind: 'logit', index: 2 } };
    const right = planOf(other, digits, asked);
    const left = planOf(cnn, digits, { ...asked, join: { kind: 'left join', query: right.query } });
    const answer = await ask(engine, { ...left, joined: right });
    expect(recordOf(answer).join?.distance).toBeGreaterThan(0);
    expect(answer.meta.provenance.checkpoints.length).toBe(2);
  });

  test('a model that scores no classes is asked for its largest output, and a warning says so', async () => {
    const vae = await digitsModel(folders, engine.backend, 'digits-vae', 20);
    const input = { kind: 'example', dataset: 'digits', split: 'test', index: 5 } as const;
    const answer = await ask(engine, planOf(vae, digits, { what: identity, input, using }));
    expect(answer.meta.warnings.join()).toContain('scores no classes');
    expect(recordOf(answer)).toMatchObject({ predicted: null, targetClass: null });
    expect(recordOf(answer).target).toMatch(/^logit \d+$/);
  });

  test('a model whose weights are no numbers is refused with where to look', async () => {
    const kernel = [Number.NaN, 0, 0, 1];
    const config = { units: 2, activation: 'softmax', use_bias: false };
    const weights = [{ name: 'kernel', shape: [2, 2], values: kernel }];
    const broken = storeModel(folders, [2], [{ type: 'Dense', name: 'out', config, output: [2], weights }]);
    const rows = storeData(folders, { shape: [2], classes: ['a', 'b'], scale: 1, x: [1, 0.5] });
    const input = { ...example, index: 0 };
    await expect(ask(engine, planOf(broken, rows, { what: identity, input, using }))).rejects.toThrow(
      'not a finite number',
    );
  });

  test('a saturated probability is warned of where a method looks at its slope alone', async () => {
    const sure = storeModel(
      folders,
      [2],
      [
        {
          type: 'Dense',
          name: 'out',
          config: { units: 2, activation: 'softmax', use_bias: false },
          output: [2],
          weights: [{ name: 'kernel', shape: [2, 2], values: [40, 0, 0, 1] }],
        },
      ],
    );
    const rows = storeData(folders, { shape: [2], classes: ['a', 'b'], scale: 1, x: [1, 0.5] });
    const input = { ...example, index: 0 };
    const gradient = { method: 'gradient', params: { baseline: 0 } } as const;
    const local = await ask(engine, planOf(sure, rows, { what: identity, input, using: gradient }));
    expect(local.meta.warnings.join()).toContain('so near to 1');
    const path = await ask(engine, planOf(sure, rows, { what: identity, input, using }));
    expect(path.meta.warnings.join()).not.toContain('so near to 1');
    const cam = { method: 'gradcam', params: { baseline: 0 } } as const;
    await expect(ask(engine, planOf(sure, rows, { what: identity, input, using: cam }))).rejects.toThrow(
      'gradcam needs a convolutional layer',
    );
    await expect(ask(engine, planOf(sure, rows, { what: identity, input: slice, using }))).rejects.toThrow(
      'needs pictures',
    );
  });
});

test('the version is that of the methods of both sides', () => {
  const { query } = about({ what: identity, input: example });
  expect(methodVersion(query)).toMatch(/ig 2/);
  const shapley = { method: 'shapley', params: {} } as const;
  const joined: Query = { ...query, join: { kind: 'join', query: { ...query, using: shapley } } };
  expect(methodVersion(joined)).toMatch(/ig 2.*shapley 2/);
});

test('a larger question is known to need more memory before it starts', () => {
  const bytes = (limit: number) =>
    estimateBytes({ kind: 'query', plan: about({ what: identity, input: slice, limit }) });
  expect(bytes(600)).toBeGreaterThan(bytes(1));
});
