/**
 * Trains the demo's four models on the handwritten digits, with TensorFlow.js alone:
 *
 *   digits-cnn         a small convolutional network
 *   digits-cnn-relu    the same, with one careless line more: a ReLU between the logits and the softmax. A class whose
 *                      logit is negative on every example then gets no gradient any more, and is never predicted again.
 *   digits-vae         a variational autoencoder whose latent mean has a stray ReLU (the third use case of iNNspector,
 *                      Spinner et al. 2024): half of the latent space cannot be used, and some latent units die.
 *   suspect-cnn        the network of digits-cnn, trained on the contaminated data that contaminate.ts makes
 *
 * Run: npx tsx examples/digits/train.ts [model ...]
 * Writes models/<name>/{model.json, run.json, checkpoints/<epoch>.safetensors}. Initial weights and the order of the
 * examples are seeded; TensorFlow's threads may still change the last digits from one machine to another.
 */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-node';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from '../../core/result/index.ts';
import { random, shuffled } from './random.ts';

const here = path.dirname(new URL(import.meta.url).pathname);
const BATCH = 32;
const EPOCHS = 20;
/** Epochs whose weights are kept; 0 is before training. */
const KEEP = [0, 1, 2, 3, 4, 6, 8, 12, 16, 20];

interface Split {
  readonly x: tf.Tensor4D;
  readonly labels: Int32Array;
  readonly onehot: tf.Tensor2D;
}
type Metrics = Record<string, number>;

function readSplit(name: string, dataset = 'digits'): Split {
  const { tensors } = decodeSafetensors(readFileSync(path.join(here, `${dataset}.safetensors`)));
  const x = tensors[`${name}.x`]!;
  const labels = Int32Array.from(tensors[`${name}.y`]!.data);
  return {
    x: tf.tensor4d(
      Float32Array.from(x.data, (v) => v / 16),
      [labels.length, 8, 8, 1],
    ),
    labels,
    onehot: tf.oneHot(tf.tensor1d(labels, 'int32'), 10).toFloat() as tf.Tensor2D,
  };
}

function* batches(n: number, next: () => number): Generator<tf.Tensor1D> {
  const order = shuffled(n, next);
  for (let at = 0; at < n; at += BATCH) yield tf.tensor1d(order.slice(at, at + BATCH), 'int32');
}

class Recorder {
  private readonly dir: string;
  private readonly epochs: { epoch: number; metrics: Metrics }[] = [];
  constructor(
    name: string,
    private readonly model: tf.LayersModel,
    private readonly keep: readonly number[] = KEEP,
  ) {
    this.dir = path.join(here, 'models', name);
    rmSync(this.dir, { recursive: true, force: true });
    mkdirSync(path.join(this.dir, 'checkpoints'), { recursive: true });
    const topology: unknown = model.toJSON(null, false);
    writeFileSync(path.join(this.dir, 'model.json'), `${JSON.stringify(topology)}\n`);
  }

  end(epoch: number, metrics: Metrics): void {
    this.epochs.push({ epoch, metrics });
    console.log(
      `${this.model.name} ${epoch}: ${Object.entries(metrics)
        .map(([k, v]) => `${k} ${v.toFixed(4)}`)
        .join(', ')}`,
    );
    if (!this.keep.includes(epoch)) return;
    const tensors: Record<string, NamedTensor> = {};
    for (const weight of this.model.weights) {
      const data = weight.read().dataSync();
      tensors[weight.originalName] = {
        dtype: 'F32',
        shape: weight.shape.map(Number),
        data: Float32Array.from(data),
      };
    }
    writeFileSync(path.join(this.dir, 'checkpoints', `${epoch}.safetensors`), encodeSafetensors(tensors));
  }

  finish(metaParameters: Record<string, string | number | boolean>, bestBy: string): void {
    const kept = this.epochs.filter(({ epoch }) => this.keep.includes(epoch));
    const best = kept.reduce((a, b) =>
      (b.metrics[bestBy] ?? Infinity) < (a.metrics[bestBy] ?? Infinity) ? b : a,
    );
    writeFileSync(
      path.join(this.dir, 'run.json'),
      `${JSON.stringify({ metaParameters, best: best.epoch, epochs: this.epochs }, null, 1)}\n`,
    );
  }
}

