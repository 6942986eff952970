/** Folders of transformers that are not built as they are, and what is said of them. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { UploadedFile } from '../../contract.ts';
import { importModel } from '../index.ts';
import { type Workbench, workbench, zipOf } from '../testing/bench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await workbench();
});

const goldens = path.join(import.meta.dirname, 'goldens');
type Edit = (config: Record<string, unknown>) => Record<string, unknown>;
const bytesOf = (model: string, file: string) => readFileSync(path.join(goldens, model, file));
function configOf(model: string, edit: Edit): UploadedFile {
  const config: Record<string, unknown> = JSON.parse(bytesOf(model, 'config.json').toString());
  return bench.upload('config.json', JSON.stringify(edit(config)));
}
const weightsOf = (model: string) => bench.upload('model.safetensors', bytesOf(model, 'model.safetensors'));
function partsOf(bytes: Buffer): { header: Record<string, unknown>; body: Buffer } {
  const end = 8 + Number(bytes.readBigUInt64LE());
  return { header: JSON.parse(bytes.toString('utf8', 8, end)), body: bytes.subarray(end) };
}
const edited = (model: string, edit: Edit) =>
  importModel([configOf(model, edit), weightsOf(model)], bench.context);
/** Undefined takes a key out. */
const withKeys =
  (keys: Record<string, unknown>): Edit =>
  (config) => ({ ...config, ...keys });

describe('a configuration', () => {
  const [BERT, LLAMA, VIT] = ['BertForMaskedLM', 'LlamaForCausalLM', 'ViTForImageClassification'] as const;
  it.each<[string, Record<string, unknown>, string]>([
    [
      BERT,
      { model_type: 't5' },
      'models of the type "t5" are not built here, but bert, roberta, distilbert, gpt2, vit, deit, llama, mistral, qwen2 and qwen3 are; in Python, optimum-cli export onnx --model FOLDER OUT makes an ONNX file of it',
    ],
    [
      LLAMA,
      { architectures: ['LlamaForSequenceClassification'] },
      'the class LlamaForSequenceClassification is not built here, but LlamaModel and LlamaForCausalLM are',
    ],
    [BERT, { new_kind_of_attention: 2 }, '"new_kind_of_attention": 2 may change what the model computes'],
    [BERT, { hidden_act: 'mish' }, '"hidden_act": "mish" is not computed here, but gelu, gelu_new,'],
    [BERT, { is_decoder: true }, '"is_decoder": true is not computed here, but encoders are'],
    [BERT, { position_embedding_type: 'relative_key' }, 'is not computed here, but absolute is'],
    [BERT, { hidden_size: 'wide' }, '"hidden_size" is "wide"; expected a whole number above 0'],
    [BERT, { layer_norm_eps: 'x' }, '"layer_norm_eps" is "x"; expected a number'],
    [BERT, { hidden_act: 3 }, '"hidden_act" is 3; expected a text'],
    [BERT, { is_decoder: 1 }, '"is_decoder" is 1; expected true or false'],
    [BERT, { quantization_config: { bits: 4 } }, 'its weights are quantised ("quantization_config")'],
    [BERT, { vocab_size: 12345 }, 'the weight embeddings.word_embeddings.weight has the shape'],
    [BERT, { num_hidden_layers: 9 }, 'and it is not in the file; send the files of one and the same model'],
    [LLAMA, { rope_parameters: 7 }, '"rope_parameters" is 7; expected an object'],
    [
      LLAMA,
      { rope_parameters: { rope_type: 'yarn' } },
      '"rope_type": "yarn" is not computed here, but default, linear and llama3 are',
    ],
    [LLAMA, { rope_parameters: { rope_type: 'default', spin: 2 } }, '"spin": 2 may change what the model'],
    [LLAMA, { vocab_size: undefined }, '"vocab_size" is missing; expected a whole number above 0'],
    [
      VIT,
      { image_size: [4, 4, 4] },
      '"image_size": [4,4,4] is not computed here, but one size, or height and',
    ],
    ['DeiTModel', { pooler_act: 'relu' }, '"pooler_act": "relu" is not computed here, but tanh is'],
    ['GPT2LMHeadModel', { add_cross_attention: true }, 'is not computed here, but decoders alone are'],
  ])('of %s with %j is refused', async (model, keys, message) => {
    await expect(edited(model, withKeys(keys))).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining(message),
    });
  });

  it('may say more than is asked, where that changes nothing', async () => {
    const { manifest } = await edited(
      'BertForMaskedLM',
      withKeys({ hidden_dropout_prob: 0.5, some_flag: false }),
    );
    expect(manifest.warnings).toEqual([]);
  });
});

