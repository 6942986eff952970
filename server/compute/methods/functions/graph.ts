import { recordedMethod } from '../method.ts';

/** The architecture, as it was read when the model came in: no TensorFlow is needed. */
export const method = recordedMethod({
  version: '1',
  reading:
    'Each box is a layer; an arrow means that its output is the next one’s input. Sizes are units and parameters.',
  recorded(plan) {
    const { address, manifest } = plan.model;
    return {
      type: 'graph',
      title: `Architecture of ${address}`,
      axes: [
        {
          name: 'layer',
          size: manifest.graph.layers.length,
          labels: manifest.graph.layers.map((l) => l.name),
        },
      ],
      tensors: {},
      record: manifest.graph,
      warnings: manifest.warnings,
    };
  },
});
