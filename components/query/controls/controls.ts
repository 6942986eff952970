/**
 * A query's parameters as controls: the method, its numbers, the numbers of its changes, limit, k. Each control knows the
 * one place of the text that it stands for, so that setting it leaves what others write beside it alone.
 */
import {
  type Change,
  FUNCTIONS,
  METHODS,
  methodsOf,
  parse,
  placeOf,
  type Query,
} from '@/core/algebra/index.ts';
import type { Splice } from '@/core/board/index.ts';
import { argumentsOf, insertionAfter, spanOf } from '../text/spans.ts';
import { type Control, number, parameterControl } from './control.ts';
import { methodControl } from './method-control.ts';

export type { Control } from './control.ts';

/** In the order of the text's clauses; none for a text that does not parse. */
export function controlsOf(text: string): Control[] {
  let query: Query;
  try {
    query = parse(text);
  } catch {
    return [];
  }
  return sideControls(text, query, '');
}

function sideControls(text: string, query: Query, side: string): Control[] {
  const right = query.join ? sideControls(text, query.join.query, `${side}right `) : [];
  const own = [
    ...argumentControls(text, query),
    ...methodControls(text, query, side !== ''),
    ...(query.changes ?? []).flatMap((change, i) => changeControls(text, change, i)),
    ...limitControls(text, query),
  ];
  return [...own.map((c) => ({ ...c, id: side + c.id, label: side + c.label })), ...right];
}

const WHOLE: Readonly<Record<string, readonly [number, number]>> = { k: [1, 100], bins: [2, 100] };

/** Numbers among a function's arguments: k, bins. */
function argumentControls(text: string, { what }: Query): Control[] {
  if (what.kind !== 'call') return [];
  const span = spanOf(text, placeOf(what));
  if (!span) return [];
  return FUNCTIONS[what.name].args.flatMap((spec, i): Control[] => {
    if (spec.kind !== 'number' || spec.default === undefined) return [];
    const given = what.args[i];
    const at = given ? spanOf(text, placeOf(given)) : null;
    // An argument can be written only where all before it are.
    if (!at && what.args.length !== i) return [];
    const [min, max] = WHOLE[spec.name] ?? [1, 100];
    const write = (value: string): Splice =>
      at
        ? { index: at.from, remove: at.to - at.from, insert: value }
        : { index: span.to - 1, remove: 0, insert: `${i > 0 ? ', ' : ''}${value}` };
    return [
      number({
        id: `arg ${spec.name}`,
        label: spec.name,
        summary: '',
        value: given?.kind === 'number' ? given.value : spec.default,
        initial: spec.default,
        min,
        max,
        whole: true,
        write,
      }),
    ];
  });
}

/** The right side of a join takes the left one's method where it names none: then there is nothing of its own to set. */
function methodControls(text: string, query: Query, inherits: boolean): Control[] {
  const { using, what } = query;
  if (inherits && using === undefined) return [];
  const [initial] = methodsOf(what.kind === 'call' ? what.name : null);
  const name = using?.method ?? initial;
  if (name === undefined) return [];
  const spec = METHODS[name];
  const whole = using ? spanOf(text, placeOf(using)) : null;
  const params = spec.params.flatMap((parameter): Control[] => {
    const at =
      using && parameter.name in using.params
        ? spanOf(text, placeOf(using, `params.${parameter.name}`))
        : null;
    const write = (value: string): Splice => {
      const pair = `${parameter.name}=${value}`;
      if (at) return { index: at.from, remove: at.to - at.from, insert: pair };
      if (!whole) return insertionAfter(text, query, ` using ${name}(${pair})`);
      const bracketed = text[whole.to - 1] === ')';
      const empty = bracketed && Object.keys(using?.params ?? {}).length === 0;
      return bracketed
        ? { index: whole.to - 1, remove: 0, insert: empty ? pair : `, ${pair}` }
        : { index: whole.to, remove: 0, insert: `(${pair})` };
    };
    return [parameterControl(parameter, using?.params[parameter.name], write)];
  });
  return [methodControl(text, query, name), ...params];
}

interface ChangeNumber {
  readonly argument: number;
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly whole?: boolean;
}
function numbersOf(change: Change): ChangeNumber[] {
  switch (change.kind) {
    case 'ablate':
      return [];
    case 'clamp':
      return [
        {
          argument: 1,
          label: `clamp ${change.layer}#${change.unit}`,
          value: change.value,
          min: -10,
          max: 10,
        },
      ];
    case 'scale':
      return [
        { argument: 1, label: `scale ${change.layer}#${change.unit}`, value: change.value, min: -2, max: 4 },
      ];
    case 'set':
      return [
        {
          argument: 1,
          label: `${change.layer}.${change.tensor}[${change.index.join(',')}]`,
          value: change.value,
          min: -3,
          max: 3,
        },
      ];
    case 'noise':
      return [{ argument: 0, label: 'noise sd', value: change.sd, min: 0, max: 1 }];
    case 'fgsm':
      return [{ argument: 0, label: 'fgsm eps', value: change.epsilon, min: 0, max: 0.5 }];
    case 'pgd':
      return [
        { argument: 0, label: 'pgd eps', value: change.epsilon, min: 0, max: 0.5 },
        { argument: 1, label: 'pgd steps', value: change.steps, min: 1, max: 100, whole: true },
      ];
    case 'patch':
      return [{ argument: 1, label: 'patch value', value: change.value, min: 0, max: 1 }];
  }
}

function changeControls(text: string, change: Change, index: number): Control[] {
  const span = spanOf(text, placeOf(change));
  if (!span) return [];
  const written = argumentsOf(text, span);
  return numbersOf(change).flatMap(({ argument, label, value, min, max, whole = false }): Control[] => {
    const at = written[argument];
    if (!at) return [];
    return [
      number({
        id: `change ${index} ${argument}`,
        label,
        summary: '',
        value,
        initial: null,
        min: Math.min(min, value),
        max: Math.max(max, value),
        whole,
        write: (next) => ({ index: at.from, remove: at.to - at.from, insert: next }),
      }),
    ];
  });
}

function limitControls(text: string, query: Query): Control[] {
  const { limit, what } = query;
  const at = limit === undefined ? null : spanOf(text, placeOf(query, 'limit'));
  const initial = what.kind === 'call' ? (FUNCTIONS[what.name].limit ?? null) : null;
  if (limit === undefined || !at) return [];
  return [
    number({
      id: 'limit',
      label: 'limit',
      summary: 'Examples at most.',
      value: limit,
      initial,
      min: 1,
      max: Math.max(10_000, limit),
      whole: true,
      write: (value) => ({ index: at.from, remove: at.to - at.from, insert: `limit ${value}` }),
    }),
  ];
}
