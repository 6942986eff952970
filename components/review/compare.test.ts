import { describe, expect, it } from 'vitest';
import type { Result } from '@/core/result/index.ts';
import { differences } from './compare.ts';

const result = (values: readonly number[], shape: readonly number[] = [values.length]): Result => ({
  meta: {
    id: 'r',
    type: 'vector[unit]',
    title: '',
    axes: [],
    tensors: {},
    reading: '',
    warnings: [],
    provenance: {
      query: '',
      checkpoints: [],
      data: [],
      method: '',
      methodVersion: '',
      parameters: {},
      engine: '',
      engineVersion: '',
      backend: '',
      durationMs: 0,
      computedAt: '',
    },
  },
  tensors: { values: { dtype: 'F32', shape, data: new Float32Array(values) } },
});

describe('recompute', () => {
  it('H2: says nothing differs when every number is the same, not-a-numbers included', () => {
    expect(differences(result([1, Number.NaN, -0]), result([1, Number.NaN, 0]))).toEqual([]);
  });
  it('H2: gives the largest difference and the share of values that differ', () => {
    expect(differences(result([1, 2, 3, 4]), result([1, 2.5, 3, 2]))).toEqual([
      { tensor: 'values', shape: false, largest: 2, share: 0.5 },
    ]);
  });
  it('H2: a number that is none today differs without bound; another shape is said as such', () => {
    expect(differences(result([1, 2]), result([1, Number.NaN]))[0]?.largest).toBe(Number.POSITIVE_INFINITY);
    expect(differences(result([1, 2]), result([1, 2], [1, 2]))[0]?.shape).toBe(true);
  });
});
