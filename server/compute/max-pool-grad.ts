/**
 * The way back through a max pooling, in typed arrays: for backends that lack it. TensorFlow.js's plain JavaScript kernel
 * computes the same through a buffer object per number, fifty times slower.
 */
export interface PoolShape {
  readonly batchSize: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly inChannels: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly effectiveFilterHeight: number;
  readonly effectiveFilterWidth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly padInfo: { readonly top: number; readonly left: number };
}

/** dy (n, outHeight, outWidth, c) goes to the first largest number of each window of x (n, inHeight, inWidth, c). */
export function maxPoolGrad(dy: Float32Array, x: Float32Array, pool: PoolShape): Float32Array {
  const { inHeight, inWidth, inChannels: channels, outHeight, outWidth, padInfo } = pool;
  const dx = new Float32Array(x.length);
  let out = 0;
  for (let n = 0; n < pool.batchSize; n++)
    for (let oy = 0; oy < outHeight; oy++) {
      const top = oy * pool.strideHeight - padInfo.top;
      const [y0, y1] = [Math.max(0, top), Math.min(inHeight, top + pool.effectiveFilterHeight)];
      for (let ox = 0; ox < outWidth; ox++) {
        const left = ox * pool.strideWidth - padInfo.left;
        const [x0, x1] = [Math.max(0, left), Math.min(inWidth, left + pool.effectiveFilterWidth)];
        for (let c = 0; c < channels; c++) {
          let most = Number.NEGATIVE_INFINITY;
          let at = -1;
          for (let y = y0; y < y1; y++)
            for (
              let i = ((n * inHeight + y) * inWidth + x0) * channels + c, w = x0;
              w < x1;
              w++, i += channels
            )
              if (x[i]! > most) {
                most = x[i]!;
                at = i;
              }
          if (at >= 0) dx[at]! += dy[out]!;
          out++;
        }
      }
    }
  return dx;
}
