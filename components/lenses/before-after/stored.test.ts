/** Kept answers of version 1 of a result's shape are drawn as those of version 2 are. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, test } from 'vitest';
import { TooltipProvider } from '@/components/ui/tooltip.tsx';
import { decodeSafetensors, type Result, storedResult, withNamesOfOther } from '@/core/result/index.ts';
import { lensOf } from '../index.ts';

const FIXTURES = join(import.meta.dirname, '..', '..', '..', 'core', 'result', 'fixtures');

async function kept(name: string): Promise<Result> {
  const meta = storedResult.read(JSON.parse(await readFile(join(FIXTURES, `${name}.json`), 'utf8')), name);
  const file = new Uint8Array(await readFile(join(FIXTURES, `${name}.safetensors`)));
  return { meta, tensors: decodeSafetensors(withNamesOfOther(file)).tensors };
}
function drawn(result: Result): string {
  const lens = lensOf('auto', result.meta);
  expect(lens?.id).toBe('before-after');
  if (!lens) return '';
  const picture = createElement(lens.Component, {
    ...{ result, width: 700, height: 360, selectedClass: null, options: {}, modelColor: 0, badges: {} },
    selection: { layer: null, units: [], examples: [] },
    ...{ onSelect: () => {}, onOption: () => {} },
  });
  return renderToString(createElement(TooltipProvider, null, picture));
}

test.each([
  ['what-if', ['before', 'after', 'with ablate(dense#0)']],
  ['left-join', ['net@0 against net@1', 'net@0 − net@1', 'Difference']],
])('%s', async (name, words) => {
  const [old, newer] = [drawn(await kept(`v1.${name}`)), drawn(await kept(`v2.${name}`))];
  expect(old).toBe(newer);
  for (const word of words) expect(old).toContain(word);
});
