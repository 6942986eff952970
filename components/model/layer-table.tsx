'use client';
import { ArrowDown, ArrowUp } from 'lucide-react';
import Link from 'next/link';
import { useMemo, useState } from 'react';
import {
  counted,
  cx,
  formatCount,
  formatExact,
  formatNumber,
  formatShape,
  formatShare,
  Input,
} from '@/components/ui/index.ts';
import { printAddress } from '@/core/address/index.ts';
import type { Model } from '@/core/api/index.ts';
import { filteredRows, layerRows, type Sorting, type SortKey, sortedRows, totalOf } from './rows.ts';

const COLUMNS: readonly {
  readonly key: SortKey;
  readonly head: string;
  readonly numbers: boolean;
  readonly title: string;
}[] = [
  { key: 'name', head: 'Layer', numbers: false, title: 'Name of the layer' },
  { key: 'type', head: 'Type', numbers: false, title: 'Class of the layer, or operator' },
  { key: 'params', head: 'Parameters', numbers: true, title: 'Numbers that it is made of' },
  {
    key: 'flops',
    head: 'FLOPs',
    numbers: true,
    title: 'Multiplications and additions for one example, counted from the architecture',
  },
  {
    key: 'bytes',
    head: 'Activations',
    numbers: true,
    title: 'Memory of its output for one example, in float32',
  },
];
/** More rows are shown when they are asked for: a browser takes seconds to lay out thousands. */
const FIRST_ROWS = 200;

export function LayerTable({ slug, model }: { readonly slug: string; readonly model: Model }) {
  const [text, setText] = useState('');
  const [sorting, setSorting] = useState<Sorting>({ by: 'place', falling: false });
  const [most, setMost] = useState(FIRST_ROWS);
  const rows = useMemo(() => layerRows(model), [model]);
  const found = useMemo(() => sortedRows(filteredRows(rows, text), sorting), [rows, text, sorting]);
  const flops = totalOf(found, 'flops');
  const sort = (by: SortKey, numbers: boolean) =>
    setSorting((now) => {
      if (now.by !== by) return { by, falling: numbers };
      // The third press leads back to the model's own order.
      return now.falling === numbers ? { by, falling: !numbers } : { by: 'place', falling: false };
    });
  return (
    <section aria-label="Layers" className="flex min-w-0 flex-col gap-2">
      <div className="flex items-center justify-between gap-4">
        <h2 className="font-semibold text-lg">Layers</h2>
        <p role="status" className="text-muted text-sm tabular-nums">
          {found.length < rows.length ? `${formatCount(found.length)} of ` : ''}
          {counted(rows.length, 'layer')}, {formatNumber(flops.sum, 'FLOPs')}
          {flops.unknown > 0 && ` and ${formatCount(flops.unknown)} not known`}
        </p>
        <Input
          type="search"
          aria-label="Find layers by name or type"
          placeholder="Find by name or type"
          className="max-w-60"
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      </div>
      <div className="overflow-x-auto rounded-md border bg-surface">
        <table className="w-full text-left">
          <thead className="border-b text-muted text-sm">
            <tr>
              {COLUMNS.slice(0, 2).map((column) => (
                <Head key={column.key} column={column} sorting={sorting} onSort={sort} />
              ))}
              <th scope="col" className="px-3 py-2 font-medium">
                Output
              </th>
              {COLUMNS.slice(2).map((column) => (
                <Head key={column.key} column={column} sorting={sorting} onSort={sort} />
              ))}
            </tr>
          </thead>
          <tbody className="divide-y tabular-nums">
            {found.slice(0, most).map((row) => (
              <tr key={row.place} className="hover:bg-hover">
                <td className="max-w-72 truncate px-3 py-1 font-mono text-sm" title={row.name}>
                  <Link
                    href={`/p/${slug}/u?at=${encodeURIComponent(printAddress({ kind: 'layer', model: model.name, layer: row.name }))}`}
                    className="rounded-sm hover:underline"
                  >
                    {row.name}
                  </Link>
                </td>
                <td className="px-3 py-1">{row.type}</td>
                <td className="px-3 py-1 font-mono text-sm">{formatShape(row.outputShape.slice(1))}</td>
                <td className="px-3 py-1 text-right" title={formatExact(row.params)}>
                  {formatCount(row.params)}
                  <span className="ml-2 inline-block w-12 text-muted text-sm">
                    {row.params > 0 ? formatShare(row.share) : ''}
                  </span>
                </td>
                <td
                  className="px-3 py-1 text-right"
                  title={row.flops === null ? 'Not known' : formatExact(row.flops)}
                >
                  {row.flops === null ? 'not known' : formatNumber(row.flops)}
                </td>
                <td
                  className="px-3 py-1 text-right"
                  title={row.bytes === null ? 'Not known' : formatExact(row.bytes)}
                >
                  {row.bytes === null ? 'not known' : formatNumber(row.bytes, 'B')}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {found.length === 0 && <p className="p-4 text-muted">No layer is called like that.</p>}
        {found.length > most && (
          <button
            type="button"
            className="w-full border-t px-3 py-2 text-accent text-sm hover:bg-hover"
            onClick={() => setMost(found.length)}
          >
            Show all {formatCount(found.length)}
          </button>
        )}
      </div>
    </section>
  );
}

type Column = (typeof COLUMNS)[number];

function Head({
  column,
  sorting,
  onSort,
}: {
  readonly column: Column;
  readonly sorting: Sorting;
  onSort(by: SortKey, numbers: boolean): void;
}) {
  const { key, head, title, numbers } = column;
  const own = sorting.by === key;
  return (
    <th
      scope="col"
      aria-sort={own ? (sorting.falling ? 'descending' : 'ascending') : 'none'}
      className={cx('px-2 py-1 font-medium', numbers && 'text-right')}
    >
      <button
        type="button"
        title={title}
        className="inline-flex items-center gap-1 rounded-sm px-1 py-1 hover:text-text [&_svg]:size-3"
        onClick={() => onSort(key, numbers)}
      >
        {head}
        {own && (sorting.falling ? <ArrowDown aria-hidden /> : <ArrowUp aria-hidden />)}
      </button>
    </th>
  );
}
