/** One fixed result for every picture: examples, screenshot tests and documentation in one (the gallery page). */

import * as attributed from './fixtures/attributed-layers.ts';
import * as attributions from './fixtures/attributions.ts';
import * as data from './fixtures/data.ts';
import * as layers from './fixtures/layers.ts';
import type { Fixture } from './fixtures/make.ts';
import * as rankings from './fixtures/rankings.ts';
import * as weights from './fixtures/weights.ts';
import * as whatIf from './fixtures/what-if.ts';
import { REGISTRY } from './fixtures.generated.ts';

export const FIXTURES: readonly Fixture[] = [
  { name: 'Architecture', result: layers.graph },
  { name: 'Architecture with skips', result: layers.residualGraph },
  { name: 'Feature maps', result: layers.featureMaps },
  { name: 'Unit activations', result: layers.vector },
  { name: 'Distribution', result: layers.histogram },
  { name: 'Unit statistics', result: layers.stats },
  { name: 'Prediction', result: data.prediction },
  { name: 'Examples', result: data.exampleTable },
  { name: 'Confusion', result: data.confusion },
  { name: 'Class means', result: layers.classMeans },
  { name: 'Pictures', result: data.images },
  { name: 'Metrics', result: data.metrics },
  { name: 'Neuron space', result: data.neuronSpace },
  { name: 'Example space', result: data.exampleSpace },
  { name: 'Attribution', result: attributions.attribution },
  { name: 'Attribution in a window', result: attributions.attributionZoomed },
  { name: 'Attribution in colour', result: attributions.attributionColored },
  { name: 'Shared evidence', result: attributions.attributionShared },
  { name: 'Evidence of one model', result: attributions.attributionContrast },
  { name: 'No evidence', result: attributions.attributionEmpty },
  { name: 'Attribution of a slice', result: attributions.attributionExamples },
  { name: 'Contrast over a slice', result: attributions.attributionExamplesJoined },
  { name: 'Attribution to a layer', result: attributed.attributedMaps },
  { name: 'Contrast in a layer', result: attributed.attributedMapsJoined },
  { name: 'Attribution to units', result: attributed.attributedUnits },
  { name: 'Shared units', result: attributed.attributedUnitsJoined },
  { name: 'Attribution to features', result: attributed.attributedFeatures },
  { name: 'Top examples', result: rankings.ranked },
  { name: 'Nearest examples', result: rankings.rankedRows },
  { name: 'Agreement', result: rankings.agreement },
  { name: 'Class metrics', result: rankings.classMetrics },
  { name: 'Calibration', result: rankings.calibration },
  { name: 'Count', result: rankings.count },
  { name: 'Kernels', result: weights.convWeights },
  { name: 'Dense weights', result: weights.denseWeights },
  { name: 'Layers alike', result: weights.layerSimilarity },
  { name: 'Models alike', result: weights.modelSimilarity },
  { name: 'Checkpoints alike', result: weights.checkpointSimilarity },
  { name: 'Prediction, attacked', result: whatIf.prediction },
  { name: 'Feature maps, one ablated', result: whatIf.featureMaps },
  { name: 'Units, one ablated', result: whatIf.vector },
  { name: 'Confusion, one unit ablated', result: whatIf.confusion },
  { name: 'Examples, one unit ablated', result: whatIf.exampleTable },
  { name: 'Distribution, one unit ablated', result: whatIf.histogram },
  { name: 'Statistics, one unit ablated', result: whatIf.stats },
  { name: 'Pictures, attacked', result: whatIf.images },
  { name: 'Attribution, attacked', result: whatIf.attribution },
  { name: 'Class metrics, one unit ablated', result: whatIf.classMetrics },
  { name: 'Calibration, one unit ablated', result: whatIf.calibration },
  { name: 'Count, one unit ablated', result: whatIf.count },
  { name: 'Top examples, attacked', result: whatIf.ranked },
  { name: 'Nothing changed', result: whatIf.unchanged },
  // Those that stand in the folder of their lens.
  ...REGISTRY.flat(),
];
