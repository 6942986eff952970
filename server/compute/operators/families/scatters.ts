/** Updates written to places that a tensor of integers names, or added, multiplied, compared with what is there. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Tf } from '../../tf.ts';
import type { Operator, OperatorCall } from '../contract.ts';
import { given, numbersOf, optional } from '../operands.ts';
import { axisOf, sizeOf } from '../tensors/axes.ts';
import { accumulate, pick } from '../tensors/selection.ts';
import { fitted, wholeTensor } from '../tensors/whole-numbers.ts';
import { elementPlaces, slicePlaces, sliceStarts } from './gathers.ts';

const REDUCTIONS = ['none', 'add', 'mul', 'max', 'min'] as const;
type Reduction = (typeof REDUCTIONS)[number];

const WHOLE: Readonly<Record<Reduction, (there: number, update: number) => number>> = {
  none: (_, update) => update,
  add: (there, update) => there + update,
  mul: (there, update) => there * update,
  max: Math.max,
  min: Math.min,
};

function reductionOf({ attributes, name }: OperatorCall): Reduction {
  const told = attributes.text('reduction', 'none');
  const known = REDUCTIONS.find((one) => one === told);
  if (known) return known;
  throw new UserError('invalid', `the node ${name} reduces by "${told}"; expected ${REDUCTIONS.join(', ')}`);
}

/** `places`: of each update, in row-major order. Of two for one place the later is written. */
function scattered(
  data: Tensor,
  updates: Tensor,
  places: Int32Array,
  reduction: Reduction,
  { tf, name, inputTypes }: OperatorCall,
): Tensor {
  if (updates.size !== places.length)
    throw new UserError(
      'invalid',
      `the node ${name} has updates of shape [${updates.shape}] for ${places.length} places; expected as many`,
    );
  if (data.dtype === 'string') {
    const [texts, fresh] = [[...data.dataSync<'string'>()], updates.dataSync<'string'>()];
    places.forEach((place, i) => {
      texts[place] = fresh[i] ?? '';
    });
    return tf.tensor(texts, data.shape, 'string');
  }
  if (data.dtype !== 'float32') {
    const type = data.dtype === 'bool' ? 'bool' : (inputTypes[0] ?? null);
    const [values, fresh] = [Float64Array.from(data.dataSync()), updates.dataSync()];
    places.forEach((place, i) => {
      values[place] = fitted(WHOLE[reduction](values[place] ?? 0, fresh[i] ?? 0), type, name);
    });
    return wholeTensor(tf, values, data.shape, type);
  }
  const flat = tf.reshape(updates, [-1]);
  if (reduction === 'add')
    return tf.add(data, tf.reshape(accumulate(tf, flat, places, 0, data.size), data.shape));
  if (reduction === 'mul') return multiplied(tf, data, flat, places);
  return chosen(tf, data, flat, places, reduction);
}

/** Each element is one of those that are there or an update: it is taken from both, one after the other. */
function chosen(
  tf: Tf,
  data: Tensor,
  updates: Tensor,
  places: Int32Array,
  reduction: 'none' | 'max' | 'min',
): Tensor {
  const from = Int32Array.from({ length: data.size }, (_, at) => at);
  const [values, fresh] = [Float32Array.from(data.dataSync()), updates.dataSync()];
  places.forEach((place, i) => {
    const [there, update] = [values[place] ?? 0, fresh[i] ?? 0];
    const better =
      reduction === 'none' || Number.isNaN(update) || (reduction === 'max' ? update > there : update < there);
    if (!better || (reduction !== 'none' && Number.isNaN(there))) return;
    values[place] = update;
    from[place] = data.size + i;
  });
  return pick(tf, tf.concat([tf.reshape(data, [-1]), updates]), from, data.shape);
}

/** A pass for each update of the same place. */
function multiplied(tf: Tf, data: Tensor, updates: Tensor, places: Int32Array): Tensor {
  const rounds: Int32Array[] = [];
  const seen = new Int32Array(data.size);
  places.forEach((place, i) => {
    const round = seen[place]!++;
    const from = rounds[round] ?? new Int32Array(data.size);
    rounds[round] = from;
    // 0 is the factor 1, which stands before the updates.
    from[place] = i + 1;
  });
  const factors = tf.concat([tf.ones([1]), updates]);
  return rounds.reduce((made, from) => tf.mul(made, pick(tf, factors, from, data.shape)), data);
}

const scatterElements: Operator['apply'] = ([operand, at, fresh], call) => {
  const [data, indices, updates] = [given(operand, call.name), given(at, call.name), given(fresh, call.name)];
  const axis = axisOf(call.attributes.number('axis', 0), data.rank, call.name);
  const places = elementPlaces(data, indices, axis, call.name);
  return [scattered(data, updates, places, reductionOf(call), call)];
};

export const operators: readonly Operator[] = [
  { onnx: 'ScatterElements', units: 'kept', apply: scatterElements },
  { onnx: 'Scatter', units: 'kept', apply: scatterElements },
  {
    onnx: 'ScatterND',
    units: 'kept',
    apply: ([operand, at, fresh], call) => {
      const [data, indices] = [given(operand, call.name), given(at, call.name)];
      const places = slicePlaces(sliceStarts(data, indices, 0, call.name));
      return [scattered(data, given(fresh, call.name), places, reductionOf(call), call)];
    },
  },
  {
    onnx: 'TensorScatter',
    units: 'kept',
    apply: ([operand, fresh, starts], call) => {
      const { name, attributes } = call;
      const [cache, update] = [given(operand, name), given(fresh, name)];
      const axis = axisOf(attributes.number('axis', -2), cache.rank, name);
      const mode = attributes.text('mode', 'linear');
      if (mode !== 'linear' && mode !== 'circular')
        throw new UserError(
          'invalid',
          `the node ${name} writes by the mode "${mode}"; expected linear or circular`,
        );
      const told = optional(starts, name);
      const from = told ? numbersOf(told) : [];
      const [size, count] = [cache.shape[axis] ?? 1, update.shape[axis] ?? 1];
      const [outer, inner] = [sizeOf(cache.shape.slice(0, axis)), sizeOf(cache.shape.slice(axis + 1))];
      const each = outer / (cache.shape[0] ?? 1);
      const places = new Int32Array(outer * count * inner);
      let to = 0;
      for (let before = 0; before < outer; before++)
        for (let step = 0; step < count; step++) {
          const along = (from[Math.floor(before / each)] ?? 0) + step;
          if (mode === 'linear' && !(along >= 0 && along < size))
            throw new UserError(
              'invalid',
              `the node ${name} writes to the place ${along} of ${size}; expected updates that fit, or the mode circular`,
            );
          for (let i = 0; i < inner; i++) places[to++] = (before * size + (along % size)) * inner + i;
        }
      return [scattered(cache, update, places, 'none', call)];
    },
  },
];
