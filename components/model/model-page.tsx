'use client';
/** The page of a model: where it came from, what is wrong with it, what each layer costs, and its files. */
import { Trash2 } from 'lucide-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { type ReactNode, useState } from 'react';
import { act, path, problemOf } from '@/components/state/api.ts';
import {
  Badge,
  Button,
  Confirm,
  ErrorNote,
  formatCount,
  formatShape,
  modelColor,
  Select,
  Skeleton,
} from '@/components/ui/index.ts';
import type { Model } from '@/core/api/index.ts';
import { may } from '@/core/roles/index.ts';
import { type Fact, Facts } from '../details/facts.tsx';
import { PageFrame } from '../shell/page-frame.tsx';
import { useLoad } from '../shell/use-load.ts';
import { When } from '../ui/when.tsx';
import { Downloads } from './downloads.tsx';
import { LayerTable } from './layer-table.tsx';
import { loadModelPage, type ModelPageData, type Pairing } from './load.ts';

export function ModelPage({ slug, name }: { readonly slug: string; readonly name: string }) {
  const { data, error, reload } = useLoad(() => loadModelPage(slug, name));
  const trail = [
    { label: data?.project.name ?? slug, href: `/p/${slug}` },
    { label: 'Models', href: `/p/${slug}#models` },
    { label: name },
  ];
  if (data)
    return (
      <PageFrame me={data.me} trail={trail}>
        <Loaded slug={slug} data={data} />
      </PageFrame>
    );
  return (
    <PageFrame me={null} trail={trail}>
      <div className="mx-auto max-w-[1280px] px-6 py-8">
        {error ? (
          <ErrorNote
            action={
              <Button size="sm" onClick={reload}>
                Try again
              </Button>
            }
          >
            {error}
          </ErrorNote>
        ) : (
          <Skeleton className="h-64" />
        )}
      </div>
    </PageFrame>
  );
}

function Loaded({ slug, data }: { readonly slug: string; readonly data: ModelPageData }) {
  const { project, model, downloads, pairings } = data;
  const router = useRouter();
  const [step, setStep] = useState<number | null>(model.checkpoints.at(-1)?.step ?? null);
  const [deleting, setDeleting] = useState(false);
  const asked = `${model.name}${step === null ? '' : `@${step}`}`;
  return (
    <div className="mx-auto flex max-w-[1280px] flex-col gap-4 px-6 py-6">
      <div className="flex items-center justify-between gap-4">
        <h1 className="flex min-w-0 items-center gap-2 font-semibold text-xl">
          <span
            aria-hidden
            className="h-5 w-1 shrink-0 rounded-sm"
            style={{ background: modelColor(model.color) }}
          />
          <span className="truncate">{model.name}</span>
          <Badge title="How it came">{model.format}</Badge>
        </h1>
        <div className="flex items-center gap-2">
          <Link
            href={`/p/${slug}/u?at=${encodeURIComponent(asked)}`}
            className="rounded-sm text-accent hover:underline"
          >
            Graph, views and threads
          </Link>
          {may(project.role, 'manage') && (
            <Button onClick={() => setDeleting(true)}>
              <Trash2 />
              Delete
            </Button>
          )}
        </div>
      </div>
      {model.warnings.length > 0 && <Warnings warnings={[...new Set(model.warnings)]} />}
      <div className="grid grid-cols-[280px_minmax(0,1fr)] gap-6">
        <aside aria-label="Facts" className="flex flex-col gap-4">
          <Part title="Model">
            <Facts facts={factsOf(model)} />
          </Part>
          <Origin about={model.about} />
          <Part title="Checkpoints">
            {step === null ? (
              <p className="text-muted text-sm">None yet.</p>
            ) : (
              <Select
                label="Checkpoint"
                value={String(step)}
                options={model.checkpoints.map((each) => ({
                  value: String(each.step),
                  label: `Step ${each.step}${each.step === model.bestStep ? ', the best' : ''}`,
                }))}
                onChange={(value) => setStep(Number(value))}
              />
            )}
          </Part>
          {step !== null && (
            <Part title="Download">
              <Downloads {...{ slug, step, downloads }} model={model.name} />
            </Part>
          )}
          <Part title="Data sets">
            <Pairings pairings={pairings} />
          </Part>
        </aside>
        <LayerTable slug={slug} model={model} />
      </div>
      {deleting && (
        <Confirm
          title={`Delete ${model.name}?`}
          description="Its checkpoints and runs go with it. Views that ask about it will say that it is gone; snapshots keep their numbers."
          action="Delete model"
          onClose={() => setDeleting(false)}
          onConfirm={() =>
            problemOf(
              act('DELETE', path`projects/${slug}/models/${model.name}`).then(() =>
                router.push(`/p/${slug}#models`),
              ),
            )
          }
        />
      )}
    </div>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-1.5">
      <h2 className="font-medium">{title}</h2>
      {children}
    </section>
  );
}

