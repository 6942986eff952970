/** What files say of themselves, made fit to be kept and shown: short, plain, and not endless. */
import { z } from 'zod';
import type { ModelAbout } from '../../../../core/artifacts/index.ts';
import { withoutTurns } from '../../../../core/bidi/index.ts';

const MOST_FACTS = 40;
const LONGEST = 400;

type Told = readonly (readonly unknown[])[];

/** Pairs of a name and whatever stands in the file; what is empty is left out. `producer`: name and version. */
export function aboutOf(told: {
  readonly producer: readonly unknown[];
  readonly versions?: Told;
  readonly training?: Told;
  readonly metadata?: Told;
}): ModelAbout {
  const producer = told.producer.map(textOf).filter((part) => part !== '');
  return {
    producer: producer.length > 0 ? producer.join(' ') : null,
    versions: factsOf(told.versions ?? []),
    training: factsOf(told.training ?? []),
    metadata: factsOf(told.metadata ?? []),
  };
}

function factsOf(told: Told): ModelAbout['versions'] {
  return told
    .slice(0, MOST_FACTS)
    .map(([name, value]) => ({ name: textOf(name), value: textOf(value) }))
    .filter(({ name, value }) => name !== '' && value !== '');
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  const written = typeof value === 'string' ? value : JSON.stringify(value);
  const text = withoutTurns(written ?? '')
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/\p{Cc}/gu, '')
    .trim();
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

const namedSchema = z.object({
  class_name: z.string(),
  config: z.record(z.string(), z.unknown()).nullish().catch(null),
});
const trainingSchema = z.object({
  loss: z.unknown(),
  optimizer: z.unknown(),
  optimizer_config: z.unknown(),
  metrics: z.unknown(),
  weighted_metrics: z.unknown(),
  loss_weights: z.unknown(),
});

/** Loss, optimizer and metrics of Keras' compile_config or training_config. */
export function trainingFacts(training: unknown): [string, unknown][] {
  const parsed = trainingSchema.partial().safeParse(training);
  if (!parsed.success) return [];
  const { loss, optimizer, optimizer_config, metrics, weighted_metrics, loss_weights } = parsed.data;
  return [
    ['loss', spoken(loss)],
    ['loss weights', spoken(loss_weights)],
    ['optimizer', spoken(optimizer ?? optimizer_config)],
    ['metrics', spoken(metrics)],
    ['weighted metrics', spoken(weighted_metrics)],
  ];
}

/** `{class_name: 'Adam', config: {learning_rate: 0.001}}` as Adam(learning_rate=0.001); lists with commas. */
function spoken(written: unknown, depth = 0): string {
  if (written === null || written === undefined || depth > 6) return '';
  if (Array.isArray(written))
    return written
      .slice(0, MOST_FACTS)
      .map((each) => spoken(each, depth + 1))
      .filter((each) => each !== '')
      .join(', ');
  const named = namedSchema.safeParse(written);
  if (named.success) {
    const set = Object.entries(named.data.config ?? {})
      .filter(
        ([name, value]) => name !== 'name' && /^(number|boolean)$/.test(typeof value) && value !== false,
      )
      .slice(0, MOST_FACTS)
      .map(([name, value]) => `${name}=${typeof value === 'number' ? Number(value.toPrecision(6)) : value}`);
    return `${named.data.class_name}${set.length > 0 ? `(${set.join(', ')})` : ''}`;
  }
  if (typeof written === 'object')
    return Object.entries(written)
      .slice(0, MOST_FACTS)
      .map(([name, value]) => [name, spoken(value, depth + 1)])
      .filter(([, value]) => value !== '')
      .map(([name, value]) => `${name}: ${value}`)
      .join(', ');
  return String(written);
}
