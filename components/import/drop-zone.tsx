'use client';
import { Upload, X } from 'lucide-react';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { z } from 'zod';
import { ApiError, describeError, path, request, upload } from '@/components/state/api.ts';
import { newId } from '@/components/state/edits/ids.ts';
import {
  Button,
  ErrorNote,
  formatNumber,
  IconButton,
  Input,
  Progress,
  useToast,
} from '@/components/ui/index.ts';
import {
  importDatasetResponseSchema,
  importModelResponseSchema,
  importProgressSchema,
  nameSchema,
} from '@/core/api/index.ts';
import { FORMATS_IN_WORDS } from '@/core/formats/index.ts';
import {
  type DroppedFile,
  entriesOf,
  type ImportKind,
  importsIn,
  kindOf,
  MAX_FILES,
  nameFor,
} from './files.ts';

export type Imported =
  | ({ readonly kind: 'model'; readonly name: string } & z.infer<typeof importModelResponseSchema>)
  | ({ readonly kind: 'dataset' } & z.infer<typeof importDatasetResponseSchema>);
export interface DropZoneProps {
  /** Slug of the project. */
  readonly project: string;
  /** False for those who may not import: files dropped are refused with a sentence. */
  readonly allowed: boolean;
  /** Names of models and data sets that are taken. */
  readonly taken: readonly string[];
  onImported(imported: Imported): void;
  /** `choose` opens the browser's file dialog, for those who do not drag. */
  readonly children?: (choose: () => void) => ReactNode;
}

/** How often the server is asked how far it is. */
const LOOK_MS = 700;

interface Transfer {
  readonly key: number;
  readonly name: string;
  /** Empty and null: what was dropped cannot be imported at all. */
  readonly files: readonly DroppedFile[];
  readonly kind: ImportKind | null;
  /** Share sent; null while the server reads. */
  readonly sent: number | null;
  /** Then: how far that is, once it is known. */
  readonly reading: z.infer<typeof importProgressSchema> | null;
  readonly error: string | null;
  readonly abort: AbortController;
}

/** The whole window takes files; transfers are listed in the lower left corner until they are done or dismissed. */
export function DropZone({ project, allowed, taken, onImported, children }: DropZoneProps) {
  const [over, setOver] = useState(false);
  const [transfers, setTransfers] = useState<readonly Transfer[]>([]);
  const toast = useToast();
  const input = useRef<HTMLInputElement>(null);
  const keys = useRef(0);

  function update(key: number, change: Partial<Transfer>) {
    setTransfers((now) => now.map((one) => (one.key === key ? { ...one, ...change } : one)));
  }
  const forget = (key: number) => setTransfers((now) => now.filter((one) => one.key !== key));

  /** One after the other: a name is taken once its import has begun. */
  async function take(files: readonly DroppedFile[]) {
    const given: string[] = [...taken];
    if (!allowed || files.length > MAX_FILES) return void takeOne(files, given);
    for (const group of importsIn(files)) await takeOne(group, given);
  }

  async function takeOne(files: readonly DroppedFile[], given: string[]) {
    const [first] = files;
    if (!first) return;
    keys.current += 1;
    const key = keys.current;
    const refuse = (error: string) => {
      const name = files.length === 1 ? first.path : `${first.path} and ${files.length - 1} more`;
      const refused = {
        key,
        name,
        files: [],
        kind: null,
        sent: null,
        reading: null,
        error,
        abort: new AbortController(),
      };
      setTransfers((now) => [...now, refused]);
    };
    if (!allowed) return refuse('Only editors can import. Ask the owner of the project for that role.');
    if (files.length > MAX_FILES)
      return refuse(`That is more than ${MAX_FILES} files. Zip them, and drop the zip.`);
    const kind = await kindOf(files);
    if (!kind) return refuse(`This is no format that can be read. ${FORMATS_IN_WORDS}`);
    const name = nameFor(files, given);
    given.push(name);
    await send(key, files, kind, name);
  }

  /** A look that fails tells nothing; the import itself tells what is wrong. */
  async function look(key: number, id: string) {
    const schema = importProgressSchema.nullable();
    const reading = await request('GET', path`projects/${project}/imports/${id}`, schema).catch(() => null);
    if (reading) update(key, { reading });
  }

  async function send(key: number, files: readonly DroppedFile[], kind: ImportKind, name: string) {
    const abort = new AbortController();
    const transfer: Transfer = { key, name, files, kind, sent: 0, reading: null, error: null, abort };
    setTransfers((now) => [...now.filter((one) => one.key !== key), transfer]);
    const form = new FormData();
    for (const { path: filePath, file } of files) form.append('files', file, filePath);
    const progress = (share: number) => update(key, { sent: share < 1 ? share : null });
    const options = { signal: abort.signal, onProgress: progress };
    const route = (what: string) => `${path`projects/${project}`}/${what}?name=${encodeURIComponent(name)}`;
    const id = newId();
    const looking = kind === 'model' ? setInterval(() => void look(key, id), LOOK_MS) : undefined;
    try {
      const imported: Imported =
        kind === 'model'
          ? {
              kind,
              name,
              ...(await upload(
                `${route('models')}&progress=${id}`,
                form,
                importModelResponseSchema,
                options,
              )),
            }
          : { kind, ...(await upload(route('datasets'), form, importDatasetResponseSchema, options)) };
      forget(key);
      const { warnings } = imported;
      toast.show({
        title: `${name} is imported`,
        // Long enough to read what was left out; the project's page keeps it.
        ...(warnings.length > 0
          ? { description: warnings.join('\n'), tone: 'warning' as const, duration: 30_000 }
          : {}),
      });
      onImported(imported);
    } catch (error) {
      if (error instanceof ApiError && error.code === 'cancelled') return forget(key);
      const { message, at } = describeError(error);
      update(key, {
        sent: null,
        error: typeof at === 'string' && !message.includes(at) ? `${at}: ${message}` : message,
      });
    } finally {
      clearInterval(looking);
    }
  }
  const latest = useRef(take);
  latest.current = take;

  useEffect(() => {
    const hasFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
    let depth = 0;
    const enter = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth += 1;
      setOver(true);
    };
    const leave = (event: DragEvent) => {
      if (!hasFiles(event)) return;
      depth = Math.max(0, depth - 1);
      if (depth === 0) setOver(false);
    };
    const hover = (event: DragEvent) => {
      if (hasFiles(event)) event.preventDefault();
    };
    const drop = (event: DragEvent) => {
      if (!hasFiles(event) || !event.dataTransfer) return;
      event.preventDefault();
      depth = 0;
      setOver(false);
      void entriesOf(event.dataTransfer).then((files) => latest.current(files));
    };
    window.addEventListener('dragenter', enter);
    window.addEventListener('dragleave', leave);
    window.addEventListener('dragover', hover);
    window.addEventListener('drop', drop);
    return () => {
      window.removeEventListener('dragenter', enter);
      window.removeEventListener('dragleave', leave);
      window.removeEventListener('dragover', hover);
      window.removeEventListener('drop', drop);
    };
  }, []);

  return (
    <>
      {children?.(() => input.current?.click())}
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label="Files to import"
        onChange={(event) => {
          const files = [...(event.target.files ?? [])].map((file) => ({ path: file.name, file }));
          event.target.value = '';
          void take(files);
        }}
      />
      {over && (
        <div className="pointer-events-none fixed inset-0 z-50 flex items-center justify-center bg-black/40 p-8">
          <div className="max-w-[480px] rounded-md border-2 border-accent border-dashed bg-surface p-6 text-center shadow-float">
            <Upload aria-hidden className="mx-auto mb-2 size-5 text-accent" />
            <p className="font-medium">Drop to import</p>
            <p className="mt-1 text-muted text-sm">{FORMATS_IN_WORDS}</p>
          </div>
        </div>
      )}
      {transfers.length > 0 && (
        <section aria-label="Imports" className="fixed bottom-12 left-4 z-40 flex w-[360px] flex-col gap-2">
          {transfers.map((transfer) =>
            transfer.error === null ? (
              <Sending key={transfer.key} transfer={transfer} />
            ) : (
              <Failed
                key={transfer.key}
                transfer={transfer}
                error={transfer.error}
                dismiss={() => forget(transfer.key)}
                retry={
                  transfer.kind === null
                    ? null
                    : (kind, name) => void send(transfer.key, transfer.files, kind, name)
                }
              />
            ),
          )}
        </section>
      )}
    </>
  );
}

