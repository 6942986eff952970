/** A question as a Python script: plain Keras, NumPy and TensorFlow that come to the same numbers. */

import { canonical } from '../../check/canonical.ts';
import { check } from '../../check/check.ts';
import type { Catalog } from '../../project/catalog.ts';
import { print } from '../../syntax/print.ts';
import type { Query } from '../../syntax/tree.ts';
import { AGREEMENT, DISTANCES, LOSSES } from './condition.ts';
import { GET, SPLIT } from './data.ts';
import { CKA, STATS } from './functions.ts';
import { GAME } from './game.ts';
import { LAYERS } from './layers.ts';
import { ATTACK, LOSS } from './loss.ts';
import { MODEL } from './model.ts';
import { type Parts, sideCode } from './side.ts';
import { indented, text } from './words.ts';

export interface PythonOptions {
  /** Where the script gets model and data: "https://interlayer.example". */
  readonly origin: string;
  /** Slug of the project. */
  readonly project: string;
}
/** The script, or why there is none. It ends with `result`: arrays named as in the server's answer. */
export type PythonScript = { readonly code: string } | { readonly reason: string };

/** Of a bound query. The script reads a token from the environment (INTERLAYER_TOKEN). */
export function python(query: Query, catalog: Catalog, { origin, project }: PythonOptions): PythonScript {
  const [problem] = check(query, catalog).problems;
  if (problem !== undefined) return { reason: problem.message };
  const whole = canonical(query, catalog);
  const parts: Parts = { pieces: new Set(), methods: new Map() };
  const sides: string[] = [];
  const joins: string[] = [];
  for (let at: Query | undefined = whole, i = 0; at !== undefined; at = at.join?.query, i++) {
    const name = sideName(i);
    const side = sideCode(name, at, catalog, parts);
    if (side.reason !== null) return { reason: side.reason };
    sides.push(side.lines.join('\n'));
    if (at.join !== undefined) {
      if (at.what.kind === 'call')
        return { reason: 'the answers of two models are compared by the server only' };
      joins.push(at.join.kind);
    }
  }
  const blocks = [
    [`"""${docstring(print(whole))}"""`, ...IMPORTS].join('\n'),
    [
      `SERVER = os.environ.get("INTERLAYER_URL", ${text(origin.replace(/\/+$/, ''))})`,
      `PROJECT = ${text(project)}`,
    ].join('\n'),
    GET,
    SPLIT,
    LAYERS,
    MODEL,
    ...helpers(parts),
    ...sides,
    ending(whole, joins).join('\n'),
  ];
  return { code: `${blocks.join('\n\n\n')}\n` };
}

const sideName = (index: number): string => (index === 0 ? 'answer' : `right_${index}`);

const IMPORTS = [
  '',
  'import base64',
  'import itertools',
  'import json',
  'import math',
  'import os',
  'import urllib.request',
  'import warnings',
  'from urllib.parse import quote',
  '',
  'import keras',
  'import numpy as np',
  'import tensorflow as tf',
];

/** The query as it stands; nothing in it ends the docstring. */
const docstring = (query: string): string => text(query).slice(1, -1);

function helpers({ pieces, methods }: Parts): string[] {
  const has = (...names: (typeof pieces extends Set<infer P> ? P : never)[]): boolean =>
    names.some((name) => pieces.has(name));
  return [
    ...(has('loss') ? [LOSS] : []),
    ...(has('losses') ? [LOSSES] : []),
    ...(has('distances') ? [DISTANCES] : []),
    ...(has('attack') ? [ATTACK] : []),
    ...(has('agreement') ? [AGREEMENT] : []),
    ...(has('stats') ? [STATS] : []),
    ...(has('cka') ? [CKA] : []),
    ...(has('game') ? [GAME] : []),
    ...methods.values(),
  ];
}

/** Joins from the innermost outwards; a question with changes is answered once more without. */
function ending(query: Query, joins: readonly string[]): string[] {
  const last = joins.length;
  const lines = [`result = ${sideName(last)}()`];
  for (let i = last - 1; i >= 0; i--) {
    lines.push(
      `left, right = ${sideName(i)}()["values"], result["values"]`,
      joins[i] === 'join'
        ? 'values = np.where(left * right > 0, np.sign(left) * np.minimum(np.abs(left), np.abs(right)), 0)'
        : 'values = left - right',
      'result = {"values": values, "left": left, "right": right}',
    );
  }
  if (query.changes !== undefined && last === 0)
    lines.push('result |= {"other." + name: array for name, array in answer(changed=False).items()}');
  return [
    ...lines,
    'for name, array in result.items():',
    ...indented(['print(name, np.shape(array))', 'print(array)']),
  ];
}
