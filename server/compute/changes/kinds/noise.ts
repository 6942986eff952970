import { rowsOf, widthOf } from '../../data/examples.ts';
import { seeded } from '../../numerics/random.ts';
import type { InputChange } from '../action.ts';

/** Normal noise; an example gets the same in every slice, on every machine. */
export const change: InputChange<'noise'> = {
  async inputs(_source, examples, { sd, seed }) {
    const n = examples.indices.length;
    const width = widthOf(examples.split);
    const values = rowsOf(examples, 0, n);
    for (let i = 0; i < n; i++) {
      const random = seeded(seed ^ Math.imul((examples.indices[i] ?? 0) + 1, 0x9e3779b1));
      for (const { offset, width: own, constant } of examples.split.given.parts)
        for (let j = offset; j < offset + own; j++)
          if (!constant) values[i * width + j]! += sd * random.normal();
    }
    return { values, warnings: [] };
  },
};
