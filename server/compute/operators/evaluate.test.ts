/** What graphs say that cannot be run as they are. */
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type OperatorConstant,
  type OperatorGraph,
  operatorGraphSchema,
} from '../../../core/artifacts/operators.ts';
import { loadBackend } from '../backend/backend.ts';
import type { Tf } from '../tf.ts';
import { attributesOf } from './attributes.ts';
import { evaluateGraph } from './evaluate.ts';
import { given, optional } from './operands.ts';
import { graphOf, runOne } from './testing/one.ts';
import { typesOf } from './types.ts';

let tf: Tf;
beforeAll(async () => {
  ({ tf } = await loadBackend('wasm'));
});

const evaluated = (graph: OperatorGraph) =>
  tf.tidy(() =>
    evaluateGraph({ tf, opsets: graph.opsets, types: typesOf(graph) }, graph, [tf.tensor1d([-1, 2])]).map(
      (operand) => given(operand, 'n'),
    ),
  );

describe('a graph', () => {
  const graph = () => graphOf('Relu', [tf.tensor1d([0])]);

  it('gives its outputs, and may give an input or a constant as one', () => {
    const whole: OperatorGraph = {
      ...graph(),
      outputs: [
        ...graph().outputs,
        { name: 'i0', type: 'float32', shape: [2] },
        { name: 'c', type: 'float32', shape: [3] },
      ],
      constants: { c: { type: 'float32', shape: [3], values: ['NaN', '-Infinity', 0.5] } },
    };
    expect(operatorGraphSchema.parse(whole)).toEqual(whole);
    const numbers = evaluated(whole).map((tensor) => [...tensor.dataSync()]);
    expect(numbers).toEqual([
      [0, 2],
      [-1, 2],
      [Number.NaN, Number.NEGATIVE_INFINITY, 0.5],
    ]);
  });

  it('says what nothing makes, and what is not known', () => {
    const [node] = graph().nodes;
    if (!node) throw new Error('one node was expected');
    const outputs = [{ name: 'lost', type: 'float32', shape: null }] as const;
    expect(() => evaluated({ ...graph(), outputs })).toThrow('nothing makes the output lost');
    expect(() => evaluated({ ...graph(), nodes: [{ ...node, inputs: ['lost'] }] })).toThrow(
      'the node n (Relu) takes lost, which nothing makes',
    );
    expect(() => evaluated({ ...graph(), nodes: [{ ...node, outputs: ['o0', 'more'] }] })).toThrow(
      'the node n (Relu) has no output 1, more',
    );
    expect(() => runOne(tf, 'Frobnicate', [tf.scalar(0)], { domain: 'com.example' })).toThrow(
      'the operator com.example.Frobnicate (node n) is not known here',
    );
  });
});

it('operands are tensors, sequences or left out', () => {
  const one = tf.scalar(1);
  expect(given(one, 'n')).toBe(one);
  expect(optional(null, 'n')).toBe(null);
  expect(() => given([one], 'n')).toThrow('the node n takes a tensor, found a sequence');
  expect(() => given(undefined, 'n')).toThrow('the node n lacks an input');
});

it('attributes are read by kind', () => {
  const tensor: OperatorConstant = { type: 'int64', shape: [1], values: [3] };
  const own = attributesOf('n', {
    axis: 1,
    mode: 'linear',
    axes: [0, 1],
    names: ['a'],
    value: { tensor },
    body: { graph: graphOf('Relu', [null]) },
  });
  expect([own.number('axis'), own.text('mode'), own.numbers('axes'), own.texts('names')]).toEqual([
    1,
    'linear',
    [0, 1],
    ['a'],
  ]);
  expect(own.tensor('value')).toBe(tensor);
  expect(own.graph('body').nodes).toHaveLength(1);
  expect([own.has('axis'), own.has('other'), own.number('other', 7)]).toEqual([true, false, 7]);
  expect(() => own.number('mode')).toThrow(
    'the node n has another kind of attribute mode; expected a number',
  );
  expect(() => own.text('axis', 'nearest')).toThrow(
    'the node n has another kind of attribute axis; expected a text',
  );
  expect(() => own.tensor('other')).toThrow('the node n lacks its attribute other; expected a tensor');
});
