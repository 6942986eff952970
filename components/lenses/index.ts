/** All lenses, and which of them fit a result. Adding one: a folder here, and a line in LENSES. */
import type { ResultMeta, ResultType } from '@/core/result/types.ts';
import { agreement } from './agreement/index.tsx';
import { attribution } from './attribution/index.tsx';
import { attributionBars } from './attribution-bars/index.tsx';
import { attributionExamples } from './attribution-examples/index.tsx';
import { attributionMaps } from './attribution-maps/index.tsx';
import { calibration } from './calibration/index.tsx';
import { classMeans } from './class-means/index.tsx';
import { classMetrics } from './class-metrics/index.tsx';
import { confusion } from './confusion/index.tsx';
import type { LensSpec } from './contract.ts';
import { count } from './count/index.tsx';
import { exampleTable } from './example-table/index.tsx';
import { featureMaps } from './feature-maps/index.tsx';
import { graph } from './graph/index.tsx';
import { histogram } from './histogram/index.tsx';
import { images } from './images/index.tsx';
import { metrics } from './metrics/index.tsx';
import { points } from './points/index.tsx';
import { predictions } from './predictions/index.tsx';
import { ranked } from './ranked/index.tsx';
import { similarity } from './similarity/index.tsx';
import { stats } from './stats/index.tsx';
import { unitBars } from './unit-bars/index.tsx';
import { weights } from './weights/index.tsx';

export * from './contract.ts';
export { LensBoundary } from './shared/frame.tsx';

export const LENSES: readonly LensSpec[] = [
  graph,
  featureMaps,
  unitBars,
  histogram,
  stats,
  predictions,
  exampleTable,
  confusion,
  classMeans,
  images,
  metrics,
  points,
  attribution,
  attributionMaps,
  attributionBars,
  attributionExamples,
  ranked,
  agreement,
  weights,
  similarity,
  classMetrics,
  calibration,
  count,
];

/** What a lens is asked for: a result that is there, or the type of one that is to come. */
type Drawable = ResultMeta | ResultType;
const fits = (lens: LensSpec, what: Drawable): boolean =>
  typeof what === 'string'
    ? lens.types.includes(what) && !lens.fits
    : lens.types.includes(what.type) && (lens.fits?.(what) ?? true);

/** Those that draw a result, the automatic choice first. */
export function lensesFor(what: Drawable): readonly LensSpec[] {
  return LENSES.filter((lens) => fits(lens, what)).sort((a, b) => b.rank - a.rank);
}
/** The automatic choice; null when no lens draws this. */
export function bestLens(what: Drawable): LensSpec | null {
  return lensesFor(what)[0] ?? null;
}
/** A view's lens: the one named, where it fits, else the automatic choice. */
export function lensOf(id: string, what: Drawable): LensSpec | null {
  return lensesFor(what).find((lens) => lens.id === id) ?? bestLens(what);
}
