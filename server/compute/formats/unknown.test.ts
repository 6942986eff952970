/** Files of no format that is read: what was found, and what to send. */
import { beforeAll, describe, expect, it, test } from 'vitest';
import {
  DATA_FORMATS,
  FORMATS_IN_WORDS,
  isData,
  isModel,
  MODEL_FORMATS,
  MODELS_IN_WORDS,
} from '../../../core/formats/index.ts';
import { importDataset, importModel } from './index.ts';
import { type Workbench, workbench } from './testing/bench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

describe('a file of no format', () => {
  it('is no model', async () => {
    await expect(importModel([bench.upload('notes.txt', 'hello')], bench.context)).rejects.toMatchObject({
      code: 'unsupported',
      message: `notes.txt: not a model that Interlayer knows; found notes.txt. Send ${MODELS_IN_WORDS}`,
    });
  });
  it('is no data set', async () => {
    const data = Object.values(DATA_FORMATS).map(({ send }) => send);
    await expect(importDataset([bench.upload('notes.txt', 'hello')], bench.context)).rejects.toMatchObject({
      code: 'unsupported',
      message: `notes.txt: not a data set that Interlayer knows; found notes.txt. Send ${data.slice(0, -1).join(', ')}, or ${data.at(-1)}`,
    });
  });
});

test('what each format takes is what people are told, and is known by name', () => {
  for (const { send } of [...Object.values(MODEL_FORMATS), ...Object.values(DATA_FORMATS)])
    expect(FORMATS_IN_WORDS).toContain(send);
  for (const { endings } of Object.values(MODEL_FORMATS))
    for (const each of endings) expect([isModel(`a.${each}`), isData(`a.${each}`)]).toEqual([true, false]);
  for (const { endings, unread = [] } of Object.values(DATA_FORMATS))
    for (const each of [...endings, ...unread])
      expect([isModel(`a.${each}`), isData(`a.${each}`)]).toEqual([false, true]);
  expect(isModel('net/model.json')).toBe(true);
  expect(isData('train-images-idx3-ubyte.gz')).toBe(true);
});
