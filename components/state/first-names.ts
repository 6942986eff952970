/** A board whose names stand for nothing gets the first model and data set, so that queries and tools work at once. */
import type { Dataset } from '@/core/api/index.ts';
import type { Bindings } from '@/core/board/index.ts';
import type { BoardEdits } from './edits/edits.ts';
import { printAddress } from './project/addresses.ts';

interface Found {
  readonly models: readonly {
    readonly name: string;
    readonly checkpoints: readonly { readonly address: string }[];
  }[];
  readonly datasets: readonly Pick<Dataset, 'name' | 'splits'>[];
}

export function bindFirstNames(
  edits: Pick<BoardEdits, 'bind'>,
  bindings: Bindings,
  { models, datasets }: Found,
): void {
  const model = models[0];
  const dataset = datasets[0];
  const split = dataset?.splits.find((s) => s.name === 'test') ?? dataset?.splits.at(-1);
  if (bindings.f === null && model) edits.bind('f', model.checkpoints.at(-1)?.address ?? model.name, false);
  if (!dataset || !split) return;
  if (bindings.data === null)
    edits.bind('data', printAddress({ kind: 'dataset', dataset: dataset.name, split: split.name }), false);
  if (bindings.x === null && split.size > 0)
    edits.bind(
      'x',
      printAddress({ kind: 'example', dataset: dataset.name, split: split.name, index: 0 }),
      false,
    );
}
