/** Short names of the layers that are compared: what they all share is told once, at the axis. */
import { parseAddress } from '@/core/address/index.ts';
import type { SimilarityRecord } from '@/core/result/types.ts';

export interface AxisNames {
  /** What all names share: a model, or a layer. */
  readonly title: string;
  readonly names: readonly string[];
}

function partsOf(address: string): { readonly model: string; readonly step: string; readonly layer: string } {
  try {
    const parsed = parseAddress(address);
    if (parsed.kind === 'layer')
      return {
        model: parsed.model,
        step: parsed.step === undefined ? '' : `@${parsed.step}`,
        layer: parsed.layer,
      };
  } catch {
    // A name of another version stands for itself.
  }
  return { model: '', step: '', layer: address };
}

/** Names of rows or columns, in their order. */
export function axisNames(addresses: readonly string[], over: SimilarityRecord['over']): AxisNames {
  const parts = addresses.map(partsOf);
  const [first] = parts;
  if (!first) return { title: 'layer', names: [] };
  const oneModel = parts.every((p) => p.model === first.model && p.step === first.step);
  if (over === 'checkpoints' && parts.every((p) => p.model === first.model && p.layer === first.layer))
    return { title: `${first.model}/${first.layer}`, names: parts.map((p) => p.step || 'last') };
  if (oneModel) return { title: `${first.model}${first.step}` || 'layer', names: parts.map((p) => p.layer) };
  return { title: 'layer', names: addresses };
}
