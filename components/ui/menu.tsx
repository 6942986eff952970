'use client';
import { Check, ChevronRight } from 'lucide-react';
import { ContextMenu as Context, DropdownMenu as Dropdown } from 'radix-ui';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';
import { Kbd } from './kbd.tsx';

export type MenuItem =
  | {
      readonly kind?: 'item';
      readonly id: string;
      readonly label: ReactNode;
      readonly icon?: ReactNode;
      readonly shortcut?: string;
      readonly disabled?: boolean;
      readonly danger?: boolean;
      /** A choice: shows a check when true, keeps its place when false. */
      readonly checked?: boolean;
      onSelect(): void;
    }
  /** Opens more of them beside it. */
  | {
      readonly kind: 'more';
      readonly id: string;
      readonly label: string;
      readonly icon?: ReactNode;
      readonly items: readonly MenuItem[];
    }
  | { readonly kind: 'separator'; readonly id: string }
  | { readonly kind: 'heading'; readonly id: string; readonly label: string };

const PANEL =
  'z-50 max-h-(--radix-popper-available-height) min-w-40 overflow-y-auto rounded-md border bg-surface p-1 text-base shadow-float';
const ROW =
  'flex h-7 cursor-default select-none items-center gap-2 rounded-sm px-2 outline-none data-disabled:opacity-50 data-highlighted:bg-hover [&_svg]:size-4 [&_svg]:shrink-0';

/** Dropdown and context menus have the same parts under two names. */
type Parts = Pick<
  typeof Dropdown,
  'Item' | 'Label' | 'Separator' | 'Sub' | 'SubTrigger' | 'SubContent' | 'Portal'
>;

function rows(items: readonly MenuItem[], parts: Parts): ReactNode {
  return items.map((item) => {
    switch (item.kind) {
      case 'separator':
        return <parts.Separator key={item.id} className="my-1 h-px bg-line" />;
      case 'heading':
        return (
          <parts.Label key={item.id} className="px-2 py-1 text-faint text-sm">
            {item.label}
          </parts.Label>
        );
      case 'more':
        return (
          <parts.Sub key={item.id}>
            <parts.SubTrigger className={cx(ROW, 'data-[state=open]:bg-hover')}>
              {item.icon}
              <span className="min-w-0 flex-1 truncate">{item.label}</span>
              <ChevronRight aria-hidden className="text-faint" />
            </parts.SubTrigger>
            <parts.Portal>
              <parts.SubContent collisionPadding={8} className={PANEL}>
                {rows(item.items, parts)}
              </parts.SubContent>
            </parts.Portal>
          </parts.Sub>
        );
      default:
        return (
          <parts.Item
            key={item.id}
            disabled={item.disabled}
            onSelect={item.onSelect}
            className={cx(ROW, item.danger && 'text-fault')}
          >
            {item.checked !== undefined && (
              <span className="flex size-4">{item.checked && <Check className="text-accent" />}</span>
            )}
            {item.icon}
            <span className="min-w-0 flex-1 truncate">
              {item.label}
              {item.checked && <span className="sr-only"> (chosen)</span>}
            </span>
            {item.shortcut && <Kbd>{item.shortcut}</Kbd>}
          </parts.Item>
        );
    }
  });
}

export interface MenuProps {
  readonly items: readonly MenuItem[];
  /** The button that opens it: one element that takes a ref. */
  readonly children: ReactNode;
  readonly align?: 'start' | 'center' | 'end';
  readonly label?: string;
}
export function Menu({ items, children, align = 'start', label }: MenuProps) {
  return (
    <Dropdown.Root modal={false}>
      <Dropdown.Trigger asChild>{children}</Dropdown.Trigger>
      <Dropdown.Portal>
        <Dropdown.Content
          aria-label={label}
          align={align}
          sideOffset={4}
          collisionPadding={8}
          className={PANEL}
        >
          {rows(items, Dropdown)}
        </Dropdown.Content>
      </Dropdown.Portal>
    </Dropdown.Root>
  );
}

/** Opens at the pointer on a secondary click, or on the menu key. */
export function ContextMenu({ items, children }: Pick<MenuProps, 'items' | 'children'>) {
  return (
    <Context.Root modal={false}>
      <Context.Trigger asChild>{children}</Context.Trigger>
      <Context.Portal>
        <Context.Content collisionPadding={8} className={PANEL}>
          {rows(items, Context)}
        </Context.Content>
      </Context.Portal>
    </Context.Root>
  );
}
