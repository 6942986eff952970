'use client';
import { CircleCheck, CircleX, X } from 'lucide-react';
import { useStore } from 'zustand';
import type { Job } from '@/core/api/index.ts';
import { describeError } from '../state/api.ts';
import { useMay, useMaybeBoard, useProject } from '../state/context.tsx';
import { unfinishedJobs } from '../state/project/jobs.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button, IconButton } from '../ui/button.tsx';
import { Popover } from '../ui/popover.tsx';
import { Progress } from '../ui/progress.tsx';
import { useToast } from '../ui/toast.tsx';

/** What is being computed for the project, for whom, how far it is; each can be cancelled. */
export function Jobs() {
  const { jobs: list } = useProject();
  const jobs = useStore(list.store, (s) => s.jobs);
  const active = unfinishedJobs(jobs);
  const done =
    active.length === 0 ? null : active.reduce((sum, j) => sum + j.progress.done, 0) / active.length;
  return (
    <Popover
      label="Jobs"
      align="end"
      side="top"
      className="w-96"
      focus="whole"
      trigger={
        <Button size="sm" tone="ghost" aria-label={`Jobs: ${active.length} running`}>
          {done === null ? (
            'No jobs'
          ) : (
            <>
              <Progress label="All jobs" value={done} className="w-16" /> {active.length}{' '}
              {active.length === 1 ? 'job' : 'jobs'}
            </>
          )}
        </Button>
      }
    >
      {jobs.length === 0 ? (
        <p className="text-muted text-sm">Nothing has been computed since this page was opened.</p>
      ) : (
        <ul aria-label="Jobs" className="flex flex-col gap-2">
          {jobs.map((job) => (
            <JobRow key={job.id} job={job} />
          ))}
        </ul>
      )}
    </Popover>
  );
}

function JobRow({ job }: { readonly job: Job }) {
  const { jobs, data } = useProject();
  const members = useStore(data.store, (s) => s.members);
  const toast = useToast();
  const waiting = members.filter((m) => job.startedBy.includes(m.id));
  const active = job.state === 'queued' || job.state === 'running';
  const me = useMaybeBoard()?.session.store.getState().user?.id;
  const owner = useMay('manage');
  // On pages without a board nobody is known to have asked; the server refuses who did not.
  const cancellable = active && (owner || me === undefined || job.startedBy.includes(me));
  return (
    <li className="flex flex-col gap-1">
      <div className="flex items-center gap-2">
        {job.state === 'done' ? (
          <CircleCheck aria-label="Done" className="size-4 shrink-0 text-good" />
        ) : null}
        {job.state === 'failed' ? (
          <CircleX aria-label="Failed" className="size-4 shrink-0 text-fault" />
        ) : null}
        <code className="min-w-0 flex-1 truncate font-mono text-sm" title={job.query}>
          {job.query}
        </code>
        {waiting.map((m) => (
          <Avatar key={m.id} name={m.name} color={m.color} size={16} />
        ))}
        {cancellable ? (
          <IconButton
            size="sm"
            label={`Cancel ${job.query}`}
            icon={<X />}
            onClick={() =>
              void jobs.cancel(job.id).catch((error) =>
                toast.show({
                  title: 'The job was not cancelled',
                  description: describeError(error).message,
                  tone: 'fault',
                }),
              )
            }
          />
        ) : null}
      </div>
      {active ? (
        <Progress label={job.query} value={job.state === 'queued' ? null : job.progress.done} />
      ) : null}
      <p className="text-faint text-xs">
        {job.state === 'failed' ? job.error?.message : active ? job.progress.note || job.state : job.state}
      </p>
    </li>
  );
}
