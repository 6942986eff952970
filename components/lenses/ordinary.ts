/** Every lens of one answer: a folder here is one (scripts/setup/registries.mjs). */
import type { ResultType } from '@/core/result/types.ts';
import type { LensSpec } from './contract.ts';
import { REGISTRY } from './registry.generated.ts';

export const ORDINARY = REGISTRY;

/** The best lens of one answer. */
export const ordinaryOf = (type: ResultType): LensSpec | undefined =>
  ORDINARY.filter((lens) => lens.types.includes(type)).sort((a, b) => b.rank - a.rank)[0];
