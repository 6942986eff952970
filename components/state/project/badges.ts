/** Badges: how many open threads there are at a place and inside it (rule T2). */
import type { Thread } from '@/core/api/index.ts';
import { chain, modelOf, printAddress, readAddress, stepless } from './addresses.ts';

export interface Badges {
  /** By address without checkpoint. */
  readonly byAddress: Readonly<Record<string, number>>;
  /** Threads at a view or a region of it, by view id. */
  readonly byView: Readonly<Record<string, number>>;
}

/** By any name: a model may be called `constructor`, which every other object has a value for. */
const counts = (of: Readonly<Record<string, number>> = {}): Record<string, number> =>
  Object.assign(Object.create(null), of);

/** Each open thread counts once at its anchor and once at everything that contains it. */
export function badgesOf(threads: readonly Thread[]): Badges {
  const byAddress = counts();
  const byView = counts();
  for (const thread of threads) {
    if (thread.resolvedAt !== null) continue;
    if (thread.anchor.kind === 'view') {
      byView[thread.anchor.viewId] = (byView[thread.anchor.viewId] ?? 0) + 1;
      continue;
    }
    const address = readAddress(thread.anchor.address);
    // An anchor that this version cannot read keeps its thread under its own text.
    const places = address ? chain(address).map((a) => printAddress(stepless(a))) : [thread.anchor.address];
    for (const place of places) byAddress[place] = (byAddress[place] ?? 0) + 1;
  }
  return { byAddress, byView };
}

/** As a lens looks them up: also under the checkpoint that it draws (`digits-cnn@12/conv2d_1`). */
export function badgesAt(badges: Badges, model: string | null): Record<string, number> {
  const all = counts(badges.byAddress);
  const shown = model === null ? null : modelOf(model);
  if (shown?.step === undefined) return all;
  for (const [place, count] of Object.entries(badges.byAddress)) {
    const address = readAddress(place);
    if (address && 'model' in address && address.model === shown.model)
      all[printAddress({ ...address, step: shown.step })] = count;
  }
  return all;
}

/** Threads at a place or inside it, whatever the checkpoint. */
export function threadsAt(threads: readonly Thread[], place: string): Thread[] {
  const wanted = readAddress(place);
  const text = wanted ? printAddress(stepless(wanted)) : place;
  return threads.filter((thread) => {
    if (thread.anchor.kind !== 'address') return false;
    const address = readAddress(thread.anchor.address);
    return address
      ? chain(address).some((a) => printAddress(stepless(a)) === text)
      : thread.anchor.address === place;
  });
}
