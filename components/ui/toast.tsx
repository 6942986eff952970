'use client';
import { CircleX, Info, TriangleAlert, X } from 'lucide-react';
import { Toast as Base } from 'radix-ui';
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react';
import { IconButton } from './button.tsx';

export interface ToastMessage {
  readonly title: string;
  readonly description?: string;
  readonly tone?: 'info' | 'warning' | 'fault';
  readonly action?: { readonly label: string; onSelect(): void };
  /** Milliseconds on screen; faults stay until they are closed. */
  readonly duration?: number;
}
export interface ToastApi {
  show(message: ToastMessage): void;
}
const Context = createContext<ToastApi | null>(null);

/** Shows short messages in the lower right corner. Throws outside a ToastProvider. */
export function useToast(): ToastApi {
  const api = useContext(Context);
  if (!api) throw new Error('useToast needs a ToastProvider above it');
  return api;
}

const ICONS = {
  info: <Info aria-hidden className="mt-0.5 size-4 shrink-0 text-info" />,
  warning: <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0 text-warning" />,
  fault: <CircleX aria-hidden className="mt-0.5 size-4 shrink-0 text-fault" />,
} as const;
/** Older ones make way. */
const MAX_TOASTS = 4;

export function ToastProvider({ children }: { readonly children: ReactNode }) {
  const [toasts, setToasts] = useState<readonly (ToastMessage & { readonly key: number })[]>([]);
  const next = useRef(0);
  const show = useCallback((message: ToastMessage) => {
    next.current += 1;
    const key = next.current;
    setToasts((now) => [...now, { ...message, key }].slice(-MAX_TOASTS));
  }, []);
  const api = useMemo(() => ({ show }), [show]);
  return (
    <Context.Provider value={api}>
      <Base.Provider swipeDirection="right">
        {children}
        {toasts.map(({ key, title, description, tone = 'info', action, duration }) => (
          <Base.Root
            key={key}
            duration={duration ?? (tone === 'fault' ? Number.POSITIVE_INFINITY : 5000)}
            onOpenChange={(open) => !open && setToasts((now) => now.filter((t) => t.key !== key))}
            className="flex items-start gap-2 rounded-md border bg-surface p-3 shadow-float"
          >
            {ICONS[tone]}
            <div className="min-w-0 flex-1">
              <Base.Title className="font-medium">{title}</Base.Title>
              {description && (
                <Base.Description className="max-h-64 overflow-y-auto whitespace-pre-line break-words text-muted">
                  {description}
                </Base.Description>
              )}
              {action && (
                <Base.Action
                  altText={action.label}
                  onClick={action.onSelect}
                  className="mt-1 font-medium text-accent hover:text-accent-hover"
                >
                  {action.label}
                </Base.Action>
              )}
            </div>
            <Base.Close asChild>
              <IconButton size="sm" label="Close" icon={<X />} />
            </Base.Close>
          </Base.Root>
        ))}
        <Base.Viewport className="fixed right-4 bottom-12 z-50 flex w-96 max-w-[calc(100vw-32px)] flex-col gap-2 outline-none" />
      </Base.Provider>
    </Context.Provider>
  );
}
