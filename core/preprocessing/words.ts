/** A spec in words, for people. */
import { scaleText } from './scale-text.ts';
import type { PreprocessingSpec } from './spec.ts';

/** "values divided by 255, axes 1, 2, 0, classes in plain order". */
export function specText({ scale, layout, classOrder }: PreprocessingSpec): string {
  const parts = [`values ${scaleText(scale)}`];
  if (layout.kind === 'transpose') parts.push(`axes in the order ${layout.axes.join(', ')}`);
  if (layout.kind === 'reshape') parts.push(`reshaped to ${layout.shape.join('×')}`);
  if (classOrder === 'plain' || classOrder === 'natural') parts.push(`classes in ${classOrder} order`);
  if (Array.isArray(classOrder)) parts.push('classes in an order of their own');
  return parts.join(', ');
}
