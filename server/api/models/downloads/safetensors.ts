/** Weights by name, without the architecture (huggingface/safetensors). */
import { elementsOf, piecesOf, type WeightSource } from './weights.ts';

export async function safetensorsFile(source: WeightSource): Promise<AsyncIterable<Uint8Array>> {
  return pieces(source);
}

async function* pieces(source: WeightSource) {
  const { manifest, tensors, name, step } = source;
  const whole = new Set(manifest.weights.flatMap((weight) => (weight.integers ? [weight.name] : [])));
  let at = 0;
  const entries = tensors.map(({ name: weight, shape }): [string, unknown] => {
    const end = at + elementsOf(shape) * 4;
    const entry = { dtype: whole.has(weight) ? 'I32' : 'F32', shape, data_offsets: [at, end] };
    at = end;
    return [weight, entry];
  });
  const metadata = { format: 'pt', model: name, step: String(step) };
  const text = JSON.stringify(Object.fromEntries([['__metadata__', metadata], ...entries]));
  const header = Buffer.from(text);
  // Numbers begin at a multiple of 8 bytes, as readers that map the file need.
  const padded = Math.ceil(header.length / 8) * 8;
  const head = Buffer.alloc(8 + padded, ' ');
  head.writeBigUInt64LE(BigInt(padded), 0);
  header.copy(head, 8);
  yield head;
  for (const { blob } of tensors) yield* piecesOf(source, blob);
}
