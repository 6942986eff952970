/** The queries that tools write, as canonical text. */
import type { Address } from '@/core/address/index.ts';
import {
  type Argument,
  type Change,
  FUNCTIONS,
  type FunctionName,
  type InputReference,
  type ModelReference,
  print,
  type Query,
  type What,
} from '@/core/algebra/index.ts';
import type { Model } from '@/core/api/index.ts';
import { resolveStep } from '../project/project.ts';

export interface ToolContext {
  readonly address: Extract<Address, { model: string }>;
  /** Layer, where the tool asks about one; the unit, where it asks about a unit and one was chosen. */
  readonly whole: string | null;
  readonly unit: number | null;
  /** What the board's `f` stands for. */
  readonly bound: { readonly model: string; readonly step?: number | 'best' | 'last' } | null;
  readonly model: Model | null;
  /** With which this one is compared. */
  readonly other: Model | null;
}

const x: InputReference = { kind: 'name', name: 'x' };
const second: InputReference = { kind: 'name', name: "x'" };
const data: InputReference = { kind: 'name', name: 'data' };

/** `f` where the place is in the board's own model, so that the view follows the checkpoint slider; else the address. */
function modelReference({ address, bound, model }: ToolContext): ModelReference {
  const same =
    bound?.model === address.model &&
    (!model ||
      address.step === undefined ||
      resolveStep(model, address.step) === resolveStep(model, bound.step));
  if (same) return { kind: 'name', name: 'f' };
  const { step } = address;
  return { kind: 'model', model: address.model, ...(step === undefined ? {} : { step }) };
}

const place = ({ whole, unit }: ToolContext): Extract<What, { kind: 'layer' }> => ({
  kind: 'layer',
  layer: whole ?? '',
  ...(unit === null ? {} : { unit }),
});
const layerOnly = ({ whole }: ToolContext): Argument => ({ kind: 'layer', layer: whole ?? '' });

type Clauses = Partial<Pick<Query, 'input' | 'using' | 'limit' | 'changes' | 'join'>>;
const ask = (context: ToolContext, what: What, clauses: Clauses = {}): Query => ({
  kind: 'select',
  what,
  model: modelReference(context),
  ...clauses,
});
const call = (name: FunctionName, ...args: readonly Argument[]): What => ({ kind: 'call', name, args });
const everything: What = { kind: 'identity' };

/** What the toolbox asks of a function, as its row says. */
export function functionQuery(name: FunctionName, context: ToolContext): string {
  const { args, input, tool } = FUNCTIONS[name];
  const [first] = args;
  // What has a default, or may be left out, is.
  const left = first === undefined || first.optional || first.default !== undefined;
  const of = left ? [] : [first.kind === 'layer' || tool?.wholeLayer ? layerOnly(context) : place(context)];
  const asks = input === 'either' ? (tool?.asks ?? 'data') : input;
  return print(
    ask(context, call(name, ...of), {
      ...(asks === 'none' ? {} : { input: asks === 'example' ? x : data }),
      ...(tool?.using === undefined ? {} : { using: tool.using }),
      ...(tool?.limit === undefined ? {} : { limit: tool.limit }),
    }),
  );
}
/** A function of a layer as a whole. */
const ofLayer =
  (name: FunctionName, clauses: Clauses) =>
  (context: ToolContext): string =>
    print(ask(context, call(name, layerOnly(context)), clauses));

function against(context: ToolContext, model: ModelReference, input: InputReference): string {
  const right: Query = { kind: 'select', what: everything, model, input };
  return print(ask(context, everything, { input: x, join: { kind: 'left join', query: right } }));
}

const whatIf = (context: ToolContext, change: Change): string =>
  print(ask(context, call('predict'), { input: x, changes: [change] }));

/** Tools that ask more than one function of one place. */
export const WRITE = {
  attribute: (context) => print(ask(context, everything, { input: x })),
  'attribute-part': (context) => print(ask(context, place(context), { input: x })),
  'attribute-slice': (context) => print(ask(context, everything, { input: data, limit: 100 })),
  'similarity-steps': ofLayer('similarity', { input: data }),
  'compare-examples': (context) => against(context, modelReference(context), second),
  'compare-models': (context) =>
    against(context, { kind: 'model', model: context.other?.name ?? context.address.model }, x),
  ablate: (context) =>
    whatIf(context, { kind: 'ablate', layer: context.whole ?? '', unit: context.unit ?? 0 }),
  adversarial: (context) => whatIf(context, { kind: 'fgsm', epsilon: 0.05 }),
} satisfies Record<string, (context: ToolContext) => string>;
