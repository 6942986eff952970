import type { Result } from '@/core/result/types.ts';
import type { LensProps } from '../../contract.ts';

/** What the picture of a change is given: both answers, and what a lens is given. */
export interface ChangeProps extends LensProps {
  readonly before: Result;
  readonly after: Result;
}
