/** Whether a model scores classes: the checker's view of what the engine finds (its rule, told from the graph alone). */
import type { CatalogDataset, CatalogModel } from './catalog.ts';
import { shapeText } from './scope.ts';

/** Layers that hold layers: how they end is not told by the graph. */
const NESTED = new Set(['Functional', 'Model', 'Sequential']);

/**
 * How many classes; 0 for none, null where it cannot be told. A softmax scores classes, one sigmoid scores two; other
 * outputs where the data set's classes are as many.
 */
export function scoredClasses({ graph }: CatalogModel, dataset: CatalogDataset): number | null {
  const output = graph.layers.find((l) => l.name === graph.outputs[0]);
  if (output === undefined) return null;
  if (output.outputShape.length !== 2) return 0;
  if (output.units === null || NESTED.has(output.type)) return null;
  if (output.activation === 'softmax' || output.type === 'Softmax') return output.units;
  if (output.activation === 'sigmoid' && output.units === 1) return 2;
  return output.units > 1 && output.units === dataset.classes.length ? output.units : 0;
}

/** "needs a model that scores classes, digits-vae puts out 64 (digits has 10 classes)"; null where the model does. */
export function missingClasses(model: CatalogModel, dataset: CatalogDataset): string | null {
  if (scoredClasses(model, dataset) !== 0) return null;
  const { graph, name } = model;
  const shape = graph.layers.find((l) => l.name === graph.outputs[0])?.outputShape.slice(1) ?? [];
  const classes = dataset.classes.length;
  const beside = shape.length === 1 ? ` (${dataset.name} has ${classes === 0 ? 'no' : classes} classes)` : '';
  return `needs a model that scores classes, ${name} puts out ${shapeText(shape)}${beside}`;
}