function cnn(name: string, strayRelu: boolean, seed: number): tf.LayersModel {
  const glorot = (k: number) => tf.initializers.glorotUniform({ seed: seed * 100 + k });
  const input = tf.input({ shape: [8, 8, 1], name: 'image' });
  let x = tf.layers
    .conv2d({
      name: 'conv2d_1',
      filters: 16,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: glorot(1),
    })
    .apply(input);
  x = tf.layers.maxPooling2d({ name: 'pool_1', poolSize: 2 }).apply(x);
  x = tf.layers
    .conv2d({
      name: 'conv2d_2',
      filters: 32,
      kernelSize: 3,
      padding: 'same',
      activation: 'relu',
      kernelInitializer: glorot(2),
    })
    .apply(x);
  x = tf.layers.maxPooling2d({ name: 'pool_2', poolSize: 2 }).apply(x);
  x = tf.layers.flatten({ name: 'flatten' }).apply(x);
  x = tf.layers
    .dense({ name: 'dense_1', units: 32, activation: 'relu', kernelInitializer: glorot(3) })
    .apply(x);
  x = tf.layers.dense({ name: 'logits', units: 10, kernelInitializer: glorot(4) }).apply(x);
  if (strayRelu) x = tf.layers.activation({ name: 'relu', activation: 'relu' }).apply(x);
  const output = tf.layers
    .activation({ name: 'softmax', activation: 'softmax' })
    .apply(x) as tf.SymbolicTensor;
  return tf.model({ inputs: input, outputs: output, name });
}

function accuracyOf(model: tf.LayersModel, split: Split): Metrics {
  return tf.tidy(() => {
    const probabilities = model.predict(split.x) as tf.Tensor2D;
    const hit = probabilities.argMax(1).equal(tf.tensor1d(split.labels, 'int32')).mean().dataSync()[0]!;
    const loss = tf.losses
      .softmaxCrossEntropy(split.onehot, probabilities.clipByValue(1e-7, 1).log())
      .dataSync()[0]!;
    return { loss, accuracy: hit };
  });
}

interface Lesson {
  readonly strayRelu?: boolean;
  readonly dataset?: string;
  readonly keep?: readonly number[];
}

async function trainClassifier(name: string, seed: number, lesson: Lesson = {}): Promise<void> {
  const keep = lesson.keep ?? KEEP;
  const epochs = Math.max(...keep);
  const [train, test] = [readSplit('train', lesson.dataset), readSplit('test', lesson.dataset)];
  const model = cnn(name, lesson.strayRelu ?? false, seed);
  const learningRate = 0.003;
  model.compile({ optimizer: tf.train.adam(learningRate), loss: 'categoricalCrossentropy' });
  const recorder = new Recorder(name, model, keep);
  const next = random(seed);
  for (let epoch = 0; epoch <= epochs; epoch++) {
    if (epoch > 0)
      for (const rows of batches(train.labels.length, next)) {
        const [x, y] = [tf.gather(train.x, rows), tf.gather(train.onehot, rows)];
        await model.trainOnBatch(x, y);
        tf.dispose([rows, x, y]);
      }
    const [on, off] = [accuracyOf(model, train), accuracyOf(model, test)];
    recorder.end(epoch, {
      loss: on.loss!,
      accuracy: on.accuracy!,
      val_loss: off.loss!,
      val_accuracy: off.accuracy!,
    });
  }
  recorder.finish(
    {
      optimizer: 'adam',
      learning_rate: learningRate,
      batch_size: BATCH,
      epochs,
      seed,
      loss: 'categorical cross-entropy',
    },
    'val_loss',
  );
}

