'use client';
/** Drop a model or a data set anywhere on the window: it is uploaded with progress, checked, and opened. */
import { useReactFlow } from '@xyflow/react';
import { Upload, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { print } from '@/core/algebra/index.ts';
import { importDatasetResponseSchema, importModelResponseSchema, nameSchema } from '@/core/api/index.ts';
import { printAddress, readAddress } from '../state/addresses.ts';
import { describeError, path, upload } from '../state/api.ts';
import { useBoard, useMay } from '../state/context.tsx';
import { newId } from '../state/ids.ts';
import type { Workspace } from '../state/workspace.ts';
import { Button, IconButton } from '../ui/button.tsx';
import { Input } from '../ui/input.tsx';
import { Progress } from '../ui/progress.tsx';
import { useToast } from '../ui/toast.tsx';
import { openView } from './activate.ts';
import { type DroppedFile, droppedFiles, type ImportKind, kindOf, suggestName } from './import-file.ts';
import { canvasCentre } from './place.ts';

interface Import {
  readonly id: string;
  readonly files: readonly DroppedFile[];
  readonly kind: ImportKind | null;
  readonly name: string;
  /** Null: waits for an answer of the person. 1: uploaded, being read. */
  readonly done: number | null;
  readonly error: string | null;
}

export function DropImport() {
  const board = useBoard();
  const flow = useReactFlow();
  const toast = useToast();
  const allowed = useMay('import');
  const [over, setOver] = useState(false);
  const [imports, setImports] = useState<readonly Import[]>([]);
  const stops = useRef(new Map<string, AbortController>());
  const set = (id: string, change: Partial<Import>) =>
    setImports((all) => all.map((item) => (item.id === id ? { ...item, ...change } : item)));
  const drop = (id: string) => {
    stops.current.get(id)?.abort();
    setImports((all) => all.filter((item) => item.id !== id));
  };

  const run = async (item: Import, kind: ImportKind) => {
    const stop = new AbortController();
    stops.current.set(item.id, stop);
    set(item.id, { kind, done: 0, error: null });
    try {
      const form = new FormData();
      for (const { file, path: name } of item.files) form.append('files', file, name);
      const options = { signal: stop.signal, onProgress: (done: number) => set(item.id, { done }) };
      const warnings =
        kind === 'model'
          ? await importModel(board, item.name, form, options, canvasCentre(flow))
          : await importDataset(board, item.name, form, options);
      drop(item.id);
      toast.show({
        title: `${item.name} was imported`,
        ...(warnings.length > 0 ? { description: warnings.join(' '), tone: 'warning' as const } : {}),
      });
    } catch (error) {
      const { code, message, at } = describeError(error);
      if (code === 'cancelled') return drop(item.id);
      set(item.id, { done: null, error: typeof at === 'string' ? `${at}: ${message}` : message });
    }
  };
  const latest = useRef({ run, allowed });
  latest.current = { run, allowed };

  useEffect(() => {
    const carriesFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    const onOver = (event: DragEvent) => {
      if (!carriesFiles(event)) return;
      event.preventDefault();
      setOver(true);
    };
    const onLeave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const onDrop = async (event: DragEvent) => {
      if (!carriesFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      setOver(false);
      if (!latest.current.allowed) {
        toast.show({
          title: 'You may not import here',
          description: 'Editors and owners of the project can.',
          tone: 'warning',
        });
        return;
      }
      const files = await droppedFiles(event.dataTransfer);
      if (files.length === 0) return;
      const item: Import = {
        id: newId(),
        files,
        kind: kindOf(files.map((f) => f.path)),
        name: suggestName(
          files.map((f) => ({
            name: f.file.name,
            folder: f.path.includes('/') ? (f.path.split('/')[0] ?? '') : '',
          })),
        ),
        done: null,
        error: null,
      };
      setImports((all) => [...all, item]);
      if (item.kind) void latest.current.run(item, item.kind);
    };
    addEventListener('dragover', onOver);
    addEventListener('dragleave', onLeave);
    addEventListener('drop', onDrop);
    return () => {
      removeEventListener('dragover', onOver);
      removeEventListener('dragleave', onLeave);
      removeEventListener('drop', onDrop);
    };
  }, [toast]);

  return (
    <>
      {over ? (
        <div className="pointer-events-none fixed inset-0 z-50 grid place-items-center border-2 border-accent border-dashed bg-accent-soft/60">
          <p className="flex items-center gap-2 font-semibold text-lg">
            <Upload aria-hidden className="size-5" /> Drop a model or a data set to import it
          </p>
        </div>
      ) : null}
      {imports.length > 0 ? (
        <section
          aria-label="Imports"
          className="fixed bottom-14 left-1/2 z-30 flex w-96 -translate-x-1/2 flex-col gap-2 rounded-md border bg-surface p-3 shadow-float"
        >
          {imports.map((item) => (
            <ImportRow
              key={item.id}
              item={item}
              rename={(name) => set(item.id, { name })}
              run={(kind) => void run(item, kind)}
              drop={() => drop(item.id)}
            />
          ))}
        </section>
      ) : null}
    </>
  );
}

function ImportRow({
  item,
  rename,
  run,
  drop,
}: {
  readonly item: Import;
  rename(name: string): void;
  run(kind: ImportKind): void;
  drop(): void;
}) {
  const good = nameSchema.safeParse(item.name).success;
  const size = item.files.length === 1 ? item.files[0]?.path : `${item.files.length} files`;
  return (
    <div className="flex flex-col gap-1.5">
      <div className="flex items-center gap-2">
        <span className="min-w-0 flex-1 truncate font-medium">{item.name}</span>
        <span className="truncate text-faint text-sm">{size}</span>
        <IconButton
          size="sm"
          label={item.done === null ? 'Close' : 'Cancel the import'}
          icon={<X />}
          onClick={drop}
        />
      </div>
      {item.done !== null ? (
        <>
          <Progress label={`Import of ${item.name}`} value={item.done < 1 ? item.done : null} />
          <p className="text-muted text-sm">{item.done < 1 ? 'Uploading' : 'Reading the file'}</p>
        </>
      ) : (
        <>
          {item.error !== null ? (
            <p role="alert" className="text-fault text-sm">
              {item.error}
            </p>
          ) : (
            <p className="text-muted text-sm">Is this a model or a data set?</p>
          )}
          <Input
            aria-label="Name in the project"
            aria-invalid={!good}
            className="h-7"
            value={item.name}
            onChange={(event) => rename(event.target.value)}
          />
          <div className="flex gap-2">
            <Button
              size="sm"
              tone={item.kind === 'model' ? 'primary' : 'plain'}
              disabled={!good}
              onClick={() => run('model')}
            >
              {item.kind === 'model' && item.error !== null ? 'Try again as a model' : 'Import as a model'}
            </Button>
            <Button
              size="sm"
              tone={item.kind === 'dataset' ? 'primary' : 'plain'}
              disabled={!good}
              onClick={() => run('dataset')}
            >
              {item.kind === 'dataset' && item.error !== null
                ? 'Try again as a data set'
                : 'Import as a data set'}
            </Button>
          </div>
        </>
      )}
    </div>
  );
}

type UploadOptions = Parameters<typeof upload>[3];

/** Opens its graph; a board without a model takes it as `f`. */
async function importModel(
  board: Workspace,
  name: string,
  form: FormData,
  options: UploadOptions,
  near: { x: number; y: number },
): Promise<readonly string[]> {
  const answer = await upload(
    `${path`projects/${board.slug}/models`}?name=${encodeURIComponent(name)}`,
    form,
    importModelResponseSchema,
    options,
  );
  await board.data.load();
  const address = readAddress(answer.address);
  if (board.session.items.store.getState().bindings.f === null) board.edits.bind('f', answer.address, false);
  if (address?.kind === 'model')
    openView(
      board,
      print({ kind: 'select', what: { kind: 'call', name: 'graph', args: [] }, model: address }),
      { near },
    );
  return answer.warnings;
}

async function importDataset(
  board: Workspace,
  name: string,
  form: FormData,
  options: UploadOptions,
): Promise<readonly string[]> {
  const answer = await upload(
    `${path`projects/${board.slug}/datasets`}?name=${encodeURIComponent(name)}`,
    form,
    importDatasetResponseSchema,
    options,
  );
  await board.data.load();
  const split = answer.splits.find((s) => s.name === 'test') ?? answer.splits.at(-1);
  if (split && board.session.items.store.getState().bindings.data === null)
    board.edits.bind(
      'data',
      printAddress({ kind: 'dataset', dataset: answer.name, split: split.name }),
      false,
    );
  return answer.warnings;
}
