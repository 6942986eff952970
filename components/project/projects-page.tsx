'use client';
import { FolderPlus } from 'lucide-react';
import Link from 'next/link';
import { type FormEvent, useState } from 'react';
import { z } from 'zod';
import { PageFrame } from '@/components/shell/page-frame.tsx';
import { useLoad } from '@/components/shell/use-load.ts';
import { describeError, request } from '@/components/state/api.ts';
import {
  Badge,
  Button,
  Dialog,
  EmptyState,
  ErrorNote,
  Field,
  Input,
  Skeleton,
} from '@/components/ui/index.ts';
import { meSchema, projectSchema } from '@/core/api/index.ts';
import { When } from '../ui/when.tsx';

export function ProjectsPage() {
  const state = useLoad(async () => {
    const [me, projects] = await Promise.all([
      request('GET', 'me', meSchema),
      request('GET', 'projects', z.array(projectSchema)),
    ]);
    return { me, projects };
  });
  const [making, setMaking] = useState(false);
  const add = (
    <Button tone="primary" onClick={() => setMaking(true)}>
      <FolderPlus />
      New project
    </Button>
  );
  return (
    <PageFrame me={state.data?.me ?? null}>
      <div className="mx-auto max-w-[880px] px-6 py-8">
        <div className="mb-4 flex items-center justify-between">
          <h1 className="font-semibold text-xl">Projects</h1>
          {add}
        </div>
        {state.error && (
          <ErrorNote
            action={
              <Button size="sm" onClick={state.reload}>
                Try again
              </Button>
            }
          >
            {state.error}
          </ErrorNote>
        )}
        {!state.data && !state.error && <Skeleton className="h-24" />}
        {state.data?.projects.length === 0 && (
          <EmptyState
            className="rounded-md border bg-surface py-12"
            title="You are in no project yet"
            action={add}
          >
            Make one, or open an invitation link that somebody sent you.
          </EmptyState>
        )}
        {state.data && state.data.projects.length > 0 && (
          <ul className="divide-y rounded-md border bg-surface">
            {state.data.projects.map((project) => (
              <li key={project.slug}>
                <Link
                  href={`/p/${project.slug}`}
                  className="flex items-center gap-3 px-4 py-3 hover:bg-hover"
                >
                  <span className="min-w-0 flex-1 truncate font-medium text-lg">{project.name}</span>
                  <Badge>{project.role}</Badge>
                  <span className="w-32 text-right text-muted text-sm">
                    <When time={project.createdAt} />
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        )}
      </div>
      <NewProject open={making} onOpenChange={setMaking} />
    </PageFrame>
  );
}

function NewProject({ open, onOpenChange }: { readonly open: boolean; onOpenChange(open: boolean): void }) {
  const [name, setName] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  async function submit(event: FormEvent) {
    event.preventDefault();
    setBusy(true);
    try {
      const { slug } = await request('POST', 'projects', projectSchema, { body: { name } });
      window.location.assign(`/p/${slug}`);
    } catch (problem) {
      setError(describeError(problem).message);
      setBusy(false);
    }
  }
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="New project"
      description="A project holds models, data sets, boards and members."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button tone="primary" type="submit" form="new-project" busy={busy} disabled={!name.trim()}>
            Make project
          </Button>
        </>
      }
    >
      <form id="new-project" onSubmit={submit}>
        <Field label="Name" error={error}>
          {(control) => (
            <Input {...control} autoFocus value={name} onChange={(event) => setName(event.target.value)} />
          )}
        </Field>
      </form>
    </Dialog>
  );
}
