/** Every lens of one answer. Adding one: a folder here, and a line in ORDINARY. */
import type { ResultType } from '@/core/result/types.ts';
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

export const ORDINARY: readonly LensSpec[] = [
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

/** The best lens of one answer. */
export const ordinaryOf = (type: ResultType): LensSpec | undefined =>
  ORDINARY.filter((lens) => lens.types.includes(type)).sort((a, b) => b.rank - a.rank)[0];
