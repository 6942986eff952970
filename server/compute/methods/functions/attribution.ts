/** Answers `select *` and `select layer`: attribution of a target to features, and the joins of two such questions. */
import type { Join, Using } from '../../../../core/algebra/index.ts';
import { UserError } from '../../../../core/errors/index.ts';
import type { AttributionRecord } from '../../../../core/result/index.ts';
import type { QueryPlan } from '../../contract.ts';
import type { MethodContext } from '../../inference/context.ts';
import { tensorOf } from '../attribution/arrangement.ts';
import { groupSize, layerWidth } from '../attribution/explained.ts';
import { attributionMethod } from '../attribution/index.ts';
import { distance, joined } from '../attribution/join.ts';
import { answerSide, type SideAnswer } from '../attribution/side-answer.ts';
import type { Method, MethodOutput, OutputTensor } from '../method.ts';

export const method: Method = {
  version: '2',
  versionFor: ({ using }) => {
    const method = attributionMethod(using?.method);
    return `${method.name} ${method.version}`;
  },
  reading: 'Positive values speak for the target, negative ones against it.',
  bytes,
  run: answer,
};

const READINGS: Readonly<Record<Join['kind'], string>> = {
  join: 'Evidence that both sides share: where they agree in sign the smaller of the two, elsewhere nothing.',
  'left join': 'What sets the left side apart: left less right, zero where they agree.',
};

/** Features of a group of examples with their sums and copies, and what is kept for the result; of all sides. */
function bytes(plan: QueryPlan): number {
  const { query, data, joined: right } = plan;
  const size = Math.max(0, ...(data?.manifest.splits.map((s) => s.size) ?? []));
  const n = query.input?.kind === 'example' ? 1 : Math.min(query.limit ?? size, size);
  const input = (data?.manifest.shape ?? []).reduce((a, b) => a * b, 1);
  const width = Math.max(input, query.what.kind === 'layer' ? layerWidth({ plan }, query.what.layer) : 0);
  const kept = query.what.kind === 'identity' ? n * input * COPIES_KEPT : width * COPIES_KEPT;
  const own = Math.min(n, groupSize(width)) * width * COPIES_PLAYED + kept;
  return own + (right ? bytes(right) : 0);
}
/** Bytes per feature: features, baseline and values in TensorFlow and out of it, sums and squares in float64. */
const COPIES_PLAYED = 48;
/** Values, standard error, picture and the encoded answer. */
const COPIES_KEPT = 20;

async function answer(context: MethodContext): Promise<MethodOutput> {
  const { join } = context.plan.query;
  const { side, right, values } = await answerAll(context);
  const { axes, using } = side;
  const { reading } = attributionMethod(using.method);
  const record: AttributionRecord = {
    ...side.record,
    classes: [...side.classes],
    region: side.region ? [...side.region] : null,
    join:
      join && right
        ? { kind: join.kind, right: right.side.record, distance: distance(side.values, right.values) }
        : null,
  };
  const { seed } = using.params;
  return {
    type: side.type,
    title: right && join ? `${titleOf(side)} ${JOINING[join.kind]} ${titleOf(right.side)}` : titleOf(side),
    axes,
    tensors: {
      values: tensorOf(axes, values),
      ...(right
        ? {
            left: tensorOf(axes, side.values),
            right: tensorOf(axes, right.values),
            ...shared(side.beside),
            ...side.shown,
            ...(right.side.shown.image ? { right_image: right.side.shown.image } : {}),
          }
        : {
            ...(side.standardError ? { standard_error: tensorOf(axes, side.standardError) } : {}),
            ...side.beside,
            ...side.shown,
          }),
    },
    record,
    n: side.n,
    warnings: warningsOf(side, right?.side ?? null),
    reading: join ? `${READINGS[join.kind]} ${reading}` : reading,
    method: using.method,
    parameters: { ...using.params, ...(side.camLayer ? { layer: side.camLayer } : {}) },
    ...(typeof seed === 'number' ? { seed } : {}),
  };
}

interface Answered {
  /** The side itself, or the left one. */
  readonly side: SideAnswer;
  readonly right: Answered | null;
  /** The side's, or the two sides' joined. */
  readonly values: Float32Array;
}

async function answerAll(context: MethodContext, inherited?: Using): Promise<Answered> {
  const { join } = context.plan.query;
  if (!join) {
    const side = await answerSide(context, inherited);
    return { side, right: null, values: side.values };
  }
  const side = await answerSide(paced(context, 0, 0.5), inherited);
  const other = context.right();
  if (!other) throw new Error('the plan lacks its right side');
  const right = await answerAll(paced(other, 0.5, 1), side.using);
  const [own, others] = [side, right.side].map(({ axes }) => axes.map((a) => a.size).join(', '));
  if (own !== others)
    throw new UserError(
      'invalid',
      `a join compares feature by feature: the left side has [${own}], the right one [${others}]`,
    );
  return { side, right, values: joined(join.kind, side.values, right.values) };
}

/** The same context, telling its progress as a part of the whole. */
function paced(context: MethodContext, from: number, to: number): MethodContext {
  return {
    ...context,
    progress: (done, note) => context.progress(from + done * (to - from), note),
    right: () => {
      const right = context.right();
      return right && paced(right, from, to);
    },
  };
}

const JOINING: Readonly<Record<Join['kind'], string>> = { join: 'shared with', 'left join': 'against' };

/** "ig of class 7 · conv2d_1 · digits-cnn@12 · digits.test[42]" */
function titleOf({ record }: SideAnswer): string {
  const { method, target, layer, unit, model, example } = record;
  const place = layer === null ? [] : [unit === null ? layer : `${layer}#${unit}`];
  return [`${method} of ${target}`, ...place, model, example].join(' · ');
}

/** What of the left side belongs to a joined answer too: activations and inputs, but no spread of its own numbers. */
function shared(beside: SideAnswer['beside']): Record<string, OutputTensor> {
  const { activation, input } = beside;
  return { ...(activation ? { activation } : {}), ...(input ? { input } : {}) };
}

function warningsOf(left: SideAnswer, right: SideAnswer | null): string[] {
  if (!right) return [...left.warnings];
  const methods =
    left.using.method === right.using.method
      ? []
      : [`The sides are explained by ${left.using.method} and ${right.using.method}: their scales differ.`];
  const told = new Set(left.warnings);
  return [
    ...methods,
    ...left.warnings,
    ...right.warnings.filter((w) => !told.has(w)).map((w) => `Right side: ${w}`),
  ];
}
