/** Kernels of the native backend that lose a number that is none, or make one. kernels.test.ts shows each. */
import type { KernelFunc, Tensor, TensorInfo } from '@tensorflow/tfjs';
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
  // TensorFlow.js's own subtracts infinity from infinity.
  replace('Prelu', ({ inputs }) =>
    tf.tidy(() => {
      const [x, alpha] = [tensor(tf, inputs.x), tensor(tf, inputs.alpha)];
      return tf.sub(tf.relu(x), tf.mul(alpha, tf.relu(tf.neg(x))));
    }),
  );
}

function tensor(tf: Tf, info: TensorInfo | TensorInfo[] | undefined): Tensor {
  if (!(info instanceof tf.Tensor)) throw new Error('one tensor was expected');
  return info;
}
