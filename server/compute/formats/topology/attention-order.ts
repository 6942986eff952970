/**
 * Where the order in which Keras calls layers decides what they answer: MultiHeadAttention takes the masks off its inputs
 * while the model runs (Keras 3.15), and what else reads those inputs finds them masked or not, as it is called before or after.
 */
import { findsWhatIsLeft } from '../../masks/values.ts';
import type { FlatNetwork } from './flatten.ts';

const TAKES = 'MultiHeadAttention';

/** A sentence for each model of whose answers the order decides; they are given in the order of depth, as Keras' are. */
export function attentionOrderCaveats({ layers }: Pick<FlatNetwork, 'layers'>): string[] {
  const attentions = layers.filter(({ className }) => className === TAKES);
  if (attentions.length === 0) return [];
  const before = new Map(
    layers.map(({ name, calls }) => [name, [...new Set(calls.flat().map((ref) => ref.layer))]]),
  );
  const needs = (name: string): ReadonlySet<string> => {
    const found = new Set<string>();
    const open = [name];
    for (let at = open.pop(); at !== undefined; at = open.pop())
      for (const from of before.get(at) ?? [])
        if (!found.has(from)) {
          found.add(from);
          open.push(from);
        }
    return found;
  };
  const masking = new Set(
    layers
      .filter(
        ({ className, config }) =>
          className === 'Masking' || (className === 'Embedding' && config.mask_zero === true),
      )
      .map(({ name }) => name),
  );
  const isMasked = (name: string) => masking.has(name) || [...needs(name)].some((from) => masking.has(from));
  const unsure = new Set<string>();
  for (const attention of attentions)
    for (const source of (before.get(attention.name) ?? []).filter(isMasked))
      for (const other of layers) {
        if (other === attention || !(before.get(other.name) ?? []).includes(source)) continue;
        const joins = other.className === 'Concatenate';
        if (!joins && !findsWhatIsLeft(other.className)) continue;
        if (joins || !(needs(other.name).has(attention.name) || needs(attention.name).has(other.name)))
          unsure.add(other.name);
      }
  if (unsure.size === 0) return [];
  const names = [...unsure].slice(0, 6).join(', ') + (unsure.size > 6 ? ', ...' : '');
  return [
    `Keras' MultiHeadAttention takes the mask off what it reads, so that what Keras does with masks at ${names} depends on the order in which it calls layers; masked steps may be treated otherwise here.`,
  ];
}
