import { expect, test } from 'vitest';
import { slugOf } from './projects.ts';

test('slugs are lower case letters, digits and hyphens', () => {
  expect(slugOf('Ünïted  Front!')).toBe('united-front');
  expect(slugOf('模型')).toBe('project');
  expect(slugOf(`${'a'.repeat(47)} b`)).toBe('a'.repeat(47));
});
