'use client';
import { Tabs as Base } from 'radix-ui';
import type { ReactNode } from 'react';
import { cx } from './cx.ts';

export interface Tab {
  readonly id: string;
  readonly label: ReactNode;
  readonly content: ReactNode;
}
export interface TabsProps {
  readonly label: string;
  readonly tabs: readonly Tab[];
  /** Controlled when given. */
  readonly value?: string;
  onChange?(id: string): void;
  readonly className?: string;
  readonly panelClassName?: string;
}

export function Tabs({ label, tabs, value, onChange, className, panelClassName }: TabsProps) {
  return (
    <Base.Root
      {...(value === undefined ? { defaultValue: tabs[0]?.id } : { value })}
      onValueChange={onChange}
      className={cx('flex min-h-0 flex-col', className)}
    >
      <Base.List aria-label={label} className="flex shrink-0 gap-1 border-b">
        {tabs.map((tab) => (
          <Base.Trigger
            key={tab.id}
            value={tab.id}
            className="-mb-px flex h-8 items-center gap-1.5 border-transparent border-b-2 px-2 font-medium text-muted transition-colors hover:text-text data-[state=active]:border-accent data-[state=active]:text-text"
          >
            {tab.label}
          </Base.Trigger>
        ))}
      </Base.List>
      {tabs.map((tab) => (
        <Base.Content
          key={tab.id}
          value={tab.id}
          className={cx('min-h-0 flex-1 overflow-y-auto pt-3 outline-offset-[-2px]', panelClassName)}
        >
          {tab.content}
        </Base.Content>
      ))}
    </Base.Root>
  );
}
