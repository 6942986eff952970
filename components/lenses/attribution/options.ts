/** What may be chosen at several pictures of attributions. */
import { numberRow, switchRow } from '../options.ts';

const OPAQUE = 0.9;

/** Of the colours over the picture. */
export const OPACITY = numberRow({
  key: 'opacity',
  label: 'Opacity',
  menu: true,
  range: [0, 1],
  start: OPAQUE,
  step: 0.05,
  text: (value) => `${Math.round(value * 100)} %`,
});
export const ROBUST_SCALE = switchRow({
  key: 'robust',
  label: 'Scale to the 99th percentile',
  menu: true,
  start: true,
});
