/** Elements taken from places that a tensor of integers names. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Operator } from '../contract.ts';
import { given } from '../operands.ts';
import { axisOf, bounded, ofRank, sizeOf, stridesOf } from '../tensors/axes.ts';
import { gridIndices } from '../tensors/broadcasting.ts';
import { placeOf, placesOf } from '../tensors/places.ts';
import { pick, take } from '../tensors/selection.ts';

/** For each index of GatherElements and ScatterElements its place in row-major order. */
export function elementPlaces(data: Tensor, indices: Tensor, axis: number, node: string): Int32Array {
  const wrong = indices.shape.some((size, at) => at !== axis && size > (data.shape[at] ?? 0));
  if (indices.rank !== data.rank || wrong)
    throw new UserError(
      'invalid',
      `the node ${node} has indices of shape [${indices.shape}] for a tensor of shape [${data.shape}]; expected no larger ones but along the axis ${axis}`,
    );
  const strides = stridesOf(data.shape);
  const along = placesOf(indices, data.shape[axis] ?? 1, node);
  return gridIndices(
    indices.shape,
    strides.map((stride, at) => (at === axis ? 0 : stride)),
  ).map((start, i) => start + (along[i] ?? 0) * (strides[axis] ?? 1));
}

/** Starts, in row-major order, of the slices that rows of indices name, and the size of one slice. */
export function sliceStarts(
  data: Tensor,
  indices: Tensor,
  batch: number,
  node: string,
): { starts: Int32Array; size: number } {
  const depth = indices.shape.at(-1) ?? 0;
  const rest = data.shape.slice(batch);
  if (indices.rank === 0 || depth > rest.length)
    throw new UserError(
      'invalid',
      `the node ${node} has indices of shape [${indices.shape}] for a tensor of shape [${data.shape}]; expected a last axis of at most ${rest.length}`,
    );
  const strides = stridesOf(data.shape).slice(batch);
  const values = indices.dataSync();
  const count = sizeOf(indices.shape.slice(0, -1));
  const perBatch = count / Math.max(1, sizeOf(indices.shape.slice(0, batch)));
  const starts = Int32Array.from({ length: count }, (_, row) => {
    let start = batch > 0 ? Math.floor(row / perBatch) * sizeOf(rest) : 0;
    for (let at = 0; at < depth; at++)
      start += placeOf(values[row * depth + at] ?? 0, rest[at] ?? 1, node) * (strides[at] ?? 1);
    return start;
  });
  return { starts, size: sizeOf(rest.slice(depth)) };
}

/** Each element of each slice. */
export function slicePlaces({ starts, size }: { starts: Int32Array; size: number }): Int32Array {
  const places = new Int32Array(starts.length * size);
  starts.forEach((start, row) => {
    for (let i = 0; i < size; i++) places[row * size + i] = start + i;
  });
  return places;
}

export const operators: readonly Operator[] = [
  {
    onnx: 'Gather',
    units: 'last',
    weights: { 0: { name: 'embeddings', axes: (rank) => (rank === 2 ? ['token', 'unit'] : null) } },
    apply: ([data, at], { tf, name, attributes }) => {
      const [x, indices] = [given(data, name), given(at, name)];
      const axis = axisOf(attributes.number('axis', 0), x.rank, name);
      const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)];
      bounded(shape, name);
      const places = placesOf(indices, x.shape[axis] ?? 1, name);
      return [tf.reshape(take(tf, x, places, axis), shape)];
    },
  },
  {
    onnx: 'GatherElements',
    units: 'kept',
    apply: ([data, at], { tf, name, attributes }) => {
      const [x, indices] = [given(data, name), given(at, name)];
      const axis = axisOf(attributes.number('axis', 0), x.rank, name);
      return [pick(tf, x, elementPlaces(x, indices, axis, name), indices.shape)];
    },
  },
  {
    onnx: 'GatherND',
    units: 'last',
    apply: ([data, at], { tf, name, attributes }) => {
      const [x, indices] = [given(data, name), given(at, name)];
      const batch = attributes.number('batch_dims', 0);
      const same = x.shape.slice(0, batch).join() === indices.shape.slice(0, batch).join();
      if (batch >= Math.min(x.rank, indices.rank) || !same)
        throw new UserError(
          'invalid',
          `the node ${name} gathers by ${batch} axes of batches from the shape [${x.shape}] with indices of shape [${indices.shape}]; expected that these begin alike`,
        );
      const found = sliceStarts(x, indices, batch, name);
      const depth = indices.shape.at(-1) ?? 0;
      const shape = [...indices.shape.slice(0, -1), ...x.shape.slice(batch + depth)];
      bounded(shape, name);
      return [pick(tf, x, slicePlaces(found), shape)];
    },
  },
  {
    onnx: 'Compress',
    units: 'kept',
    apply: ([data, condition], { tf, name, attributes }) => {
      const x = given(data, name);
      const wanted = ofRank(given(condition, name), 1, 'a condition', name).dataSync();
      const flat = !attributes.has('axis');
      const axis = flat ? 0 : axisOf(attributes.number('axis'), x.rank, name);
      const from = flat ? tf.reshape(x, [-1]) : x;
      const size = from.shape[axis] ?? 0;
      const places: number[] = [];
      wanted.forEach((yes, at) => {
        if (yes) places.push(placeOf(at, size, name));
      });
      return [take(tf, from, Int32Array.from(places), axis)];
    },
  },
];
