/**
 * The error function, to a few units in the last place of float32: odd, a quotient of polynomials in x^2 up to 4, where it
 * is 1 (the coefficients that TensorFlow's own Eigen has).
 */
export function erf(x: number): number {
  const bounded = Math.max(-4, Math.min(4, x));
  const square = bounded * bounded;
  let above = -2.72614225801306e-10;
  for (const next of ABOVE) above = above * square + next;
  let below = -1.45660718464996e-5;
  for (const next of BELOW) below = below * square + next;
  return (bounded * above) / below;
}

const ABOVE = [
  2.77068142495902e-8, -2.10102402082508e-6, -5.69250639462346e-5, -7.34990630326855e-4,
  -2.954599808540254e-3, -1.60960333262415e-2,
];
const BELOW = [-2.13374055278905e-4, -1.68282697438203e-3, -7.37332916720468e-3, -1.42647390514189e-2];
