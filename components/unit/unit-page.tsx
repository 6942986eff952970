'use client';
/** The page of a unit of analysis: a stable link to everything that is known about a model, layer, unit, example or slice. */
import Link from 'next/link';
import { type ReactNode, useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import type { Address } from '@/core/address/index.ts';
import type { Dataset, Me, Model } from '@/core/api/index.ts';
import { type Bindings, NO_BINDINGS } from '@/core/board/index.ts';
import { ExamplePrediction } from '../details/example-facts.tsx';
import { Facts } from '../details/facts.tsx';
import { layerFacts } from '../details/layer-facts.ts';
import { UnitStats } from '../details/unit-stats.tsx';
import { PageFrame } from '../shell/page-frame.tsx';
import { BindingsProvider, ProjectProvider } from '../state/context.tsx';
import { useAccount, useOpenProject } from '../state/open-project.tsx';
import { printAddress, readAddress, shortName, trail } from '../state/project/addresses.ts';
import { threadsAt } from '../state/project/badges.ts';
import { findModel, resolveStep } from '../state/project/project.ts';
import type { OpenProject } from '../state/workspace.ts';
import { ThreadList } from '../threads/thread-list.tsx';
import { EmptyState } from '../ui/empty-state.tsx';
import { Skeleton } from '../ui/skeleton.tsx';
import { UnitViews } from './unit-views.tsx';

export interface UnitPageProps {
  readonly project: string;
  /** Text of an address. */
  readonly at: string | null;
  readonly thread: string | null;
}

export function UnitPage({ project, at, thread }: UnitPageProps) {
  const opened = useOpenProject(project);
  return (
    <ProjectProvider opened={opened}>
      <Loaded opened={opened} at={at} thread={thread} />
    </ProjectProvider>
  );
}

function Loaded({
  opened,
  at,
  thread,
}: { readonly opened: OpenProject } & Pick<UnitPageProps, 'at' | 'thread'>) {
  const models = useStore(opened.data.store, (s) => s.models);
  const datasets = useStore(opened.data.store, (s) => s.datasets);
  const loaded = useStore(opened.data.store, (s) => s.loaded);
  const error = useStore(opened.data.store, (s) => s.error);
  const me = useAccount();
  const address = useMemo(() => (at === null ? null : readAddress(at)), [at]);
  const bindings = useMemo(
    () => (address ? namesFor(address, models, datasets) : NO_BINDINGS),
    [address, models, datasets],
  );
  if (!address)
    return (
      <main className="grid h-dvh place-items-center">
        <EmptyState whole title={at === null ? 'No address was given' : 'This is not an address'}>
          {at === null ? (
            'A link to a unit ends in ?at= and an address,'
          ) : (
            <code className="font-mono">{at}</code>
          )}{' '}
          for example digits-cnn@12/conv2d_1#7.
        </EmptyState>
      </main>
    );
  if (error !== null)
    return (
      <main className="grid h-dvh place-items-center">
        <EmptyState whole title="This page cannot be opened">
          {error}
        </EmptyState>
      </main>
    );
  return (
    <BindingsProvider value={bindings}>
      <Framed opened={opened} address={address} me={me}>
        {loaded ? (
          <div className="grid grid-cols-[minmax(0,1fr)_320px] gap-6">
            <UnitViews address={address} />
            <aside aria-label="Facts and threads" className="flex flex-col gap-4">
              <AddressFacts slug={opened.slug} address={address} models={models} datasets={datasets} />
              <Threads opened={opened} address={address} thread={thread} me={me?.user.id ?? null} />
            </aside>
          </div>
        ) : (
          <div className="flex flex-col gap-3" role="status" aria-label="Loading">
            <Skeleton className="h-72" />
            <Skeleton className="h-72" />
          </div>
        )}
      </Framed>
    </BindingsProvider>
  );
}

/** The page's head leads back level by level. */
function Framed({
  opened,
  address,
  me,
  children,
}: {
  readonly opened: OpenProject;
  readonly address: Address;
  readonly me: Me | null;
  readonly children: ReactNode;
}) {
  const project = useStore(opened.data.store, (s) => s.project);
  const levels = trail(printAddress(address)).map((step, i, all) => ({
    label: shortName(step.address),
    ...(i < all.length - 1 ? { href: `/p/${opened.slug}/u?at=${encodeURIComponent(step.text)}` } : {}),
  }));
  return (
    <PageFrame
      me={me}
      trail={[{ label: project?.name ?? opened.slug, href: `/p/${opened.slug}` }, ...levels]}
    >
      <div className="mx-auto flex max-w-6xl flex-col gap-4 p-4">
        <h1 className="break-words font-mono font-semibold text-xl">{printAddress(address)}</h1>
        {children}
      </div>
    </PageFrame>
  );
}

function AddressFacts({
  slug,
  address,
  models,
  datasets,
}: {
  /** Of the project. */
  readonly slug: string;
  readonly address: Address;
  readonly models: readonly Model[];
  readonly datasets: readonly Dataset[];
}) {
  if ('model' in address)
    return (
      <section aria-label="Facts" className="flex flex-col gap-3">
        <Facts facts={layerFacts(address, findModel(models, address.model))} />
        {findModel(models, address.model) && (
          <Link
            href={`/p/${slug}/models/${encodeURIComponent(address.model)}`}
            className="rounded-sm text-accent text-sm hover:underline"
          >
            All layers, warnings and downloads of {address.model}
          </Link>
        )}
        {address.kind === 'layer' || address.kind === 'unit' ? (
          <UnitStats place={printAddress(address)} />
        ) : null}
      </section>
    );
  const dataset = datasets.find((d) => d.name === address.dataset);
  if (!dataset) return <p className="text-muted">There is no data set {address.dataset} in this project.</p>;
  return (
    <section aria-label="Facts" className="flex flex-col gap-3">
      {address.kind === 'example' ? <ExamplePrediction example={printAddress(address)} /> : null}
      <Facts
        facts={[
          ['Shape', dataset.shape.join(' × ')],
          ['Classes', dataset.classes.join(', ')],
          ['Splits', dataset.splits.map((s) => `${s.name} (${s.size})`).join(', ')],
          ['Source', dataset.citation],
        ]}
      />
    </section>
  );
}

function Threads({
  opened,
  address,
  thread,
  me,
}: {
  readonly opened: OpenProject;
  readonly address: Address;
  readonly thread: string | null;
  /** Who is signed in. */
  readonly me: string | null;
}) {
  const all = useStore(opened.threads.store, (s) => s.threads);
  const loaded = useStore(opened.threads.store, (s) => s.loaded);
  const text = printAddress(address);
  useEffect(() => {
    if (loaded && thread !== null) opened.threads.open(thread);
  }, [opened, loaded, thread]);
  return <ThreadList threads={threadsAt(all, text)} anchor={{ kind: 'address', address: text }} me={me} />;
}

/** What the names of queries stand for on the page of this address: its model, or its data, and the first of the other. */
export function namesFor(address: Address, models: readonly Model[], datasets: readonly Dataset[]): Bindings {
  const dataset = 'dataset' in address ? datasets.find((d) => d.name === address.dataset) : datasets[0];
  const split = dataset?.splits.find((s) => s.name === 'test') ?? dataset?.splits.at(-1);
  const whole =
    dataset && split ? printAddress({ kind: 'dataset', dataset: dataset.name, split: split.name }) : null;
  const first =
    dataset && split && split.size > 0
      ? printAddress({ kind: 'example', dataset: dataset.name, split: split.name, index: 0 })
      : null;
  const model = 'model' in address ? findModel(models, address.model) : (models[0] ?? null);
  const step = model ? resolveStep(model, 'step' in address ? address.step : undefined) : null;
  const own = 'dataset' in address && address.kind !== 'example' && address.split !== undefined;
  return {
    ...NO_BINDINGS,
    f: model ? printAddress({ kind: 'model', model: model.name, ...(step === null ? {} : { step }) }) : null,
    x: address.kind === 'example' ? printAddress(address) : first,
    data: own ? printAddress(address) : whole,
  };
}