const FEW = 3;

function Warnings({ warnings }: { readonly warnings: readonly string[] }) {
  const [all, setAll] = useState(false);
  const shown = all ? warnings : warnings.slice(0, FEW);
  return (
    <section aria-label="Warnings" className="rounded-md border bg-warning-soft px-3 py-2">
      <ul className="flex flex-col gap-1">
        {shown.map((warning) => (
          <li key={warning} className="flex gap-2 break-words">
            <Badge tone="warning">warning</Badge>
            <span className="min-w-0">{warning}</span>
          </li>
        ))}
      </ul>
      {shown.length < warnings.length && (
        <Button size="sm" className="mt-1" onClick={() => setAll(true)}>
          Show all {warnings.length}
        </Button>
      )}
    </section>
  );
}

const portText = ({ name, shape }: Model['inputs'][number]): string =>
  `${name} ${formatShape(shape.slice(1))}`.trim();

function factsOf(model: Model): Fact[] {
  const trainable = model.graph.layers.reduce((sum, { trainableParams }) => sum + trainableParams, 0);
  return [
    [model.inputs.length === 1 ? 'Input' : 'Inputs', model.inputs.map(portText).join(', ')],
    [model.outputs.length === 1 ? 'Output' : 'Outputs', model.outputs.map(portText).join(', ')],
    ['Layers', formatCount(model.graph.layers.length)],
    ['Parameters', formatCount(model.graph.params)],
    ['Trainable', trainable === model.graph.params ? null : formatCount(trainable)],
    ['Added', <When key="added" time={model.createdAt} />],
  ];
}

/** What the file says of itself, and how it was trained. */
function Origin({ about }: Pick<Model, 'about'>) {
  if (!about) return null;
  const facts = (of: readonly { readonly name: string; readonly value: string }[]): Fact[] =>
    of.map(({ name, value }) => [name, value]);
  const origin: Fact[] = [['Written by', about.producer], ...facts(about.versions), ...facts(about.metadata)];
  return (
    <>
      {origin.some(([, value]) => value !== null) && (
        <Part title="Origin">
          <Facts facts={origin} />
        </Part>
      )}
      {about.training.length > 0 && (
        <Part title="Training">
          <Facts facts={facts(about.training)} />
        </Part>
      )}
    </>
  );
}

function Pairings({ pairings }: { readonly pairings: readonly Pairing[] }) {
  if (pairings.length === 0) return <p className="text-muted text-sm">None in this project yet.</p>;
  return (
    <ul className="flex flex-col gap-1 text-sm">
      {pairings.map(({ dataset, problem }) => (
        <li key={dataset} className="break-words">
          <span className="font-medium">{dataset}</span>{' '}
          <span className="text-muted">{problem === null ? 'fits' : `does not fit: ${problem}`}</span>
        </li>
      ))}
    </ul>
  );
}
