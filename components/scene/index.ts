/** Clouds of points by three.js, without React. Everything that is made here is disposed here. */

export { lostPoints } from './bounds.ts';
export { NoWebGlError } from './drawing/renderer.ts';
export { statesOf } from './drawing/states.ts';
export { PointCloud } from './point-cloud.ts';
export type * from './types.ts';
