/** Kernels of the native backend that lose a number that is none, or make one. kernels.test.ts shows each. */
import type { KernelFunc, Tensor, TensorInfo } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Tf } from '../tf.ts';
import { supplyVolumes } from './wide-steps.ts';

const NATIVE = 'tensorflow';
const supplied = new WeakSet<object>();

/** A second call does nothing. */
export function supplyNativeKernels(tf: Tf): void {
  if (supplied.has(tf.engine())) return;
  supplied.add(tf.engine());
  const replace = (kernelName: string, kernelFunc: KernelFunc) => {
    tf.unregisterKernel(kernelName, NATIVE);
    tf.registerKernel({ kernelName, backendName: NATIVE, kernelFunc });
  };
  supplyVolumes(tf, NATIVE, ['MaxPool3D', 'MaxPool3DGrad'], replace);
  // Of a window with a NaN TensorFlow's CPU gives the largest number, or the least of all that float32 has.
  for (const kernelName of ['MaxPool', 'MaxPool3D']) {
    const kernel = tf.getKernel(kernelName, NATIVE).kernelFunc;
    const pooled = (args: Parameters<KernelFunc>[0]) => tensor(tf, kernel(args));
    replace(kernelName, (args) => {
      const x = tensor(tf, args.inputs.x);
      const y = pooled(args);
      // The largest of all is none where any is none.
      if (!tf.tidy(() => Number.isNaN(tf.max(x).dataSync()[0]))) return y;
      const made = tf.tidy(() => {
        const none = tf.isNaN(x);
        const numbers = tf.where(none, tf.fill(x.shape, Number.NEGATIVE_INFINITY), x);
        const where = pooled({ ...args, inputs: { x: tf.cast(none, 'float32') } });
        const most = pooled({ ...args, inputs: { x: numbers } });
        return tf.where(tf.greater(where, 0), tf.fill(most.shape, Number.NaN), most);
      });
      y.dispose();
      return made;
    });
  }
  supplySingleColumns(tf, replace);
  // TensorFlow.js's own subtracts infinity from infinity.
  replace('Prelu', ({ inputs }) =>
    tf.tidy(() => {
      const [x, alpha] = [tensor(tf, inputs.x), tensor(tf, inputs.alpha)];
      return tf.sub(tf.relu(x), tf.mul(alpha, tf.relu(tf.neg(x))));
    }),
  );
}

const volumeSchema = z.object({
  strides: z.union([z.number().transform((n) => [n, n, n]), z.array(z.number())]),
  pad: z.unknown(),
});

/**
 * Of volumes of one channel TensorFlow 2.9 reads other numbers where it steps over columns and there is room for one
 * window only. A single window needs no steps.
 */
function supplySingleColumns(tf: Tf, replace: (kernelName: string, kernelFunc: KernelFunc) => void): void {
  const kernel = tf.getKernel('Conv3D', NATIVE).kernelFunc;
  replace('Conv3D', (args) => {
    const { strides, pad } = volumeSchema.parse(args.attrs);
    const [x, filter] = [tensor(tf, args.inputs.x), tensor(tf, args.inputs.filter)];
    const [n = 0, ...sizes] = x.shape.slice(0, 4);
    const lengths = filter.shape.slice(0, 3);
    const room = sizes.map((size, axis) =>
      pad === 'same'
        ? Math.ceil(size / (strides[axis] ?? 1))
        : (size - (lengths[axis] ?? 1)) / (strides[axis] ?? 1) + 1,
    );
    const single = room.map((places, axis) => Math.floor(places) === 1 && (strides[axis] ?? 1) > 1);
    if (x.shape[4] !== 1 || !single[2]) return kernel(args);
    return tf.tidy(() => {
      const missing = sizes.map((size, axis): [number, number] => {
        const last = (Math.floor(room[axis] ?? 1) - 1) * (strides[axis] ?? 1) + (lengths[axis] ?? 1);
        const total = pad === 'same' ? Math.max(0, last - size) : 0;
        return [Math.floor(total / 2), Math.ceil(total / 2)];
      });
      const padded = tf.pad(x, [[0, 0], ...missing, [0, 0]]);
      const kept = padded.shape.slice(1, 4).map((size, axis) => (single[axis] ? (lengths[axis] ?? 1) : size));
      return tensor(
        tf,
        kernel({
          ...args,
          inputs: { x: tf.slice(padded, [0, 0, 0, 0, 0], [n, ...kept, 1]), filter },
          attrs: {
            ...args.attrs,
            pad: 'valid',
            strides: strides.map((stride, axis) => (single[axis] ? 1 : stride)),
          },
        }),
      );
    });
  });
}

function tensor(tf: Tf, info: TensorInfo | TensorInfo[] | undefined): Tensor {
  if (!(info instanceof tf.Tensor)) throw new Error('one tensor was expected');
  return info;
}
