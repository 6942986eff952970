import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { METHOD_NAMES, METHODS } from '@/core/algebra/index.ts';
import type { AttributionRecord } from '@/core/result/types.ts';
import { MethodNote } from './captions.tsx';

const note = (...[method = '', right]: readonly string[]) => {
  const record = { method, ...(right && { join: { right: { method: right } } }) } as AttributionRecord;
  return renderToStaticMarkup(<MethodNote record={record} reading="How to read it." />);
};

test('what is to be minded about a method stands beside each picture by it, on either side of a join', () => {
  for (const name of METHOD_NAMES) {
    const { caution } = METHODS[name];
    if (caution === undefined) expect(note(name)).toBe('');
    else for (const html of [note(name), note('ig', name)]) expect(html).toContain(caution);
  }
  expect(note('guided_backprop')).toContain('fails the randomisation test');
});
