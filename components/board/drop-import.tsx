'use client';
/** Files dropped on a board: a model's graph is opened, a data set becomes `data` where there is none. */
import { useReactFlow } from '@xyflow/react';
import { useStore } from 'zustand';
import { print } from '@/core/algebra/index.ts';
import { openView } from '../actions/activate.ts';
import { canvasCentre } from '../actions/place.ts';
import { DropZone, type Imported } from '../import/drop-zone.tsx';
import { useBoard, useMay } from '../state/context.tsx';
import { printAddress, readAddress } from '../state/project/addresses.ts';

export function DropImport() {
  const board = useBoard();
  const flow = useReactFlow();
  const allowed = useMay('import');
  const models = useStore(board.data.store, (s) => s.models);
  const unreadable = useStore(board.data.store, (s) => s.unreadable);
  const datasets = useStore(board.data.store, (s) => s.datasets);

  async function open(imported: Imported) {
    await board.data.knows(imported.name);
    const { bindings } = board.session.items.store.getState();
    if (imported.kind === 'dataset') {
      const split = imported.splits.find((s) => s.name === 'test') ?? imported.splits.at(-1);
      if (split && bindings.data === null)
        board.edits.bind(
          'data',
          printAddress({ kind: 'dataset', dataset: imported.name, split: split.name }),
          false,
        );
      return;
    }
    if (bindings.f === null) board.edits.bind('f', imported.address, false);
    const model = readAddress(imported.address);
    if (model?.kind !== 'model') return;
    const graph = print({ kind: 'select', what: { kind: 'call', name: 'graph', args: [] }, model });
    openView(board, graph, { near: canvasCentre(flow) });
  }
  return (
    <DropZone
      project={board.slug}
      allowed={allowed}
      taken={[...models, ...datasets, ...unreadable.models, ...unreadable.datasets].map(({ name }) => name)}
      onImported={(imported) => void open(imported)}
    />
  );
}
