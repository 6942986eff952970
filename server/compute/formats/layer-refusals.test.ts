/** Configurations of layers with one fault each: the sentence that names layer, key and value. */
import { beforeAll, describe, expect, it } from 'vitest';
import {
  functional,
  INPUT,
  type KerasConfig,
  sequential,
  type Workbench,
  workbench,
} from './testing/bench.ts';
import { finishModel } from './topology/model.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const build = (architecture: unknown) =>
  finishModel({ format: 'keras', file: 'm.keras', architecture, keras3: true, weights: [] }, bench.context);
const refused = (promise: Promise<unknown>, message: string) =>
  expect(promise).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringContaining(`m.keras: ${message}`),
  });
/** One layer `it` behind the input. */
const one = (className: string, config: KerasConfig, beside: KerasConfig = {}) =>
  functional([INPUT, [className, 'it', config, beside]]);
const dense = { class_name: 'Dense', config: { name: 'd', units: 2 } };
const lstm = { class_name: 'LSTM', config: { name: 'l', units: 2 } };

describe('a configuration is refused by layer, key and value', () => {
  it.each<[string, string, KerasConfig]>([
    [
      'lora_rank=4, which is not computed here: merge the LoRA weights into the kernel before saving',
      'Dense',
      { lora_rank: 4 },
    ],
    [
      'quantization_config={}, which is not computed here: save the model before quantize()',
      'Dense',
      { quantization_config: {} },
    ],
    [
      'autocast=false, which is not computed here: save the layer with autocast=True',
      'Dense',
      { autocast: false },
    ],
    ['dynamic=true, which is not computed here: it runs Python code', 'Dense', { dynamic: true }],
    ['batch_shape=[]; [batch, sizes ...] was expected', 'Dense', { batch_shape: [] }],
    ['units=0; a positive whole number was expected', 'Dense', { units: 0 }],
    ['use_bias="no"; true or false was expected', 'Dense', { use_bias: 'no' }],
    ['data_format="last"; channels_last or channels_first was expected', 'Flatten', { data_format: 'last' }],
    ['axis="all"; an axis or a list of axes was expected', 'Softmax', { axis: 'all' }],
    ['axis=[1,2]; one axis is computed', 'Concatenate', { axis: [1, 2] }],
    ['adjustment={}, which is not computed here: leave it out', 'BatchNormalization', { adjustment: {} }],
    [
      'renorm=true, which is not computed here: save the layer with renorm=False',
      'BatchNormalization',
      { renorm: true },
    ],
    ['only one of mean and variance', 'Normalization', { mean: [1, 2] }],
    [
      'time_major=true, which is not computed here: give the batch first, the steps second',
      'LSTM',
      { time_major: true },
    ],
    ['padding="full"; "valid" or "same" was expected', 'ConvLSTM2D', { padding: 'full' }],
    ['padding="full"; "valid" or "same" was expected', 'MaxPooling2D', { padding: 'full' }],
    ['padding="full"; "valid", "same" or "causal" was expected', 'Conv2D', { padding: 'full' }],
    [
      'merge_mode="max"; sum, mul, ave or concat was expected',
      'Bidirectional',
      { layer: lstm, merge_mode: 'max' },
    ],
    ['groups=2, which is not computed here: use one group', 'Conv2DTranspose', { groups: 2 }],
    [
      'crop_to_aspect_ratio=true, which is not computed here: resize the data before the model',
      'Resizing',
      { crop_to_aspect_ratio: true },
    ],
    [
      'a number type for each part of it (DTypePolicyMap); save it with a single one',
      'Dense',
      { dtype: { class_name: 'DTypePolicyMap', config: {} } },
    ],
    ['the number type "string"; numbers are needed', 'Dense', { dtype: 'string' }],
  ])('has %s', (what, className, config) =>
    refused(build(one(className, config)), `the layer it (${className}) has ${what}`),
  );

  it.each<[string, string, KerasConfig]>([
    [
      'wraps a layer of the class Dense; LSTM, GRU, SimpleRNN and ConvLSTM2D are computed',
      'Bidirectional',
      { layer: dense },
    ],
    [
      'has a backward_layer that is not its layer the other way round (units=2, 3; go_backwards=nothing, true); only equal ones are computed',
      'Bidirectional',
      {
        layer: lstm,
        backward_layer: { class_name: 'LSTM', config: { name: 'b', units: 3, go_backwards: true } },
      },
    ],
    [
      'wraps an input',
      'TimeDistributed',
      { layer: { class_name: 'InputLayer', config: { name: 'i', batch_shape: [null, 2] } } },
    ],
    [
      'wraps a whole model (Sequential); wrap its layers one by one',
      'Bidirectional',
      { layer: sequential([]) },
    ],
    [
      'wraps a Bidirectional; one wrapper at a time is known',
      'TimeDistributed',
      { layer: { class_name: 'Bidirectional', config: {} } },
    ],
  ])('%s', (what, className, config) =>
    refused(build(one(className, config)), `the layer it (${className}) ${what}`),
  );

  it.each<[string, KerasConfig]>([
    ['sparse=true, which is not computed here: give the data dense', { sparse: true }],
    ['ragged=true, which is not computed here: pad the data to one length', { ragged: true }],
    ['optional=true, which is not computed here: make the input a required one', { optional: true }],
  ])('an input has %s', (what, config) =>
    refused(
      build(
        functional([
          ['InputLayer', 'in', { batch_shape: [null, 4], ...config }],
          ['Dense', 'd', { units: 2 }],
        ]),
      ),
      `the layer in (InputLayer) has ${what}`,
    ),
  );

  it.each<[string, string, KerasConfig]>([
    ['TFOpLambda', 'it is a TensorFlow call between layers; write it as layers', {}],
    ['RNN', 'its cell may be any code; use LSTM, GRU or SimpleRNN', {}],
    ...['StringLookup', 'TextVectorization'].map((name): [string, string, KerasConfig] => [
      name,
      'it takes texts, and models take numbers here: cut the model behind it, and give it the numbers that it puts out',
      {},
    ]),
    ['RandomCrop', 'it crops at inference too; crop the data before the model', {}],
    [
      'Bincount',
      'it is an operator on tensors that is not known here; write it by others or as a layer, or cut the model before it',
      { module: 'keras.src.ops.numpy' },
    ],
    ['EinsumDense', 'rebuild that part from layers that are known here, or cut the model before it', {}],
  ])('%s is not supported', (className, hint, beside) =>
    refused(
      build(one(className, {}, beside)),
      `the layer it is of the class ${className}, which is not supported: ${hint}`,
    ),
  );

  it.each<[string, unknown]>([
    ['7, which is not computed here: it is no function of Keras', 7],
    [
      `mine, which is not computed here: it is a function of one's own (module "my", registered_name "My>mine"), whose Python code is not in the file; use a function of Keras by its name, or layers`,
      { class_name: 'function', config: 'mine', module: 'my', registered_name: 'My>mine' },
    ],
    [
      'ELU, which is not computed here: its configuration is {"alpha":"big"}',
      { class_name: 'ELU', config: { alpha: 'big' } },
    ],
    [
      'PReLU, which is not computed here: make it a layer of its own after this one',
      { class_name: 'PReLU', config: {} },
    ],
  ])('the activation %s', (what, activation) =>
    refused(build(one('Dense', { units: 2, activation })), `the layer it uses the activation ${what}`),
  );
});
