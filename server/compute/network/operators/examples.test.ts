/** Nodes whose first axis is not that of the examples are refused, whether examples are given together or in parts. */
import { beforeAll, expect, test } from 'vitest';
import type { OperatorProgram } from '../../../../core/artifacts/operators.ts';
import { loadBackend } from '../../backend/backend.ts';
import type { Tf } from '../../tf.ts';
import { Program } from '../program.ts';
import { graphOfOperators } from './graph.ts';

let library: Tf;
beforeAll(async () => {
  library = (await loadBackend('wasm')).tf;
});

const turn = (name: string, from: string, to: string) => ({
  ...{ name, scope: [], domain: '', operation: 'Transpose', attributes: { perm: [1, 0, 2] } },
  ...{ inputs: [from], outputs: [to] },
});
const program = (batch: number | null): OperatorProgram => ({
  graph: {
    opsets: { '': 17 },
    nodes: [turn('steps', 'x', 't'), turn('back', 't', 'y')],
    inputs: [{ name: 'x', type: 'float32', shape: ['n', 3, 2] }],
    outputs: [{ name: 'y', type: 'float32', shape: ['n', 3, 2] }],
    ...{ constants: {}, weights: [] },
  },
  shapes: { x: [null, 3, 2], t: [3, null, 2], y: [null, 3, 2] },
  batch,
});

test.each([null, 1, 2])('%s at a time', (batch) => {
  const { graph } = graphOfOperators(library, program(batch), [], 'm');
  const run = new Program(library, graph);
  library.tidy(() => {
    const x = library.tensor3d(
      Float32Array.from({ length: 24 }, (_, i) => i),
      [4, 3, 2],
    );
    expect([...(run.run(() => x, ['back'])[0]?.dataSync() ?? [])]).toEqual([...x.dataSync()]);
    expect(() => run.run(() => x, ['steps'])).toThrow(
      /the layer steps puts out \[3, \d, 2\] for \d examples?: its first axis is not theirs, so that it cannot be asked about example by example/,
    );
    if (batch === null) expect(run.run(() => x, ['steps'], { anyAxis: true })[0]?.shape).toEqual([3, 4, 2]);
  });
});
