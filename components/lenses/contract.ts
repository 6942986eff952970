/** What a lens is: a result in, a picture and selection events out. Lenses fetch nothing and know no board. */
import type { ComponentType } from 'react';
import type { Selection } from '@/core/board/types.ts';
import type { Result, ResultMeta, ResultType, TensorName } from '@/core/result/types.ts';
import type { LensOption, OptionRow } from './options.ts';

export type { LensOption };

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

/** What the picture of a change is given: both answers, and what a lens is given. */
export interface CompareProps extends LensProps {
  readonly before: Result;
  readonly after: Result;
}
/** How a lens tells an answer with changes (`with ...`), or of another model, from the answer beside it. */
export interface CompareSpec {
  /** What may be chosen at `Component`. */
  readonly options?: readonly OptionRow[];
  /** Draws what changed. Without it the lens itself draws the difference of `signed`. */
  readonly Component?: ComponentType<CompareProps>;
  /** The change says more at once than both answers side by side. */
  readonly first?: true;
  /** Tensors of signed numbers, whose difference is drawn as their values are; 'all': of any name. */
  readonly signed?: readonly TensorName[] | 'all';
  /** What changed in one sentence; null where the pictures alone can tell. */
  sentence?(before: Result, after: Result): string | null;
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
  /** What may be chosen at it: its controls, the reading of what is stored, and what tests try are made of these rows. */
  readonly options?: readonly OptionRow[];
  readonly Component: ComponentType<LensProps>;
  /** Left out: both answers stand side by side. */
  readonly compare?: CompareSpec;
}
