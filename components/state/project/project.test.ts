import { afterEach, expect, test, vi } from 'vitest';
import { ProjectData } from './project.ts';

/** A server that has a model from its second answer on; each fetch waits to be let through. */
function server() {
  const waiting: (() => void)[] = [];
  let asked = 0;
  const answers = (url: string): unknown => {
    if (url.endsWith('/datasets'))
      return asked > 4
        ? [
            {
              id: 'd',
              name: 'wine',
              shape: [11],
              classes: [],
              columns: [],
              splits: [],
              warnings: [],
              createdAt: '2026-01-01T00:00:00.000Z',
            },
          ]
        : [];
    return url.endsWith('/models') || url.endsWith('/members') ? [] : null;
  };
  vi.stubGlobal('fetch', async (url: string) => {
    asked += 1;
    const body = answers(url);
    await new Promise<void>((resolve) => waiting.push(resolve));
    return new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
  });
  return {
    asked: () => asked,
    through: () => {
      for (const next of waiting.splice(0)) next();
    },
  };
}
afterEach(() => {
  vi.unstubAllGlobals();
});

test('what the socket has announced is fetched once, also when the answer of the import comes meanwhile', async () => {
  const { asked } = server();
  const data = new ProjectData('p');
  data.store.setState({ datasets: [{ name: 'wine' } as never], loaded: true });
  await data.knows('wine');
  expect(asked()).toBe(0);
});

test('while the project is on its way nothing else is fetched; only what it lacks is asked for again', async () => {
  const { asked, through } = server();
  const data = new ProjectData('p');
  const loading = data.load();
  const known = data.knows('wine');
  expect(asked()).toBe(4);
  through();
  await loading;
  await vi.waitFor(() => expect(asked()).toBe(8));
  through();
  await known;
});

test('a model that a later version wrote hides no other, and is there by name with the reason', async () => {
  const why = 'Model old was written by a later version of Interlayer.';
  const graph = { model: 'net', layers: [], edges: [], inputs: [], outputs: [], params: 0 };
  const net = {
    ...{ name: 'net', color: 0, format: 'keras', graph, inputs: [], outputs: [], checkpoints: [] },
    ...{ bestStep: null, metrics: null, warnings: [], createdAt: '2026-01-01T00:00:00.000Z' },
  };
  const answers: Readonly<Record<string, unknown>> = {
    models: [net, { name: 'old', unreadable: why }],
    datasets: [{ name: 'late', unreadable: why }],
    members: [],
    p: { slug: 'p', name: 'P', role: 'editor', createdAt: '2026-01-01T00:00:00.000Z' },
  };
  vi.stubGlobal('fetch', async (url: string) => Response.json(answers[url.split('/').at(-1) ?? '']));
  const data = new ProjectData('p');
  await data.load();
  const { models, datasets, unreadable, error } = data.store.getState();
  expect(error).toBeNull();
  expect(models.map(({ name }) => name)).toEqual(['net']);
  expect(datasets).toEqual([]);
  expect(unreadable).toEqual({
    models: [{ name: 'old', unreadable: why }],
    datasets: [{ name: 'late', unreadable: why }],
  });
});
