'use client';
import { Copy, MoreHorizontal, Search, Trash2 } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import {
  Avatar,
  Badge,
  Button,
  Checkbox,
  ContextMenu,
  Dialog,
  EmptyState,
  ErrorNote,
  Field,
  IconButton,
  Input,
  Kbd,
  Menu,
  Popover,
  Progress,
  Segmented,
  Select,
  Skeleton,
  Slider,
  Tabs,
  TextArea,
  useToast,
} from '@/components/ui/index.ts';

const MENU = [
  { id: 'copy', label: 'Copy', icon: <Copy />, shortcut: '⌘C', onSelect: () => {} },
  { id: 'snap', label: 'Snap to grid', checked: true, onSelect: () => {} },
  { kind: 'separator', id: 'line' } as const,
  { id: 'remove', label: 'Remove', icon: <Trash2 />, danger: true, onSelect: () => {} },
  { id: 'lock', label: 'Lock', disabled: true, onSelect: () => {} },
];

function Part({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <section aria-label={name} className="w-80 rounded-md border bg-surface p-3">
      <h2 className="mb-2 font-medium text-muted text-sm">{name}</h2>
      <div className="flex flex-col items-start gap-2">{children}</div>
    </section>
  );
}

/** Every primitive with its states. */
export function Primitives() {
  const toast = useToast();
  const [open, setOpen] = useState(false);
  const [checked, setChecked] = useState(true);
  const [value, setValue] = useState('relu');
  const [share, setShare] = useState(12);
  const [look, setLook] = useState<'table' | 'strip'>('table');
  return (
    <div className="flex flex-wrap items-start gap-4">
      <Part name="Buttons">
        <div className="flex flex-wrap gap-2">
          <Button tone="primary">Add view</Button>
          <Button>Export</Button>
          <Button tone="ghost">Cancel</Button>
          <Button tone="danger">Remove</Button>
          <Button busy>Saving</Button>
          <Button disabled>Locked</Button>
          <Button size="sm">Small</Button>
        </div>
        <div className="flex gap-1">
          <IconButton label="Search" shortcut="/" icon={<Search />} />
          <IconButton label="Copy" icon={<Copy />} pressed />
          <IconButton label="Remove" icon={<Trash2 />} disabled />
        </div>
      </Part>
      <Part name="Fields">
        <Field label="Name" hint="Letters, digits, - and _." className="w-full">
          {(control) => <Input {...control} defaultValue="digits-cnn" />}
        </Field>
        <Field label="Query" error="Expected a layer, found “;”." className="w-full">
          {(control) => <TextArea {...control} mono defaultValue="select stats(;) from f(data)" />}
        </Field>
        <Select
          label="Activation"
          value={value}
          options={['relu', 'tanh', 'sigmoid'].map((v) => ({ value: v, label: v }))}
          onChange={setValue}
          className="w-32"
        />
        <Checkbox label="Common scale" checked={checked} onChange={setChecked} />
        <Checkbox label="Some of them" checked="indeterminate" onChange={() => {}} />
        <Slider
          label="Checkpoint"
          min={0}
          max={20}
          value={share}
          onChange={setShare}
          valueText={`epoch ${share}`}
        />
        <Segmented
          label="Look"
          value={look}
          options={[
            { value: 'table', label: 'Table' },
            { value: 'strip', label: 'Strip' },
          ]}
          onChange={setLook}
        />
      </Part>
      <Part name="Menus and layers">
        <div className="flex flex-wrap gap-2">
          <Menu items={MENU}>
            <IconButton label="More" icon={<MoreHorizontal />} />
          </Menu>
          <ContextMenu items={MENU}>
            <span className="rounded-md border border-dashed px-2 py-1 text-muted">Secondary click here</span>
          </ContextMenu>
          <Popover label="Why" trigger={<Button>Why</Button>}>
            The unit is zero on every example of the slice.
          </Popover>
          <Button onClick={() => setOpen(true)}>Open dialog</Button>
          <Button
            onClick={() =>
              toast.show({
                title: 'View copied',
                description: 'Paste it on any board of this project.',
                action: { label: 'Undo', onSelect: () => {} },
              })
            }
          >
            Show toast
          </Button>
        </div>
        <Dialog
          open={open}
          onOpenChange={setOpen}
          title="Remove the view"
          description="Others see it disappear. You can undo it."
          footer={
            <>
              <Button onClick={() => setOpen(false)}>Keep</Button>
              <Button tone="danger" onClick={() => setOpen(false)}>
                Remove
              </Button>
            </>
          }
        >
          <p>conv2d_1 · activations · digits.test[42]</p>
        </Dialog>
        <Tabs
          label="Home"
          className="w-full"
          tabs={[
            { id: 'boards', label: 'Boards', content: <p>Three boards.</p> },
            { id: 'models', label: 'Models', content: <p>Two models.</p> },
          ]}
        />
      </Part>
      <Part name="Marks and states">
        <div className="flex flex-wrap gap-1">
          <Badge>neutral</Badge>
          <Badge tone="accent">3 threads</Badge>
          <Badge tone="good">best</Badge>
          <Badge tone="info">pinned</Badge>
          <Badge tone="warning">stale</Badge>
          <Badge tone="fault">failed</Badge>
          <Kbd>⌘K</Kbd>
        </div>
        <div className="flex gap-1">
          {[
            'Ada Lovelace',
            'Emmy Noether',
            'Grace Hopper',
            'Hedy',
            'Ida Rhodes',
            'Joan Clarke',
            'Klara Dan',
            'Mary',
          ].map((name, i) => (
            <Avatar key={name} name={name} color={i} ring={i === 2} />
          ))}
        </div>
        <Progress label="Job" value={0.4} />
        <Progress label="Job of unknown length" value={null} />
        <Skeleton className="h-8 w-full" />
        <ErrorNote action={<Button size="sm">Retry</Button>}>
          The worker ran out of memory. Take a smaller slice.
        </ErrorNote>
        <ErrorNote tone="warning">This view is stale: its checkpoint was replaced.</ErrorNote>
        <ErrorNote tone="info">Two people are waiting for this job.</ErrorNote>
        <EmptyState
          title="No boards yet"
          action={<Button tone="primary">New board</Button>}
          className="w-full"
        >
          A board holds views and notes that a team sees live.
        </EmptyState>
      </Part>
    </div>
  );
}
