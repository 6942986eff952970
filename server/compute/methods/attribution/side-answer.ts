/** One side of a question, answered: the numbers as its result arranges them, and what they say as a whole. */
import { METHODS, printChange, type Query, type Target, type Using } from '../../../../core/algebra/index.ts';
import { UserError } from '../../../../core/errors/index.ts';
import type { AttributionSide } from '../../../../core/result/index.ts';
import { exampleAddress } from '../../data/addresses.ts';
import { shownPictures } from '../../data/display.ts';
import type { Examples } from '../../data/examples.ts';
import { type Classifier, outputUsed } from '../../inference/classifier.ts';
import type { MethodContext } from '../../inference/context.ts';
import { originOf } from '../../inference/origin.ts';
import { type TargetRule, targetRule } from '../../inference/target.ts';
import type { LoadedModel } from '../../network/model.ts';
import { f32, i32, type OutputTensor } from '../method.ts';
import { type Arranged, type Arrangement, inputArrangement, layerArrangement } from './arrangement.ts';
import { camLayer } from './cam.ts';
import { explain } from './explained.ts';
import { attributionMethod } from './index.ts';
import { InputShares } from './input-shares.ts';
import type { Window } from './layout.ts';
import { type Broken, Tally } from './tally.ts';

export interface SideAnswer extends Arranged {
  /** What was explained: `image` of one example; `images`, `index`, `label` and `predicted` of several. */
  readonly shown: Readonly<Record<string, OutputTensor>>;
  readonly record: AttributionSide;
  readonly classes: readonly string[];
  readonly region: Window | null;
  readonly n: number;
  readonly warnings: readonly string[];
  readonly using: Using;
  /** Layer that Grad-CAM looked at for the input. */
  readonly camLayer: string | null;
}

/** `inherited`: the method where the query names none. Throws UserError. */
export async function answerSide(context: MethodContext, inherited?: Using): Promise<SideAnswer> {
  const { plan, tf } = context;
  const { query } = plan;
  const { what } = query;
  if (what.kind === 'call') throw new Error('a function is no attribution');
  const using = query.using ?? inherited ?? { method: 'ig', params: {} };
  const method = attributionMethod(using.method);
  const examples = await context.examples();
  const loaded = await context.model();
  const rule = targetRule(tf, loaded, examples.split.dataset, query.target);
  const gradcam = METHODS[method.name].maps === true;
  const cam = what.kind === 'identity' && gradcam ? camLayer(loaded, rule) : null;
  const region = query.where ? windowOf(query.where) : null;
  const { parts } = examples.split.given;
  const named = what.kind === 'layer' ? parts.find(({ name }) => name === what.layer) : parts[0];
  const shares = parts.length > 1 && named && cam === null ? new InputShares(parts, named) : null;
  const asked = {
    method,
    params: using.params,
    place: what.kind === 'layer' && !shares ? what.layer : cam,
    target: query.target,
    where: query.where,
    examples,
  };
  let arrangement: Arrangement | undefined;
  const needsGradient = METHODS[method.name].needs === 'gradient';
  const tally = new Tally({ method, needsGradient, rule, place: asked.place }, examples.indices.length);
  await explain(context, asked, (group) => {
    arrangement ??=
      what.kind === 'layer'
        ? layerArrangement(what, named?.shape ?? group.game.shape, examples, gradcam)
        : inputArrangement(examples, region, gradcam);
    tally.take(group, shares ? shares.take(group, arrangement) : arrangement.take(group));
  });
  if (!arrangement) throw new UserError('invalid', `${examples.address} is empty`);
  const broken = await brokenWarnings(context, loaded, examples, tally, rule);
  const { classifier } = rule;
  const pictures = what.kind === 'layer' && !examples.single ? NOTHING : picturesOf(examples, tally);
  return {
    ...arrangement.arranged(),
    shown: pictures.tensors,
    record: {
      model: plan.model.address,
      example: examples.address,
      layer: what.kind === 'layer' ? what.layer : null,
      unit: what.kind === 'layer' ? (what.unit ?? null) : null,
      ...targetWords(query.target, rule, tally),
      method: method.name,
      label: examples.single ? known(tally.label[0]) : null,
      predicted: examples.single ? known(tally.predicted[0]) : null,
      ...tally.numbers(),
      changes: (query.changes ?? []).map(printChange),
    },
    classes: [...(classifier?.classes ?? [])],
    region,
    n: examples.indices.length,
    warnings: [
      ...broken,
      ...tally.warnings(query.target),
      ...(shares?.told() ?? []),
      ...(rule.kind === 'unit' ? [] : outputWarnings(loaded, classifier)),
      ...pictures.warnings,
    ],
    using,
    camLayer: cam,
  };
}

