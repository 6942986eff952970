/** UMAP of 10,000 points in 64 dimensions to 3D, 15 neighbours, 200 epochs: ours against umap-js. */
import { UMAP } from 'umap-js';
import { umap } from '../server/compute/numerics/index.ts';
import type { Benchmark } from './measure.ts';

const N = 10_000;
const D = 64;

/** Ten Gaussian clouds, seeded. */
function points(): Float32Array {
  let state = 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 1) / 4294967297;
  };
  const normal = () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const centres = Array.from({ length: 10 }, () => Array.from({ length: D }, () => 4 * normal()));
  const x = new Float32Array(N * D);
  for (let i = 0; i < N; i++) for (let j = 0; j < D; j++) x[i * D + j] = centres[i % 10]![j]! + normal();
  return x;
}

export const projections: Benchmark = {
  name: 'projections',
  async run() {
    const x = points();
    const began = performance.now();
    umap(x, N, D, { dims: 3, neighbours: 15, seed: 1, epochs: 200 });
    const ours = (performance.now() - began) / 1000;
    const rows = Array.from({ length: N }, (_, i) => [...x.subarray(i * D, (i + 1) * D)]);
    const peerBegan = performance.now();
    new UMAP({ nComponents: 3, nNeighbors: 15, nEpochs: 200 }).fit(rows);
    const value = (performance.now() - peerBegan) / 1000;
    return [
      { name: 'UMAP 10,000 x 64 to 3D', unit: 's', ours, runs: 1, peer: { name: 'umap-js 1.4.0', value } },
    ];
  },
};
