/** What a lens is: a result in, a picture and selection events out. Lenses fetch nothing and know no board. */
import type { ComponentType } from 'react';
import type { Selection } from '@/core/board/types.ts';
import type { Result, ResultMeta, ResultType } from '@/core/result/types.ts';

export type LensOption = string | number | boolean;

export interface LensProps {
  readonly result: Result;
  /** Size of the body in CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** What is selected everywhere: layer, units and examples by canonical address. */
  readonly selection: Pick<Selection, 'layer' | 'units' | 'examples'>;
  onSelect(change: Partial<Pick<Selection, 'layer' | 'units' | 'examples'>>): void;
  /** Class of the global class selector; a lens that cannot honour it says so in its spec. */
  readonly selectedClass: number | null;
  readonly options: Readonly<Record<string, LensOption>>;
  onOption(key: string, value: LensOption): void;
  /** Index of the model's colour. */
  readonly modelColor: number;
  /** Number of open threads by address, to be shown as badges. */
  readonly badges: Readonly<Record<string, number>>;
  /** Examples that people marked, by canonical address; a lens that shows examples shows which of them are. */
  readonly marked?: ReadonlySet<string>;
  /** Armed tool: addresses it fits (null: no tool is armed). Others are greyed out. */
  readonly armed?: ((address: string) => boolean) | null;
  /** A unit of analysis was activated (Enter, double click, or a click while a tool is armed). */
  onActivate?(address: string): void;
  /** Range that the scale is to span, where pictures stand side by side; a lens without `domainOf` passes it over. */
  readonly domain?: readonly [number, number] | undefined;
}

export interface LensSpec {
  readonly id: string;
  readonly name: string;
  /** Of lucide, and the one of the tool that asks for such a picture, so that views and menus differ by lens. */
  readonly icon: ComponentType<{ readonly className?: string; readonly 'aria-label'?: string }>;
  readonly types: readonly ResultType[];
  /** Whether it draws this result of its types; left out: any. */
  fits?(meta: ResultMeta): boolean;
  /** Range that its scale spans when it is alone, so that several pictures can be given a common one. */
  domainOf?(result: Result): readonly [number, number];
  /** Among the lenses that fit, the highest is the automatic choice. */
  readonly rank: number;
  readonly honoursClass: boolean;
  /** Size in board points of a new view. */
  readonly size: { readonly w: number; readonly h: number };
  readonly Component: ComponentType<LensProps>;
}
