/** The architecture of a model: what its manifest keeps, and the record of results of type 'graph'. */
import { z } from 'zod';

export const graphRecordSchema = z.object({
  model: z.string(),
  /** Whose operators its nodes are; absent: they are layers of Keras. */
  vocabulary: z.enum(['onnx', 'tensorflow', 'torch']).optional(),
  layers: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      outputShape: z.array(z.number().nullable()),
      params: z.number(),
      trainableParams: z.number(),
      activation: z.string().optional(),
      /** Number of units: size of the output's last axis. */
      units: z.number().nullable(),
      weights: z.array(
        z.object({
          name: z.string(),
          shape: z.array(z.number()),
          /** What each axis runs along (`unit`, `input`, `y`, ...); absent: what the layer's type tells. */
          axes: z.array(z.string()).optional(),
        }),
      ),
      /** Whether its output is maps of features over places; absent: where it has four axes. */
      maps: z.boolean().optional(),
      config: z.record(z.string(), z.unknown()),
    }),
  ),
  edges: z.array(z.object({ from: z.string(), to: z.string() })),
  inputs: z.array(z.string()),
  outputs: z.array(z.string()),
  params: z.number(),
  /**
   * What each output was trained with, where the file tells (Keras' compile_config or training_config): the name of the
   * loss in snake case, and whether it took the outputs as logits.
   */
  losses: z.array(z.object({ name: z.string(), fromLogits: z.boolean() }).nullable()).optional(),
});
export type GraphRecord = z.infer<typeof graphRecordSchema>;

/** Said of a model without topology and operators: files of weights, as torch.save makes them, hold no graph. */
export const WITHOUT_GRAPH =
  "These are weights without a graph, which can be looked at and not run; to run the model, export it where its code is: torch.onnx.export(model, (x,), 'model.onnx', dynamo=True), x being a batch of examples.";