async function trainVae(name: string, seed: number): Promise<void> {
  const latent = 8;
  const glorot = (k: number) => tf.initializers.glorotUniform({ seed: seed * 100 + k });
  const input = tf.input({ shape: [8, 8, 1], name: 'image' });
  const flat = tf.layers.flatten({ name: 'flatten' }).apply(input);
  const hidden = tf.layers
    .dense({ name: 'encoder_1', units: 64, activation: 'relu', kernelInitializer: glorot(1) })
    .apply(flat) as tf.SymbolicTensor;
  // The careless mistake: a mean must be free to take either sign.
  const mean = tf.layers
    .dense({ name: 'z_mean', units: latent, activation: 'relu', kernelInitializer: glorot(2) })
    .apply(hidden) as tf.SymbolicTensor;
  const logVar = tf.layers
    .dense({ name: 'z_log_var', units: latent, kernelInitializer: glorot(3) })
    .apply(hidden) as tf.SymbolicTensor;
  const decode1 = tf.layers.dense({
    name: 'decoder_1',
    units: 64,
    activation: 'relu',
    kernelInitializer: glorot(4),
  });
  const decode2 = tf.layers.dense({
    name: 'decoder_2',
    units: 64,
    activation: 'sigmoid',
    kernelInitializer: glorot(5),
  });
  const reshape = tf.layers.reshape({ name: 'reconstruction', targetShape: [8, 8, 1] });
  const output = reshape.apply(decode2.apply(decode1.apply(mean))) as tf.SymbolicTensor;
  /** What is kept and looked at: the mean, decoded, and the log-variance, which only training samples from. */
  const model = tf.model({ inputs: input, outputs: [output, logVar], name });
  const encoder = tf.model({ inputs: input, outputs: [mean, logVar] });
  const [train, test] = [readSplit('train'), readSplit('test')];
  const learningRate = 0.002;
  const optimizer = tf.train.adam(learningRate);
  /** Negative evidence lower bound per example, in nats: Bernoulli reconstruction and KL to N(0, I) (Kingma & Welling 2014, eq. 10). */
  const terms = (x: tf.Tensor, noise: tf.Tensor2D | null): [tf.Scalar, tf.Scalar] => {
    const [mu, lv] = encoder.apply(x) as [tf.Tensor2D, tf.Tensor2D];
    const z = noise ? mu.add(lv.mul(0.5).exp().mul(noise)) : mu;
    const p = (decode2.apply(decode1.apply(z)) as tf.Tensor2D).clipByValue(1e-6, 1 - 1e-6);
    const t = x.reshape([-1, 64]);
    const bce = t
      .mul(p.log())
      .add(tf.sub(1, t).mul(tf.sub(1, p).log()))
      .sum(1)
      .neg()
      .mean() as tf.Scalar;
    const kl = mu.square().add(lv.exp()).sub(1).sub(lv).sum(1).mul(0.5).mean() as tf.Scalar;
    return [bce, kl];
  };
  const measure = (split: Split): [number, number] =>
    tf.tidy(() => {
      const [bce, kl] = terms(split.x, null);
      return [bce.dataSync()[0]!, kl.dataSync()[0]!];
    });
  const recorder = new Recorder(name, model);
  const next = random(seed);
  let draw = seed;
  for (let epoch = 0; epoch <= EPOCHS; epoch++) {
    if (epoch > 0)
      for (const rows of batches(train.labels.length, next)) {
        const x = tf.gather(train.x, rows);
        optimizer.minimize(() =>
          tf.tidy(() => {
            const [bce, kl] = terms(x, tf.randomNormal([rows.size, latent], 0, 1, 'float32', draw++));
            return bce.add(kl) as tf.Scalar;
          }),
        );
        tf.dispose([rows, x]);
      }
    const [[rec, kl], [valRec, valKl]] = [measure(train), measure(test)];
    recorder.end(epoch, {
      loss: rec + kl,
      reconstruction: rec,
      kl,
      val_loss: valRec + valKl,
      val_reconstruction: valRec,
    });
  }
  recorder.finish(
    {
      optimizer: 'adam',
      learning_rate: learningRate,
      batch_size: BATCH,
      epochs: EPOCHS,
      seed,
      latent,
      loss: 'negative ELBO',
    },
    'val_loss',
  );
}

const MODELS: Record<string, () => Promise<void>> = {
  'digits-cnn': () => trainClassifier('digits-cnn', 1),
  'digits-cnn-relu': () =>
    trainClassifier('digits-cnn-relu', Number(process.env.SEED ?? 1), { strayRelu: true }),
  'digits-vae': () => trainVae('digits-vae', 1),
  'suspect-cnn': () => trainClassifier('suspect-cnn', 1, { dataset: 'suspect', keep: [0, 1, 2, 4, 8, 12] }),
};
for (const name of process.argv.length > 2 ? process.argv.slice(2) : Object.keys(MODELS)) {
  const train = MODELS[name];
  if (!train) throw new Error(`no model ${name}; there are ${Object.keys(MODELS).join(', ')}`);
  await train();
}
