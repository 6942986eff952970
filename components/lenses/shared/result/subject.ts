/** What a result is about: its model, layer, units and examples as addresses, the words of selection. */
import { type Address, parseAddress, printAddress } from '@/core/address/index.ts';
import { read as readQuery } from '@/core/algebra/index.ts';
import type { Result } from '@/core/result/types.ts';

export interface Subject {
  /** `digits-cnn@12`; null when the result has no checkpoint. */
  readonly model: string | null;
  readonly layer: string | null;
  /** What the whole picture is of: the unit that the query names, else the layer. */
  readonly about: string | null;
  /** `digits-cnn@12/conv2d_1`. */
  layerAddress(layer?: string): string | null;
  /** Address of the unit at a place of the unit axis (a query of one unit has one place). */
  unitAddress(at: number): string | null;
  /** Address of a unit of another layer of the same model. */
  unitAddressOf(layer: string, unit: number): string | null;
  /** Index of the unit at a place of the unit axis. */
  unitIndex(at: number): number;
  /** Address of an example by its index in the split. */
  exampleAddress(index: number): string | null;
}

function read(text: string | undefined): Address | null {
  if (text === undefined) return null;
  try {
    return parseAddress(text);
  } catch {
    return null;
  }
}

/** First layer that the query names, and the unit of it if it names one. */
function placeOfQuery(text: string): { readonly layer: string; readonly unit?: number | undefined } | null {
  // Provenance of an older grammar: the view is drawn, its units cannot be selected.
  const what = readQuery(text).query?.what;
  if (what?.kind === 'layer') return what;
  if (what?.kind !== 'call') return null;
  return what.args.find((argument) => argument.kind === 'layer') ?? null;
}

function layerOfRecord(record: unknown): string | null {
  if (typeof record !== 'object' || record === null || !('layer' in record)) return null;
  return typeof record.layer === 'string' ? record.layer : null;
}

export function subjectOf(result: Result): Subject {
  const { meta } = result;
  const model = read(meta.provenance.checkpoints[0]?.address);
  const at = model && 'model' in model ? { model: model.model, step: model.step } : null;
  const data = read(meta.provenance.data[0]?.address);
  const split = data && 'dataset' in data ? data : null;
  const labels = meta.axes.find((a) => a.name === 'unit')?.labels;
  const asked = placeOfQuery(meta.provenance.query);
  const layer = layerOfRecord(meta.record) ?? asked?.layer ?? null;
  const step = at?.step === undefined ? {} : { step: at.step };
  const unitIndex = (place: number) => {
    const index = /#(\d+)$/.exec(labels?.[place] ?? '')?.[1];
    return index === undefined ? place : Number(index);
  };
  // Printed once: a picture asks for the names of thousands.
  const unitPrefix =
    at && layer !== null
      ? printAddress({ kind: 'unit', model: at.model, ...step, layer, unit: 0 }).slice(0, -1)
      : null;
  const examplePrefix =
    split?.split === undefined
      ? null
      : printAddress({ kind: 'example', dataset: split.dataset, split: split.split, index: 0 }).slice(0, -2);
  const layerAddress = (name = layer ?? undefined) =>
    at && name !== undefined ? printAddress({ kind: 'layer', model: at.model, ...step, layer: name }) : null;
  return {
    model: at ? printAddress({ kind: 'model', model: at.model, ...step }) : null,
    layer,
    about:
      unitPrefix !== null && asked?.unit !== undefined && asked.layer === layer
        ? `${unitPrefix}${asked.unit}`
        : layerAddress(),
    layerAddress,
    unitIndex,
    unitAddressOf: (name, unit) =>
      at ? printAddress({ kind: 'unit', model: at.model, ...step, layer: name, unit }) : null,
    unitAddress: (place) => (unitPrefix === null ? null : `${unitPrefix}${unitIndex(place)}`),
    exampleAddress: (index) => (examplePrefix === null ? null : `${examplePrefix}${index}]`),
  };
}

/**
 * The selection after a click: a plain click selects one thing, and unselects it when it was all that was selected;
 * with Shift, Ctrl or ⌘ it is added or taken away.
 */
export function afterClick(
  selected: readonly string[],
  address: string,
  keys: { readonly shiftKey: boolean; readonly ctrlKey: boolean; readonly metaKey: boolean },
): string[] {
  const has = selected.includes(address);
  if (keys.shiftKey || keys.ctrlKey || keys.metaKey)
    return has ? selected.filter((a) => a !== address) : [...selected, address];
  return has && selected.length === 1 ? [] : [address];
}
