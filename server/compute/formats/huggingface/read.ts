/** A folder of transformers (config.json and weights) as a graph of operators. */
import { baseName, type SourceFile, unsupported } from '../files/context.ts';
import { counted, listed } from '../files/numbers.ts';
import { GraphBuilder } from '../operators/builder.ts';
import type { RawOperators } from '../operators/model.ts';
import type { RawParameter } from '../parameters/model.ts';
import { bert, roberta } from './bert.ts';
import type { Config } from './config.ts';
import { distilbert } from './distilbert.ts';
import type { Family } from './family.ts';
import { gpt2 } from './gpt2.ts';
import { llama, mistral, qwen2, qwen3 } from './llama.ts';
import { deit, vit } from './vit.ts';

/** By `model_type`. */
const FAMILIES: Readonly<Record<string, Family>> = {
  ...{ bert, roberta, distilbert, gpt2, vit, deit },
  ...{ llama, mistral, qwen2, qwen3 },
};

/** Throws UserError for what is not built here, by the name of the key or of the weight. */
export function buildTransformer(
  config: Config,
  parameters: readonly RawParameter[],
  folder: string,
): RawOperators {
  const kind = config.text('model_type', '');
  const family = FAMILIES[kind];
  const { file } = config;
  if (!family)
    throw unsupported(
      file,
      `models of the type "${kind}" are not built here, but ${listed(Object.keys(FAMILIES), 20)} are; in Python, optimum-cli export onnx --model FOLDER OUT makes an ONNX file of it, which can be sent`,
    );
  const className = config.architecture ?? family.classes[0] ?? '';
  if (!family.classes.includes(className))
    throw unsupported(
      file,
      `the class ${className} is not built here, but ${listed(family.classes, 20)} are; in Python, optimum-cli export onnx --model FOLDER OUT makes an ONNX file of it, which can be sent`,
    );
  if (config.read('quantization_config'))
    throw unsupported(
      file,
      'its weights are quantised ("quantization_config"); send the model as it was before',
    );
  const { base } = family;
  const named = new Map(parameters.map((each) => [within(each.name, base), each]));
  const graph = new GraphBuilder(file, named);
  const outputs = family.build(graph, config, className);
  config.checkAllAsked();
  const warnings: string[] = [];
  const left = [...named.keys()].filter((name) => !graph.used.has(name) && !BUFFERS.test(name));
  if (left.length > 0)
    warnings.push(
      `${counted(left.length, 'weight of the file is', 'weights of the file are')} no part of ${className} and ${left.length === 1 ? 'was' : 'were'} left out: ${listed(left)}.`,
    );
  const halves = parameters.find(({ type }) => type === 'float16' || type === 'bfloat16');
  if (halves)
    warnings.push(
      `The weights are ${halves.type}; here all is computed in float32, as transformers does with dtype=torch.float32.`,
    );
  const { graph: built, weights } = graph.finish(outputs);
  return { format: 'huggingface', file, name: folder, graph: built, weights, warnings };
}

/** What is saved beside the weights: masks, numbers of positions, and what is tied to something else. */
const BUFFERS = new RegExp(
  `(^|\\.)(${[
    ...['position_ids', 'token_type_ids', 'inv_freq', 'masked_bias', 'attn\\.bias'],
    ...['cls\\.predictions\\.bias', 'cls\\.predictions\\.decoder\\.(weight|bias)'],
    ...['lm_head\\.(weight|bias)', 'lm_head\\.decoder\\.(weight|bias)', 'vocab_projector\\.weight'],
  ].join('|')})$`,
);

/** With a head the names of the inner model have its name before them. */
const within = (name: string, base: string): string =>
  name.startsWith(base) ? name.slice(base.length) : name;

/** The folder's name, else the file's. */
export function folderName(file: SourceFile, upload: string): string {
  const parts = file.name.split('/');
  return parts.length > 1 ? (parts.at(-2) ?? '') : baseName(upload).replace(/\.\w+$/, '');
}
