/** A `config.json` of transformers: what is asked of it is read by type, and what nobody asked of it is refused by name. */
import { invalid, unsupported } from '../files/context.ts';

/** What has no part in what a model computes at inference: names, training, tokens, how texts are generated. */
const HARMLESS = new RegExp(
  `^(${[
    ...['_name_or_path', 'architectures', 'model_type', 'transformers_version', 'torch_dtype', 'dtype'],
    ...['use_cache', 'return_dict', 'output_hidden_states', 'output_attentions', 'torchscript', 'auto_map'],
    ...['id2label', 'label2id', 'num_labels', 'problem_type', 'finetuning_task', 'task_specific_params'],
    ...[
      'initializer_range',
      'initializer_factor',
      'gradient_checkpointing',
      'classifier_dropout',
      'seq_classif_dropout',
    ],
    ...['\\w*(dropout|_prob|pdrop|drop)', '\\w+_token_id', '\\w+_token_ids', 'tokenizer_class', 'prefix'],
    ...[
      '_attn_implementation\\w*',
      'attn_implementation',
      '_commit_hash',
      'language',
      'license',
      '_num_labels',
    ],
    ...[
      'summary_\\w+',
      'reorder_and_upcast_attn',
      'sinusoidal_pos_embds',
      'encoder_stride',
      'chunk_size_feed_forward',
    ],
    ...['pretraining_tp', 'pooler_(fc_size|num_\\w+|type|size_per_head)', 'directionality', 'unsloth_\\w+'],
    ...[
      'tie_word_embeddings',
      'max_length',
      'min_length',
      'do_sample',
      'num_beams',
      'temperature',
      'top_[kp]',
      'vocab_size',
      'n_ctx',
    ],
    ...[
      'is_encoder_decoder',
      'max_window_layers',
      'gradient_checkpointing_\\w+',
      'keys_to_ignore_at_inference',
    ],
  ].join('|')})$`,
);

export class Config {
  private readonly asked = new Set<string>();

  constructor(
    private readonly values: Readonly<Record<string, unknown>>,
    readonly file: string,
  ) {}

  /** A whole number above 0. */
  size(name: string, fallback?: number): number {
    const value = this.read(name) ?? fallback;
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1 || value > 2 ** 24)
      throw this.wrong(name, value, 'a whole number above 0');
    return value;
  }

  number(name: string, fallback: number): number {
    const value = this.read(name) ?? fallback;
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.wrong(name, value, 'a number');
    return value;
  }

  text(name: string, fallback: string): string {
    const value = this.read(name) ?? fallback;
    if (typeof value !== 'string') throw this.wrong(name, value, 'a text');
    return value;
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.read(name) ?? fallback;
    if (typeof value !== 'boolean') throw this.wrong(name, value, 'true or false');
    return value;
  }

  /** Whatever it is. */
  read(name: string): unknown {
    this.asked.add(name);
    return this.values[name];
  }

  /** A part of it, of which all is to be asked for too. */
  part(name: string): Config | null {
    const value = this.read(name);
    if (value === null || value === undefined) return null;
    if (!isRecord(value)) throw this.wrong(name, value, 'an object');
    return new Config(value, this.file);
  }

  /** The first class of the list. */
  get architecture(): string | null {
    const list = this.read('architectures');
    const first: unknown = Array.isArray(list) ? list[0] : null;
    return typeof first === 'string' ? first : null;
  }

  /** Throws UserError for what nobody asked for and what may change what is computed. */
  checkAllAsked(): void {
    for (const [name, value] of Object.entries(this.values)) {
      if (this.asked.has(name) || HARMLESS.test(name)) continue;
      if (value === null || value === false) continue;
      throw unsupported(
        this.file,
        `"${name}": ${shortened(value)} may change what the model computes, and is not known here; export the model as ONNX, or leave it out where it changes nothing`,
      );
    }
  }

  /** What is known, and is not computed here. */
  refused(name: string, value: unknown, known: string) {
    return unsupported(
      this.file,
      `"${name}": ${shortened(value)} is not computed here, but ${known}; export the model as ONNX`,
    );
  }

  private wrong(name: string, value: unknown, expected: string) {
    return invalid(
      this.file,
      `"${name}" is ${value === undefined ? 'missing' : shortened(value)}; expected ${expected}`,
    );
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function shortened(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
