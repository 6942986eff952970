'use client';
import { useState } from 'react';
import type { Scale } from '@/core/preprocessing/index.ts';
import { Button, Field, Input } from '../ui/index.ts';
import { choiceText, numbersFrom } from './choices.ts';

/** (value - subtract) / divide, with one number for all channels or one for each. */
export function OwnScale({ scale, onChoose }: { readonly scale: Scale; onChoose(scale: Scale): void }) {
  const [subtract, setSubtract] = useState(choiceText(scale.subtract));
  const [divide, setDivide] = useState(choiceText(scale.divide));
  const less = numbersFrom(subtract);
  const by = numbersFrom(divide);
  const zero = by !== null && (typeof by === 'number' ? by === 0 : by.includes(0));
  return (
    <form
      className="mt-1 flex w-full flex-wrap items-start gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (less !== null && by !== null && !zero) onChoose({ subtract: less, divide: by });
      }}
    >
      <Field label="Subtract" error={less === null ? 'A number, or one for each channel' : null}>
        {(control) => (
          <Input {...control} mono value={subtract} onChange={(event) => setSubtract(event.target.value)} />
        )}
      </Field>
      <Field
        label="Then divide by"
        error={by === null ? 'A number, or one for each channel' : zero ? 'Not zero' : null}
      >
        {(control) => (
          <Input {...control} mono value={divide} onChange={(event) => setDivide(event.target.value)} />
        )}
      </Field>
      <Button type="submit" size="sm" className="mt-6" disabled={less === null || by === null || zero}>
        Use these numbers
      </Button>
    </form>
  );
}
