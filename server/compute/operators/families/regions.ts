/** Regions of pictures: pooled to one size, and chosen among those that overlap. */
import type { Tensor } from '@tensorflow/tfjs';
import { UserError } from '../../../../core/errors/index.ts';
import type { Operand, Operator, OperatorCall } from '../contract.ts';
import { given, numbersOf, optional } from '../operands.ts';
import { withoutGradient } from '../refused-gradient.ts';
import { alignedTaps, type Cell, pooledCells, roundedCells } from '../spatial/regions.ts';
import { type Box, suppressed } from '../spatial/suppression.ts';

/** X (n, c, height, width) by cells of regions, each of one example. */
function pooledRegions(
  { tf, name }: OperatorCall,
  x: Tensor,
  rois: Tensor,
  cells: readonly Cell[],
  shape: readonly [number, number, number],
  mode: string,
): Tensor {
  const [n = 1, c = 1, height = 1, width = 1] = x.shape;
  if (x.rank !== 4 || cells.some(({ example }) => example < 0 || example >= n))
    throw new UserError(
      'invalid',
      `the node ${name} pools regions of an input of shape [${x.shape}]; expected (batch, channels, height, width), and regions of its examples`,
    );
  const [regions, rows, columns] = shape;
  const { values, back } = pooledCells(
    cells,
    { channels: c, places: height * width, perRegion: rows * columns },
    mode,
  );
  const pooled = tf.customGrad((...args) => {
    const [own] = args;
    if (!(own instanceof tf.Tensor)) throw new Error('a tensor was expected');
    const numbers = Float32Array.from(own.dataSync());
    return {
      value: tf.tensor(values(numbers), [regions, c, rows, columns]),
      gradFunc: (dy: Tensor) => [
        tf.tensor(back(numbers, Float32Array.from(dy.dataSync())), x.shape),
        tf.zerosLike(rois),
      ],
    };
  });
  // Where the regions themselves are computed from what a gradient is asked by, it would lack a part.
  return pooled(
    x,
    withoutGradient(tf, name, rois, 'cuts regions at corners', (own) => tf.clone(own)),
  );
}

/** Inputs X (n, c, height, width), rois (r, 4: x1, y1, x2, y2), batch_indices (r). */
function roiAlign(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { name, attributes, opset } = call;
  const [x, rois, examples] = [given(inputs[0], name), given(inputs[1], name), given(inputs[2], name)];
  const [rows, columns] = [attributes.number('output_height', 1), attributes.number('output_width', 1)];
  const mode = attributes.text('mode', 'avg');
  if (mode !== 'avg' && mode !== 'max')
    throw new UserError('invalid', `the node ${name} has mode ${JSON.stringify(mode)}; expected avg or max`);
  const transformation = attributes.text(
    'coordinate_transformation_mode',
    opset < 16 ? 'output_half_pixel' : 'half_pixel',
  );
  const cells = alignedTaps(numbersOf(rois), numbersOf(examples), {
    height: x.shape[2] ?? 1,
    width: x.shape[3] ?? 1,
    rows,
    columns,
    samples: attributes.number('sampling_ratio', 0),
    scale: attributes.number('spatial_scale', 1),
    halfPixel: transformation === 'half_pixel',
  });
  return [pooledRegions(call, x, rois, cells, [rois.shape[0] ?? 0, rows, columns], mode)];
}

/** Inputs X (n, c, height, width), rois (r, 5: example, x1, y1, x2, y2). */
function maxRoiPool(inputs: readonly Operand[], call: OperatorCall): readonly Operand[] {
  const { name, attributes } = call;
  const [x, rois] = [given(inputs[0], name), given(inputs[1], name)];
  const [rows = 1, columns = 1] = attributes.numbers('pooled_shape');
  const cells = roundedCells(numbersOf(rois), {
    height: x.shape[2] ?? 1,
    width: x.shape[3] ?? 1,
    rows,
    columns,
    scale: attributes.number('spatial_scale', 1),
  });
  return [pooledRegions(call, x, rois, cells, [rois.shape[0] ?? 0, rows, columns], 'max')];
}

/** Inputs boxes (b, n, 4), scores (b, c, n), and three numbers; output (chosen, 3): example, class, box. */
function nonMaxSuppression(
  inputs: readonly Operand[],
  { tf, name, attributes }: OperatorCall,
): readonly Operand[] {
  const [boxes, scores] = [given(inputs[0], name), given(inputs[1], name)];
  const number = (at: number, fallback: number) => {
    const found = optional(inputs[at], name);
    return found ? (numbersOf(found)[0] ?? fallback) : fallback;
  };
  const [most, overlap] = [number(2, 0), number(3, 0)];
  const least = number(4, Number.NEGATIVE_INFINITY);
  const [batch = 0, count = 0] = boxes.shape;
  const classes = scores.shape[1] ?? 0;
  const [corners, values] = [numbersOf(boxes), numbersOf(scores)];
  const centred = attributes.number('center_point_box', 0) === 1;
  const boxAt = (at: number): Box => {
    const [a = 0, b = 0, c = 0, d = 0] = corners.slice(at * 4, at * 4 + 4);
    return centred
      ? { top: b - d / 2, left: a - c / 2, bottom: b + d / 2, right: a + c / 2 }
      : { top: Math.min(a, c), left: Math.min(b, d), bottom: Math.max(a, c), right: Math.max(b, d) };
  };
  const chosen: number[] = [];
  for (let example = 0; example < batch; example++) {
    const own = Array.from({ length: count }, (_, at) => boxAt(example * count + at));
    for (let kind = 0; kind < classes; kind++) {
      const from = (example * classes + kind) * count;
      for (const at of suppressed(own, values.slice(from, from + count), most, overlap, least))
        chosen.push(example, kind, at);
    }
  }
  return [tf.tensor(chosen, [chosen.length / 3, 3], 'int32')];
}

export const operators: readonly Operator[] = [
  { onnx: 'RoiAlign', units: 'second', apply: roiAlign },
  { onnx: 'MaxRoiPool', units: 'second', apply: maxRoiPool },
  { onnx: 'NonMaxSuppression', units: 'kept', types: () => ['int64'], apply: nonMaxSuppression },
];
