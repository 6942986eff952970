/** TensorFlow.js's namespace. Methods get it as a value from their context, never by import. */
export type Tf = typeof import('@tensorflow/tfjs');
