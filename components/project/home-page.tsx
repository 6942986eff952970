'use client';
import { Upload } from 'lucide-react';
import { useEffect, useState } from 'react';
import { DropZone } from '@/components/import/drop-zone.tsx';
import { PageFrame } from '@/components/shell/page-frame.tsx';
import { useLoad } from '@/components/shell/use-load.ts';
import { Badge, Button, ErrorNote, Skeleton, Tabs } from '@/components/ui/index.ts';
import { may } from '@/core/roles/index.ts';
import { Boards } from './boards.tsx';
import { Datasets } from './datasets.tsx';
import { loadHome } from './home.ts';
import { Members } from './members.tsx';
import { Models } from './models.tsx';
import { ProjectMenu } from './project-menu.tsx';
import { Snapshots } from './snapshots.tsx';

const TABS = ['boards', 'models', 'data', 'snapshots', 'members'] as const;

export function HomePage({ slug }: { readonly slug: string }) {
  const { data, error, reload } = useLoad(() => loadHome(slug));
  const [tab, setTab] = useState<string>('boards');
  useEffect(() => {
    const named = window.location.hash.slice(1);
    if (TABS.some((id) => id === named)) setTab(named);
  }, []);
  function choose(id: string) {
    setTab(id);
    window.history.replaceState(null, '', `#${id}`);
  }

  const trail = [{ label: data?.project.name ?? slug }];
  if (error && !data)
    return (
      <PageFrame me={null} trail={trail}>
        <div className="mx-auto max-w-[880px] px-6 py-8">
          <ErrorNote
            action={
              <Button size="sm" onClick={reload}>
                Try again
              </Button>
            }
          >
            {error}
          </ErrorNote>
        </div>
      </PageFrame>
    );
  if (!data)
    return (
      <PageFrame me={null} trail={trail}>
        <div className="mx-auto max-w-[1080px] px-6 py-8">
          <Skeleton className="h-64" />
        </div>
      </PageFrame>
    );
  const { role } = data.project;
  const count = (n: number) => (n > 0 ? <Badge>{n}</Badge> : null);
  return (
    <DropZone
      project={slug}
      allowed={may(role, 'import')}
      taken={[...data.models, ...data.datasets, ...data.unreadable.models, ...data.unreadable.datasets].map(
        ({ name }) => name,
      )}
      onImported={({ kind }) => {
        choose(kind === 'model' ? 'models' : 'data');
        reload();
      }}
    >
      {(chooseFiles) => (
        <PageFrame me={data.me} trail={trail}>
          <div className="mx-auto max-w-[1080px] px-6 py-6">
            <div className="mb-2 flex items-center justify-between gap-4">
              <div className="flex items-center gap-2">
                <h1 className="flex items-center gap-2 font-semibold text-xl">
                  {data.project.name}
                  <Badge title="Your role">{role}</Badge>
                </h1>
                {may(role, 'manage') && <ProjectMenu project={data.project} reload={reload} />}
              </div>
              {may(role, 'import') && (
                <Button onClick={chooseFiles}>
                  <Upload />
                  Import model or data
                </Button>
              )}
            </div>
            <Tabs
              label={`Parts of ${data.project.name}`}
              value={tab}
              onChange={choose}
              tabs={[
                {
                  id: 'boards',
                  label: <>Boards {count(data.boards.length)}</>,
                  content: <Boards home={data} reload={reload} />,
                },
                {
                  id: 'models',
                  label: <>Models {count(data.models.length + data.unreadable.models.length)}</>,
                  content: <Models home={data} reload={reload} chooseFiles={chooseFiles} />,
                },
                {
                  id: 'data',
                  label: <>Data sets {count(data.datasets.length + data.unreadable.datasets.length)}</>,
                  content: <Datasets home={data} reload={reload} chooseFiles={chooseFiles} />,
                },
                {
                  id: 'snapshots',
                  label: <>Snapshots {count(data.snapshots.length)}</>,
                  content: <Snapshots home={data} reload={reload} />,
                },
                {
                  id: 'members',
                  label: <>Members {count(data.members.length)}</>,
                  content: <Members home={data} reload={reload} />,
                },
              ]}
            />
          </div>
        </PageFrame>
      )}
    </DropZone>
  );
}
