/**
 * A query's parameters as controls: the method, its numbers, the numbers of its changes, limit, k. Each control knows the
 * one place of the text that it stands for, so that setting it leaves what others write beside it alone.
 */
import {
  type Change,
  changeRow,
  FUNCTIONS,
  METHODS,
  methodsOf,
  numberOf,
  placeOf,
  type Query,
  read,
} from '@/core/algebra/index.ts';
import type { Splice } from '@/core/board/index.ts';
import { argumentsOf, insertionAfter, spanOf } from '../text/spans.ts';
import { type Control, number, parameterControl } from './control.ts';
import { methodControl } from './method-control.ts';

export type { Control } from './control.ts';

/** In the order of the text's clauses; none for a text that does not parse. */
export function controlsOf(text: string): Control[] {
  const { query } = read(text);
  return query === null ? [] : sideControls(text, query, '');
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
    const [min, max] = spec.slider ?? [1, 100];
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

/** What a change acts on, as its slider names it. */
function placeName(change: Change): string {
  const layer = 'layer' in change ? change.layer : '';
  if ('tensor' in change) return `${layer}.${change.tensor}[${change.index.join(',')}]`;
  return 'unit' in change ? `${layer}#${change.unit}` : layer;
}

function changeControls(text: string, change: Change, index: number): Control[] {
  const span = spanOf(text, placeOf(change));
  if (!span) return [];
  const written = argumentsOf(text, span);
  return changeRow(change.kind).args.flatMap((argument, i): Control[] => {
    const at = written[i];
    if (!at || !('slider' in argument) || argument.slider === null) return [];
    const value = numberOf(change, argument.field);
    const { label, min, max } = argument.slider;
    return [
      number({
        id: `change ${index} ${i}`,
        label: [label, placeName(change)].filter((part) => part !== '').join(' '),
        summary: '',
        value,
        initial: null,
        min: Math.min(min, value),
        max: Math.max(max, value),
        whole: argument.kind === 'whole',
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
