import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const rules = readFileSync(`${root}docs/collaboration.md`, 'utf8');

it('each test that docs/collaboration.md names as a proof is there', () => {
  const proofs = [...rules.matchAll(/^- `([^`]+)`: "([^"]+)"$/gm)];
  expect(proofs.length).toBeGreaterThan(50);
  const lost = proofs.flatMap(([, file = '', title = '']) => {
    const path = `${root}${file}`;
    return existsSync(path) && readFileSync(path, 'utf8').includes(title) ? [] : [`${file}: ${title}`];
  });
  expect(lost).toEqual([]);
});

it('each rule from S1 to S10 names a proof', () => {
  const sections = rules.split(/^### /m).slice(1);
  const named = sections.flatMap((text) => (/^- `/m.test(text) ? [text.split(' ')[0]] : []));
  expect(named).toEqual(expect.arrayContaining(Array.from({ length: 10 }, (_, i) => `S${i + 1}`)));
});
