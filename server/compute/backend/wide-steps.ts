/**
 * Convolutions and poolings whose windows, padded to "same", step over the last numbers: a kernel of 2 at stride 3, of 1 at
 * stride 2. TensorFlow.js 4.22 (on its native backend the largest of volumes) reckons a padding below nothing there;
 * TensorFlow 2.21 pads by nothing.
 */
import type { KernelFunc, Tensor, TensorInfo } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Tf } from '../tf.ts';

type Replace = (kernelName: string, kernelFunc: KernelFunc) => void;

export function supplyWideSteps(tf: Tf, replace: Replace): void {
  supplyPictures(tf, replace);
  supplyVolumes(tf, 'wasm', ['Conv3D', 'AvgPool3D', 'Conv3DBackpropInputV2', 'AvgPool3DGrad'], replace);
}

const pictureSchema = z.object({
  strides: z.union([z.number(), z.tuple([z.number(), z.number()])]),
  dilations: z.union([z.number(), z.tuple([z.number(), z.number()])]).nullish(),
  pad: z.unknown(),
});

/** XNNPACK declines them, and leaves whatever lay in memory. The same paddings written out it takes. */
function supplyPictures(tf: Tf, replace: Replace): void {
  for (const kernelName of ['Conv2D', 'FusedConv2D', 'DepthwiseConv2dNative']) {
    const kernel = tf.getKernel(kernelName, 'wasm').kernelFunc;
    replace(kernelName, (args) => {
      const { strides, dilations, pad } = pictureSchema.parse(args.attrs);
      if (pad !== 'same') return kernel(args);
      const [n = 0, high = 0, wide = 0, c = 0] = args.inputs.x?.shape ?? [];
      const [rows = 0, columns = 0] = args.inputs.filter?.shape ?? [];
      const filter: [number, number, number, number] = [rows, columns, c, 1];
      const info = tf.backend_util.computeConv2DInfo(
        [n, high, wide, c],
        filter,
        strides,
        dilations ?? 1,
        pad,
      );
      const short =
        (info.outHeight - 1) * info.strideHeight + info.effectiveFilterHeight < high ||
        (info.outWidth - 1) * info.strideWidth + info.effectiveFilterWidth < wide;
      if (!short) return kernel(args);
      const { top, bottom, left, right } = info.padInfo;
      const edges = [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0],
      ];
      return kernel({ ...args, attrs: { ...args.attrs, pad: edges } });
    });
  }
}

const three = z.union([z.number().transform((n) => [n, n, n]), z.array(z.number())]);
const volumeSchema = z.object({
  strides: three,
  pad: z.unknown(),
  filterSize: three.optional(),
  inputShape: z.array(z.number()).optional(),
});

/** Volumes begin their windows before the first number. Without the numbers that no window reaches nothing is padded. */
export function supplyVolumes(
  tf: Tf,
  backendName: string,
  kernelNames: readonly string[],
  replace: Replace,
): void {
  for (const kernelName of kernelNames) {
    const kernel = tf.getKernel(kernelName, backendName).kernelFunc;
    replace(kernelName, (args) => {
      const { strides, pad, filterSize, inputShape } = volumeSchema.parse(args.attrs);
      const { x, input, filter } = args.inputs;
      const [n = 0, ...rest] = inputShape ?? x?.shape ?? input?.shape ?? [];
      const [sizes, channels] = [rest.slice(0, 3), rest[3] ?? 0];
      const lengths = filter?.shape.slice(0, 3) ?? filterSize ?? [];
      const reached = sizes.map((size, axis) => {
        const stride = strides.at(axis - 3) ?? 1;
        return Math.min(size, (Math.ceil(size / stride) - 1) * stride + (lengths.at(axis - 3) ?? 1));
      });
      if (pad !== 'same' || reached.every((size, axis) => size === sizes[axis])) return kernel(args);
      const shape = [n, ...reached, channels];
      return tf.tidy(() => {
        const cut = (info: TensorInfo | undefined) =>
          info ? { [info === x ? 'x' : 'input']: tf.slice(tensor(tf, info), [0, 0, 0, 0, 0], shape) } : {};
        const made = kernel({
          ...args,
          inputs: { ...args.inputs, ...cut(x), ...cut(input) },
          attrs: inputShape ? { ...args.attrs, inputShape: shape } : args.attrs,
        });
        const [one] = [made].flat();
        if (!one) throw new Error('a tensor was expected');
        const whole = tensor(tf, one);
        if (!inputShape && !input) return whole;
        // On the way back they get nothing.
        const left = sizes.map((size, axis): [number, number] => [0, size - (reached[axis] ?? size)]);
        return tf.pad(whole, [[0, 0], ...left, [0, 0]]);
      });
    });
  }
}

function tensor(tf: Tf, info: TensorInfo): Tensor {
  return info instanceof tf.Tensor ? info : tf.engine().makeTensorFromTensorInfo(info);
}