function Sending({ transfer }: { readonly transfer: Transfer }) {
  const { name, sent, reading, abort } = transfer;
  const bytes = transfer.files.reduce((sum, { file }) => sum + file.size, 0);
  const note =
    sent === null
      ? (reading?.note ?? 'is being read')
      : `is being sent, ${formatNumber(bytes * sent, 'B')} of ${formatNumber(bytes, 'B')}`;
  return (
    <div className="flex items-center gap-3 rounded-md border bg-surface px-3 py-2 shadow-float">
      <div className="min-w-0 flex-1">
        <p className="truncate">
          {name} <span className="text-muted">{note}</span>
        </p>
        <Progress value={sent ?? reading?.done ?? null} label={`Import of ${name}`} />
      </div>
      <IconButton size="sm" label={`Cancel import of ${name}`} icon={<X />} onClick={() => abort.abort()} />
    </div>
  );
}

/** What went wrong, and another try under another name or as the other kind. */
function Failed({
  transfer,
  error,
  dismiss,
  retry,
}: {
  readonly transfer: Transfer;
  readonly error: string;
  dismiss(): void;
  readonly retry: ((kind: ImportKind, name: string) => void) | null;
}) {
  const [name, setName] = useState(transfer.name);
  const good = nameSchema.safeParse(name).success;
  return (
    <div className="flex flex-col gap-2 rounded-md border bg-surface p-2 shadow-float">
      <ErrorNote action={<IconButton size="sm" label="Dismiss" icon={<X />} onClick={dismiss} />}>
        <strong>{transfer.name}</strong> was not imported. {error}
      </ErrorNote>
      {retry && (
        <div className="flex gap-2">
          <Input
            aria-label="Name in the project"
            aria-invalid={good ? undefined : true}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
          {(['model', 'dataset'] as const).map((kind) => (
            <Button key={kind} disabled={!good} onClick={() => retry(kind, name)}>
              {kind === 'model' ? 'Try as a model' : 'Try as data'}
            </Button>
          ))}
        </div>
      )}
    </div>
  );
}
