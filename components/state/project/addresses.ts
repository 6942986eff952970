/** Addresses as this page uses them: what contains what, and the same place at another checkpoint. */
import { type Address, parseAddress, printAddress } from '@/core/address/index.ts';

/** Null for text that is no address; pages show it as text. */
export function readAddress(text: string): Address | null {
  try {
    return parseAddress(text);
  } catch {
    return null;
  }
}

/** Without the checkpoint: findings about a unit are shown at every step of its model. */
export function stepless(address: Address): Address {
  if (!('step' in address)) return address;
  const { step: _step, ...rest } = address;
  return rest;
}

/** The same for an address as text; text that is none stays as it is. */
export function steplessText(text: string): string {
  const address = readAddress(text);
  return address ? printAddress(stepless(address)) : text;
}

/** The address itself and all that contains it, innermost first: unit, layer, model; example or slice, split, data set. */
export function chain(address: Address): readonly Address[] {
  switch (address.kind) {
    case 'unit':
    case 'weight': {
      const { model, layer } = address;
      const step = address.step === undefined ? {} : { step: address.step };
      return [address, { kind: 'layer', model, layer, ...step }, { kind: 'model', model, ...step }];
    }
    case 'layer': {
      const step = address.step === undefined ? {} : { step: address.step };
      return [address, { kind: 'model', model: address.model, ...step }];
    }
    case 'model':
      return [address];
    case 'example':
    case 'slice':
      return [
        address,
        { kind: 'dataset', dataset: address.dataset, split: address.split },
        { kind: 'dataset', dataset: address.dataset },
      ];
    case 'dataset':
      return address.split === undefined
        ? [address]
        : [address, { kind: 'dataset', dataset: address.dataset }];
  }
}

/** Canonical texts of a chain. */
export function trail(text: string): { address: Address; text: string }[] {
  const address = readAddress(text);
  return address
    ? chain(address)
        .toReversed()
        .map((a) => ({ address: a, text: printAddress(a) }))
    : [];
}

/** `digits-cnn@12` of any address inside the model; null for data. */
export function modelOf(text: string): { model: string; step?: number | 'best' | 'last' } | null {
  const address = readAddress(text);
  if (!address || !('model' in address)) return null;
  return { model: address.model, ...(address.step === undefined ? {} : { step: address.step }) };
}

/** A layer, or a unit of it, of the model at `model` (`digits-cnn@12`). Text that is no model is joined as it stands. */
export function layerText(model: string, layer: string, unit?: number): string {
  const at = modelOf(model);
  if (!at) return `${model}/${layer}${unit === undefined ? '' : `#${unit}`}`;
  return printAddress(
    unit === undefined ? { kind: 'layer', ...at, layer } : { kind: 'unit', ...at, layer, unit },
  );
}

/** Short name of a place: the layer, `layer#unit`, the model, or the data's own text. */
export function shortName(address: Address): string {
  switch (address.kind) {
    case 'model':
      return address.step === undefined ? address.model : `${address.model}@${address.step}`;
    case 'layer':
      return address.layer;
    case 'unit':
      return `${address.layer}#${address.unit}`;
    case 'weight':
      return `${address.layer}.${address.tensor}${address.index ? `[${address.index.join(',')}]` : ''}`;
    case 'dataset':
      return address.split === undefined ? address.dataset : printAddress(address);
    default:
      return printAddress(address);
  }
}

export { printAddress };
