'use client';
import {
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  type TextareaHTMLAttributes,
  useId,
} from 'react';
import { cx } from './cx.ts';

const BOX =
  'w-full rounded-md border border-line bg-surface px-2 text-base text-text transition-colors hover:border-line-strong focus-visible:border-accent focus-visible:outline-1 focus-visible:outline-offset-0 disabled:cursor-not-allowed disabled:opacity-50 aria-invalid:border-fault';

export interface InputProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly mono?: boolean;
  readonly ref?: Ref<HTMLInputElement>;
}
export function Input({ mono, className, ...rest }: InputProps) {
  return <input {...rest} className={cx(BOX, 'h-8', mono && 'font-mono text-sm', className)} />;
}

export interface TextAreaProps extends TextareaHTMLAttributes<HTMLTextAreaElement> {
  readonly mono?: boolean;
  readonly ref?: Ref<HTMLTextAreaElement>;
}
export function TextArea({ mono, className, ...rest }: TextAreaProps) {
  return (
    <textarea {...rest} className={cx(BOX, 'min-h-16 py-1.5', mono && 'font-mono text-sm', className)} />
  );
}

/** What a field's control must bear so that label, hint and error belong to it. */
export interface FieldControl {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': true | undefined;
}
export interface FieldProps {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | null;
  readonly className?: string;
  /** Renders the control: `{(control) => <Input {...control} />}`. */
  readonly children: (control: FieldControl) => ReactNode;
}

/** A label, a control, and below it what is wrong, or else a hint. */
export function Field({ label, hint, error, className, children }: FieldProps) {
  const id = useId();
  const below = error || hint;
  return (
    <div className={cx('flex flex-col gap-1', className)}>
      <label htmlFor={id} className="font-medium text-muted text-sm">
        {label}
      </label>
      {children({
        id,
        'aria-describedby': below ? `${id}-below` : undefined,
        'aria-invalid': error ? true : undefined,
      })}
      {below && (
        <p
          id={`${id}-below`}
          role={error ? 'alert' : undefined}
          className={cx('text-sm', error ? 'text-fault' : 'text-faint')}
        >
          {below}
        </p>
      )}
    </div>
  );
}