/** What is no number in the first example without an attribution, as the beginning of a sentence. */
const BROKEN: Readonly<Record<Broken['where'], string>> = {
  target: 'its target is not a finite number',
  baseline: 'the target at the baseline is not a finite number: choose another baseline',
  gradient: 'the slope of its target is not a finite number',
};

const NO_PROBABILITY =
  'A change leaves the label no probability above 0, so that its loss is infinite; ask for the class, or change a layer before the last.';

/** What is to be known of the output that a target is about. */
function outputWarnings(loaded: LoadedModel, classifier: Classifier | null): readonly string[] {
  if (classifier) return classifier.warnings;
  const used = outputUsed(loaded);
  return used === null ? [] : [used];
}

/** Of examples without an attribution; throws UserError('invalid') where no example has one. */
async function brokenWarnings(
  context: MethodContext,
  loaded: LoadedModel,
  examples: Examples,
  tally: Tally,
  rule: TargetRule,
): Promise<string[]> {
  const first = tally.firstBroken;
  if (!first) return [];
  const impossible = rule.kind === 'loss' && loaded.program.scoresAreEdited;
  const began = impossible ? NO_PROBABILITY : await originOf(context, loaded, examples, first.at);
  const origin = first.where === 'target' ? ` ${began}` : '';
  const total = examples.indices.length;
  const count = tally.brokenCount;
  if (count === total)
    throw new UserError(
      'invalid',
      `nothing can be attributed: ${total === 1 ? '' : `of ${exampleAddress(context.plan, examples, first.at)} as of all ${total} examples `}${BROKEN[first.where]}.${origin}`,
    );
  return [
    `${count} of ${total} examples ${count === 1 ? 'has' : 'have'} no attribution and no part in means; of the first, ${exampleAddress(context.plan, examples, first.at)}, ${BROKEN[first.where]}.${origin}`,
  ];
}

const known = (index: number | undefined): number | null => (index === undefined || index < 0 ? null : index);

function windowOf(where: NonNullable<Query['where']>): Window {
  const [x1, y1, x2, y2] = where;
  if (typeof x1 !== 'number' || typeof y1 !== 'number' || typeof x2 !== 'number' || typeof y2 !== 'number')
    throw new UserError('invalid', `found where [${where.join(', ')}], expected numbers of pixels`);
  return [x1, y1, x2, y2];
}

/** The target as a query writes it, and its class; of several examples with targets of their own, what they are. */
function targetWords(
  asked: Target | undefined,
  rule: TargetRule,
  { classes }: Tally,
): Pick<AttributionSide, 'target' | 'targetClass'> {
  const [first = 0] = classes;
  const one = classes.every((index) => index === first);
  const named =
    rule.kind !== 'unit' && one && !(rule.kind === 'logit' && rule.classifier?.ending === 'binary');
  const own = rule.classifier ? 'each example’s predicted class' : 'each example’s largest output';
  return {
    target: asked || one ? rule.text(first) : own,
    targetClass: named ? (rule.classifier?.classes[first] ?? null) : null,
  };
}

interface Pictures {
  readonly tensors: Readonly<Record<string, OutputTensor>>;
  readonly warnings: readonly string[];
}
const NOTHING: Pictures = { tensors: {}, warnings: [] };

function picturesOf(examples: Examples, { label, predicted }: Tally): Pictures {
  const { indices, single } = examples;
  const n = indices.length;
  const facts: Record<string, OutputTensor> = single
    ? {}
    : {
        index: i32(indices, [n], ['example']),
        label: i32(label, [n], ['example']),
        predicted: i32(predicted, [n], ['example']),
      };
  const shown = shownPictures(examples, 0, n);
  if (!shown) return { tensors: facts, warnings: [] };
  const { shape, pixels, warnings } = shown;
  const axes = ['y', 'x', 'channel'];
  return {
    tensors: single
      ? { image: f32(pixels, shape, axes) }
      : { images: f32(pixels, [n, ...shape], ['example', ...axes]), ...facts },
    warnings,
  };
}
