'use client';
/** The board's saved slices: to use as data, to edit, to delete. */
import { Flag, Pencil, Plus, Trash2 } from 'lucide-react';
import { useStore } from 'zustand';
import { useBindings, useBoard, useMay } from '../state/context.tsx';
import { viewsNaming } from '../state/edits/rename-slice.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { counted } from '../ui/format.ts';
import { useToast } from '../ui/toast.tsx';
import { SLICE_TYPE } from './drop-slice.ts';

export interface SliceListProps {
  /** A new slice begins with this one or this split; null: there is no data. */
  readonly start: string | null;
  /** After something was chosen that leads elsewhere. */
  onDone(): void;
  /** Marks all examples of a slice. */
  onMark(name: string, address: string): void;
}

export function SliceList({ start, onDone, onMark }: SliceListProps) {
  const board = useBoard();
  const bindings = useBindings();
  const editable = useMay('edit');
  const { show } = useToast();
  const slices = Object.entries(useStore(board.slices.store, (s) => s.slices));
  return (
    <section aria-label="Saved slices" className="flex flex-col gap-1">
      <h3 className="font-medium text-muted text-sm">Saved slices</h3>
      {slices.length === 0 ? (
        <p className="text-faint text-sm">None yet. A saved slice has a name that queries understand.</p>
      ) : (
        <ul className="flex max-h-60 flex-col overflow-y-auto">
          {slices.map(([name, address]) => (
            <li
              key={name}
              className={`flex items-center gap-0.5 rounded-sm pl-1 hover:bg-hover ${address === bindings.data ? 'bg-accent-soft' : ''}`}
            >
              <button
                type="button"
                disabled={!editable}
                aria-pressed={address === bindings.data}
                aria-label={`Use ${name} as data`}
                title={`${name} is ${address}. Use it as data, or drag it onto the board, a view or a query.`}
                draggable
                onDragStart={(event) => {
                  event.dataTransfer.setData('text/plain', name);
                  event.dataTransfer.setData(SLICE_TYPE, name);
                  event.dataTransfer.effectAllowed = 'copy';
                }}
                onClick={() => {
                  board.edits.bind('data', address);
                  onDone();
                }}
                className="flex min-w-0 flex-1 flex-col py-0.5 text-left"
              >
                <span className="truncate font-medium font-mono text-sm">{name}</span>
                <span className="truncate font-mono text-faint text-xs">{address}</span>
              </button>
              {editable ? (
                <>
                  <IconButton
                    size="sm"
                    label={`Mark all of ${name}`}
                    icon={<Flag />}
                    onClick={() => onMark(name, address)}
                  />
                  <IconButton
                    size="sm"
                    label={`Edit ${name}`}
                    icon={<Pencil />}
                    onClick={() => {
                      board.slices.draft({ name, address });
                      onDone();
                    }}
                  />
                  <IconButton
                    size="sm"
                    label={`Delete ${name}`}
                    icon={<Trash2 />}
                    onClick={() => {
                      const naming = viewsNaming(board.session.doc, name);
                      board.slices.remove(name);
                      show({
                        title: `Slice ${name} is deleted`,
                        ...(naming === 0
                          ? {}
                          : {
                              description: `${counted(naming, 'view')} asked about it and cannot any more.`,
                            }),
                        action: { label: 'Undo', onSelect: () => board.slices.save(name, address) },
                      });
                    }}
                  />
                </>
              ) : null}
            </li>
          ))}
        </ul>
      )}
      {editable && start !== null ? (
        <Button
          size="sm"
          className="self-start"
          onClick={() => {
            board.slices.draft({ name: null, address: start });
            onDone();
          }}
        >
          <Plus aria-hidden /> New slice…
        </Button>
      ) : null}
    </section>
  );
}
