/** From a click to the numbers of a layer's picture in the client: asked for the first time, and known already. */
import { decodeSafetensors } from '../core/result/index.ts';
import { type Benchmark, median, timed } from './measure.ts';
import { runServer } from './server.ts';

const LAYERS = ['conv2d_1', 'conv2d_2', 'dense_1', 'logits'];

export const click: Benchmark = {
  name: 'click',
  async run() {
    const server = await runServer();
    try {
      const show = async (text: string) => {
        const { id } = await server.query(text);
        decodeSafetensors(await server.tensors(id));
      };
      const question = (layer: string, example: number) =>
        `select activation(${layer}) from digits-cnn@20(digits.test[${example}])`;
      const [cold] = await timed(1, () => show(question('conv2d_1', 0)));
      const fresh = await timed(20, (run) => show(question(LAYERS[run % LAYERS.length]!, 1 + run)));
      const cached = await timed(20, (run) => show(question(LAYERS[run % LAYERS.length]!, 1 + run)));
      return [
        {
          name: 'click to picture, worker cold',
          unit: 'ms',
          ours: cold!,
          runs: 1,
          note: 'first query after the start',
        },
        { name: 'click to picture, model warm', unit: 'ms', ours: median(fresh), runs: fresh.length },
        { name: 'click to picture, result cached', unit: 'ms', ours: median(cached), runs: cached.length },
      ];
    } finally {
      await server.stop();
    }
  },
};
