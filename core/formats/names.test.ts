import { expect, test } from 'vitest';
import { nameSchema } from '../api/index.ts';
import { freeName, nameFrom } from './names.ts';

test('names of files become names in addresses', () => {
  expect(nameFrom('my model (2).keras', 'model')).toBe('my-model-2');
  expect(nameFrom('runs/resnet50/model.json', 'model')).toBe('resnet50');
  expect(nameFrom('t10k-images.idx.gz', 'data')).toBe('t10k-images-idx');
  expect(nameFrom('Modèle.h5', 'model')).toBe('Modele');
  expect(nameFrom('42.npz', 'data')).toBe('data');
  expect(nameFrom('..', 'model')).toBe('model');
  for (const file of ['模型.keras', '-x-.zip', '_a.csv', 'a'.repeat(200), 'C:\\models\\net.h5'])
    expect(nameSchema.safeParse(nameFrom(file, 'model')).success, file).toBe(true);
});

test('a taken name gets the first free number', () => {
  expect(freeName('net', [])).toBe('net');
  expect(freeName('net', ['net', 'net-2', 'net-4'])).toBe('net-3');
});
