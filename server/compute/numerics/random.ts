/**
 * Seeded generator: sfc32 (C. Doty-Humphrey, PractRand), 128 bits of state, passes PractRand's and BigCrush's tests.
 * The same seed gives the same sequence on every machine.
 */
export interface Random {
  /** Uniform in [0, 2^32). */
  bits(): number;
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal (Box & Muller 1958). */
  normal(): number;
  /** Uniform integer in [0, n). */
  below(n: number): number;
}

export function seeded(seed: number): Random {
  let a = 0x9e3779b9 | 0;
  let b = 0x243f6a88 | 0;
  let c = seed | 0;
  let counter = 1;
  const bits = () => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return t >>> 0;
  };
  // Neighbouring seeds differ in few bits; the first rounds spread them.
  for (let i = 0; i < 15; i++) bits();
  const uniform = () => bits() / 4294967296;
  return {
    bits,
    uniform,
    below: (n) => Math.floor(uniform() * n),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}
