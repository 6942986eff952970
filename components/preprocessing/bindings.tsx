/** What each input of a model is given, and which output the labels belong to. */
import type { Preprocessing } from '@/core/api/index.ts';
import { type PreprocessingChoice, shapeText, sourceText } from '@/core/preprocessing/index.ts';
import { Field, Select } from '../ui/index.ts';

interface BindingsProps {
  readonly of: Preprocessing;
  readonly editable: boolean;
  onChoose(change: PreprocessingChoice): void;
}

export function Bindings({ of: { inputs, outputs, output, choice }, editable, onChoose }: BindingsProps) {
  return (
    <>
      {inputs.map(({ name, shape, source, options }) => (
        <Field key={name} label={`Input ${name} (${shapeText(shape)})`}>
          {(control) => (
            <Select
              {...control}
              value={source ? JSON.stringify(source) : ''}
              options={[
                ...(source ? [] : [{ value: '', label: 'Choose what it is given' }]),
                ...options.map((option) => ({ value: JSON.stringify(option), label: sourceText(option) })),
              ]}
              disabled={!editable}
              onChange={(value) => {
                const chosen = options.find((option) => JSON.stringify(option) === value);
                if (!chosen) return;
                const own = { ...choice.inputs?.[name], source: chosen };
                onChoose({ inputs: { ...choice.inputs, [name]: own } });
              }}
            />
          )}
        </Field>
      ))}
      {outputs.length > 1 ? (
        <Field label="Output that the labels belong to">
          {(control) => (
            <Select
              {...control}
              value={output ?? ''}
              options={outputs.map((name) => ({ value: name, label: name }))}
              disabled={!editable}
              onChange={(name) => onChoose({ output: name })}
            />
          )}
        </Field>
      ) : null}
    </>
  );
}
