'use client';
import { Ellipsis, Pencil, Trash2 } from 'lucide-react';
import { type FormEvent, type ReactNode, useState } from 'react';
import { act, describeError, path, request } from '@/components/state/api.ts';
import { Button, Dialog, ErrorNote, Field, IconButton, Input, Menu } from '@/components/ui/index.ts';
import { type Project, projectSchema } from '@/core/api/index.ts';

/** What an owner does with the whole project. */
export function ProjectMenu({ project, reload }: { readonly project: Project; reload(): void }) {
  const [doing, setDoing] = useState<'rename' | 'delete' | null>(null);
  const close = () => setDoing(null);
  const label = `Actions of ${project.name}`;
  return (
    <>
      <Menu
        label={label}
        items={[
          { id: 'rename', label: 'Rename', icon: <Pencil />, onSelect: () => setDoing('rename') },
          { kind: 'separator', id: 'line' },
          {
            id: 'delete',
            label: 'Delete project',
            icon: <Trash2 />,
            danger: true,
            onSelect: () => setDoing('delete'),
          },
        ]}
      >
        <IconButton size="sm" label={label} icon={<Ellipsis />} />
      </Menu>
      {doing === 'rename' && <Rename project={project} onClose={close} onDone={reload} />}
      {doing === 'delete' && <Delete project={project} onClose={close} />}
    </>
  );
}

function Rename({
  project,
  onClose,
  onDone,
}: {
  readonly project: Project;
  onClose(): void;
  onDone(): void;
}) {
  const [name, setName] = useState(project.name);
  return (
    <FormDialog
      title="Rename project"
      description="Its address stays as it is, so that links still lead here."
      action="Rename"
      ready={name.trim() !== '' && name.trim() !== project.name}
      onClose={onClose}
      onSubmit={async () => {
        await request('PATCH', path`projects/${project.slug}`, projectSchema, {
          body: { name: name.trim() },
        });
        onClose();
        onDone();
      }}
    >
      <Field label="Name">
        {(control) => (
          <Input
            {...control}
            autoFocus
            maxLength={80}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
    </FormDialog>
  );
}

function Delete({ project, onClose }: { readonly project: Project; onClose(): void }) {
  const [name, setName] = useState('');
  return (
    <FormDialog
      title={`Delete ${project.name}?`}
      description="Its boards, models, data sets, snapshots and threads are deleted for everybody, and cannot be brought back."
      action="Delete project"
      danger
      ready={name === project.name}
      onClose={onClose}
      onSubmit={async () => {
        const query = new URLSearchParams({ name });
        await act('DELETE', `${path`projects/${project.slug}`}?${query}`);
        window.location.assign('/');
      }}
    >
      <Field label={`Type ${project.name} to confirm`}>
        {(control) => (
          <Input
            {...control}
            autoFocus
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        )}
      </Field>
    </FormDialog>
  );
}

/** A dialog that is one form: it stays open, and says why, when what it asks for is refused. */
function FormDialog({
  title,
  description,
  action,
  danger = false,
  ready,
  onClose,
  onSubmit,
  children,
}: {
  readonly title: string;
  readonly description: string;
  readonly action: string;
  readonly danger?: boolean;
  readonly ready: boolean;
  onClose(): void;
  onSubmit(): Promise<void>;
  readonly children: ReactNode;
}) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  async function submit(event: FormEvent) {
    event.preventDefault();
    if (!ready) return;
    setBusy(true);
    try {
      await onSubmit();
    } catch (error) {
      setProblem(describeError(error).message);
      setBusy(false);
    }
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={title}
      description={description}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            tone={danger ? 'danger' : 'primary'}
            type="submit"
            form="project-form"
            busy={busy}
            disabled={!ready}
          >
            {action}
          </Button>
        </>
      }
    >
      <form id="project-form" onSubmit={submit} className="flex flex-col gap-3">
        {children}
        {problem !== null && <ErrorNote>{problem}</ErrorNote>}
      </form>
    </Dialog>
  );
}
