import { rowsOf, widthOf } from '../../data/examples.ts';
import { windowOf } from '../../data/window.ts';
import type { InputChange } from '../action.ts';

/** A window of the picture has one value. */
export const change: InputChange<'patch'> = {
  async inputs(_source, examples, { region, value }) {
    const n = examples.indices.length;
    const window = windowOf(region, examples, 'patch');
    const values = rowsOf(examples, 0, n);
    const width = widthOf(examples.split);
    for (let i = 0; i < n; i++) for (const k of window) values[i * width + k] = value;
    return { values, warnings: [] };
  },
};
