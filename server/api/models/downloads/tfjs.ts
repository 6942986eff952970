/** A layers model of TensorFlow.js: model.json and its weights, in a zip, for tf.loadLayersModel. */
import { Zip, ZipPassThrough } from 'fflate';
import { z } from 'zod';
import type { ModelManifest } from '../../../../core/artifacts/index.ts';
import { piecesOf, type WeightSource } from './weights.ts';

/** Classes that tf.loadLayersModel of the release computes as their framework does. */
const CLASSES = new Set(
  (
    'InputLayer Dense Activation Dropout SpatialDropout1D Flatten Reshape Permute RepeatVector Masking Embedding ' +
    'Conv1D Conv2D Conv3D Conv2DTranspose Conv3DTranspose DepthwiseConv2D SeparableConv2D Cropping2D UpSampling2D ZeroPadding2D ' +
    'Add Average Concatenate Maximum Minimum Multiply Dot BatchNormalization LayerNormalization ' +
    'MaxPooling1D MaxPooling2D MaxPooling3D AveragePooling1D AveragePooling2D AveragePooling3D ' +
    'GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling1D GlobalMaxPooling2D ' +
    'SimpleRNN GRU LSTM RNN SimpleRNNCell GRUCell LSTMCell StackedRNNCells ConvLSTM2D Bidirectional TimeDistributed ' +
    'ReLU LeakyReLU PReLU ELU ThresholdedReLU Softmax GaussianNoise GaussianDropout AlphaDropout Rescaling'
  ).split(' '),
);
const ACTIVATIONS = new Set(
  'elu hardSigmoid hard_sigmoid linear relu relu6 selu sigmoid softmax softplus softsign tanh logSoftmax log_softmax swish mish gelu gelu_new'.split(
    ' ',
  ),
);

const topologySchema = z.object({
  config: z.object({
    layers: z.array(
      z.object({
        class_name: z.string(),
        name: z.string(),
        config: z.record(z.string(), z.unknown()),
      }),
    ),
  }),
});

export function tfjsRefusal({ operators, topology, format }: ModelManifest): string | null {
  const parsed = topologySchema.safeParse(topology);
  if (operators || !parsed.success)
    return `it is a graph of operators (${format}), and a model of TensorFlow.js for download is one of layers; download it as ONNX or its weights as safetensors`;
  for (const { class_name, name, config } of parsed.data.config.layers) {
    const foreign = foreignIn(class_name, config);
    if (foreign)
      return `its layer ${name} needs ${foreign}, which TensorFlow.js does not have or computes otherwise; download its weights as safetensors`;
  }
  return null;
}

const wrappedSchema = z.object({ class_name: z.string(), config: z.record(z.string(), z.unknown()) });

/** Of the layer or one within it. */
function foreignIn(name: string, config: Readonly<Record<string, unknown>>): string | null {
  if (!CLASSES.has(name)) return name;
  for (const [key, value] of Object.entries(config)) {
    if (/activation$/.test(key) && typeof value === 'string' && !ACTIVATIONS.has(value))
      return `the activation ${value}`;
    if (!/^(layer|cell|forward_layer|backward_layer)$/.test(key)) continue;
    const inner = wrappedSchema.safeParse(value);
    const foreign = inner.success ? foreignIn(inner.data.class_name, inner.data.config) : null;
    if (foreign) return foreign;
  }
  return null;
}

export async function tfjsFile(source: WeightSource): Promise<AsyncIterable<Uint8Array>> {
  return pieces(source);
}

async function* pieces(source: WeightSource) {
  const { manifest, tensors } = source;
  const made: Uint8Array[] = [];
  // Zip calls back at once, within push.
  const zip = new Zip((error, piece) => {
    if (error) throw error;
    made.push(piece);
  });
  const entry = (name: string) => {
    const file = new ZipPassThrough(name);
    zip.add(file);
    return file;
  };
  const weights = tensors.map(({ name, shape }) => ({ name, shape, dtype: 'float32' }));
  const model = {
    format: 'layers-model',
    generatedBy: 'Interlayer',
    convertedBy: null,
    modelTopology: manifest.topology,
    weightsManifest: [{ paths: ['weights.bin'], weights }],
  };
  entry('model.json').push(Buffer.from(JSON.stringify(model)), true);
  const bin = entry('weights.bin');
  yield* made.splice(0);
  for (const { blob } of tensors)
    for await (const piece of piecesOf(source, blob)) {
      bin.push(piece);
      yield* made.splice(0);
    }
  bin.push(new Uint8Array(), true);
  zip.end();
  yield* made.splice(0);
}
