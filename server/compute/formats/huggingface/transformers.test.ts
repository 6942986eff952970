/**
 * Models of transformers (goldens/make.py), built from their configuration: hidden states, attention weights and outputs as
 * transformers computes them. INTERLAYER_TRANSFORMERS=FOLDER takes those that the script wrote there.
 */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Tensor } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decodeSafetensors, type NamedTensor } from '../../../../core/result/index.ts';
import { type Backend, loadBackend } from '../../backend/backend.ts';
import { BACKENDS } from '../../testing/engines.ts';
import { temporaryFolders } from '../../testing/fixtures.ts';
import { importGoldenFolder, loadStored } from '../../testing/goldens.ts';

const folders = temporaryFolders();
afterAll(() => folders.remove());
const here = process.env.INTERLAYER_TRANSFORMERS ?? path.join(import.meta.dirname, 'goldens');
const models = readdirSync(here, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);
/** Of the largest number of a tensor. */
const TOLERANCE = 1e-5;

/** Nodes that hold what transformers calls hidden_states.0 and hidden_states.N, and attentions.N. */
const NAMES: readonly [RegExp, first: string, layer: string, attention: string][] = [
  [
    /^(Bert|Roberta)/,
    'embeddings/LayerNorm/LayerNormalization',
    'encoder/layer.N/output/LayerNorm/LayerNormalization',
    'encoder/layer.N/attention/self/weights',
  ],
  [
    /^DistilBert/,
    'embeddings/LayerNorm/LayerNormalization',
    'transformer/layer.N/output_layer_norm/LayerNormalization',
    'transformer/layer.N/attention/weights',
  ],
  [/^GPT2/, 'embedding', 'h.N/residual', 'h.N/attn/weights'],
  [/^(Llama|Mistral|Qwen)/, 'embed_tokens/Gather', 'layers.N/residual', 'layers.N/self_attn/weights'],
  [
    /^(ViT|DeiT)/,
    'embeddings/sum',
    'encoder/layer.N/residual',
    'encoder/layer.N/attention/attention/weights',
  ],
];
/** After the last layer these give the normalised stream as the last of the hidden states. */
const LAST: readonly [RegExp, string][] = [
  [/^GPT2/, 'ln_f/LayerNormalization'],
  [/^(Llama|Mistral|Qwen)/, 'norm/RMSNormalization'],
];

describe.each(BACKENDS)('on %s', (name) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await loadBackend(name);
  });

  test.each(models)('%s', async (model) => {
    const { tf } = backend;
    const { tensors } = decodeSafetensors(readFileSync(path.join(here, model, 'golden.safetensors')));
    const stored = await importGoldenFolder(path.join(here, model), ['golden.safetensors'], backend, folders);
    const { graph, warnings, operators } = stored.manifest;
    expect(warnings).toEqual([]);
    expect(operators?.batch).toBeNull();
    const before = tf.memory().numTensors;
    const loaded = await loadStored(backend, stored, folders);
    const [, first = '', layer = '', attention = ''] = NAMES.find(([pattern]) => pattern.test(model)) ?? [];
    const layers = Object.keys(tensors).filter((key) => key.startsWith('attentions.')).length;
    const last = LAST.find(([pattern]) => pattern.test(model))?.[1];
    const wanted: [string, string][] = [['hidden_states.0', first]];
    for (let at = 0; at < layers; at++) {
      wanted.push([`attentions.${at}`, attention.replace('N', String(at))]);
      const ends = at === layers - 1 && last !== undefined;
      wanted.push([`hidden_states.${at + 1}`, ends ? last : layer.replace('N', String(at))]);
    }
    wanted.push(...graph.outputs.map((output, at): [string, string] => [`outputs.${at}`, output]));
    expect(Object.keys(tensors).filter((key) => key.startsWith('outputs.')).length).toBe(
      graph.outputs.length,
    );
    const given = (input: string): Tensor => {
      const { data, shape } = tensors[`inputs.${input}`]!;
      const x = tf.tensor(Float32Array.from(data), [...shape]);
      return x.rank === 4 ? x.transpose([0, 2, 3, 1]) : x;
    };
    tf.tidy(() => {
      const found = loaded.program.run(
        given,
        wanted.map(([, node]) => node),
      );
      for (const [at, [key]] of wanted.entries()) same(found[at], tensors[key], key);
    });
    loaded.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

function same(found: Tensor | undefined, expected: NamedTensor | undefined, what: string): void {
  expect(found?.shape, what).toEqual(expected?.shape);
  const values = found?.dataSync() ?? [];
  const numbers = Array.from(expected?.data ?? []);
  const largest = Math.max(...numbers.map(Math.abs));
  const worst = Math.max(...numbers.map((value, i) => Math.abs(value - (values[i] ?? Number.NaN))));
  expect(worst / largest, what).toBeLessThan(TOLERANCE);
}
