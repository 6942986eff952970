import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { Datasets } from './datasets.tsx';
import type { Home } from './home.ts';
import { Models } from './models.tsx';

const createdAt = '2026-01-01T00:00:00.000Z';
const why = (what: string) => `${what} was written by a later version of Interlayer: update the server.`;
const home = (names: readonly string[]): Home => ({
  me: { user: { id: 'u', name: 'Ada', color: 0, email: 'a@b.c' }, sessionId: null, hasPassword: true },
  project: { slug: 'p', name: 'P', role: 'viewer', createdAt },
  ...{ boards: [], snapshots: [], members: [], datasets: [] },
  models: names.map((name) => ({
    ...{ name, color: 0, format: 'keras', inputs: [], outputs: [], checkpoints: [], createdAt },
    graph: { model: name, layers: [], edges: [], inputs: [], outputs: [], params: 0 },
    ...{ bestStep: null, metrics: null, warnings: [] },
  })),
  unreadable: {
    models: [{ name: 'old', unreadable: why('Model old') }],
    datasets: [{ name: 'late', unreadable: why('Data set late') }],
  },
});
const shown = (Part: typeof Models | typeof Datasets, names: readonly string[]) =>
  renderToStaticMarkup(<Part home={home(names)} reload={() => undefined} chooseFiles={() => undefined} />);

test('models that can be read are listed, and below them those that cannot, with the reason', () => {
  const page = shown(Models, ['net']);
  expect(page).toContain('>net</a>');
  expect(page).toContain(why('Model old'));
});

test('a project that holds nothing but what cannot be read is not called empty', () => {
  const models = shown(Models, []);
  expect(models).toContain(why('Model old'));
  expect(models).not.toContain('No model yet');
  const datasets = shown(Datasets, []);
  expect(datasets).toContain(why('Data set late'));
  expect(datasets).not.toContain('No data set yet');
});