describe('weights', () => {
  it('are said by name where they are no part of the class', async () => {
    const { manifest } = await edited(
      'BertForSequenceClassification',
      withKeys({ architectures: ['BertModel'] }),
    );
    expect(manifest.warnings).toEqual([
      '2 weights of the file are no part of BertModel and were left out: classifier.bias and classifier.weight.',
    ]);
  });

  it('are said where it is one', async () => {
    const { header, body } = partsOf(bytesOf('BertForMaskedLM', 'model.safetensors'));
    header.spare = { dtype: 'F32', shape: [0], data_offsets: [body.length, body.length] };
    const text = Buffer.from(JSON.stringify(header));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(text.length));
    const file = bench.upload('model.safetensors', Buffer.concat([size, text, body]));
    const { manifest } = await importModel(
      [configOf('BertForMaskedLM', (each) => each), file],
      bench.context,
    );
    expect(manifest.warnings).toEqual([
      '1 weight of the file is no part of BertForMaskedLM and was left out: spare.',
    ]);
  });

  it('of half precision are computed with in single', async () => {
    const model = 'BertForMaskedLM';
    const half = readFileSync(path.join(goldens, 'half.safetensors'));
    const { manifest } = await importModel(
      [configOf(model, (config) => config), bench.upload('model.safetensors', half)],
      bench.context,
    );
    expect(manifest.warnings).toEqual([
      'The weights are bfloat16; here all is computed in float32, as transformers does with dtype=torch.float32.',
    ]);
  });

  it('come in all their parts', async () => {
    const model = 'BertForMaskedLM';
    const part = (at: number) =>
      bench.upload(`model-0000${at}-of-00002.safetensors`, bytesOf(model, 'model.safetensors'));
    const config = configOf(model, (each) => each);
    await expect(importModel([config, part(1)], bench.context)).rejects.toThrow(
      'model-00001-of-00002.safetensors: 1 part of 2 was sent (model-00001-of-00002.safetensors); send all of them',
    );
    await expect(importModel([config, part(1), part(2)], bench.context)).rejects.toThrow(
      /is in another file too; send the files of one model/,
    );
    await expect(
      importModel([config, bench.upload('pytorch_model.bin', 'nothing')], bench.context),
    ).rejects.toThrow(
      'pytorch_model.bin: it is not of torch.save, or it is cut off; copy or download the file again',
    );
    const broken = bench.upload('model.safetensors', 'nothing of the kind');
    await expect(importModel([config, broken], bench.context)).rejects.toThrow(
      'model.safetensors: not a valid safetensors file: ',
    );
  });

  it('lie in a folder or a zip, with what else is there', async () => {
    const model = 'GPT2LMHeadModel';
    const zip = zipOf([
      ...readdirSync(path.join(goldens, model))
        .filter((file) => file !== 'golden.safetensors')
        .map((file) => ({ name: `tiny/${file}`, data: bytesOf(model, file) })),
      ...['tokenizer.json', 'vocab.txt', 'README.md', '.gitattributes'].map((file) => ({
        name: `tiny/${file}`,
        data: '{}',
      })),
      { name: 'tiny/tf_model.h5', data: 'x' },
    ]);
    const { manifest } = await importModel([bench.upload('tiny.zip', zip)], bench.context);
    expect(manifest.format).toBe('huggingface');
    expect(manifest.graph.model).toBe('tiny');
    expect(manifest.warnings).toEqual(['Left out 1 file beside the model: tiny/tf_model.h5.']);
    expect(manifest.graph.layers.map(({ name }) => name)).toContain('h.0/attn/weights');
  });
});
