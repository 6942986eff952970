'use client';
import { useCallback, useEffect, useRef, useState } from 'react';
import { type Preprocessing, preprocessingSchema } from '@/core/api/index.ts';
import { type PreprocessingChoice, specText } from '@/core/preprocessing/index.ts';
import { describeError, path, request } from '../state/api.ts';
import { Button, Dialog, ErrorNote, Field, Segmented, Select, Skeleton, TextArea } from '../ui/index.ts';
import { Bindings } from './bindings.tsx';
import {
  layoutOptions,
  NAMED_SCALES,
  ORDERS,
  orderName,
  SCALES,
  type ScaleName,
  scaleName,
} from './choices.ts';
import { OwnScale } from './own-scale.tsx';

export interface PreprocessingDialogProps {
  /** Slug of the project. */
  readonly project: string;
  readonly model: string;
  readonly dataset: string;
  /** False for those who may look only. */
  readonly editable: boolean;
  onClose(): void;
}

const LABELS: Readonly<Record<ScaleName, string>> = {
  proposed: 'As proposed',
  stored: 'As stored',
  unit: '÷ 255',
  centred: '−1 to 1',
  own: 'Own',
};

/** How a data set's values are given to a model, and why. A change holds at once, for everybody in the project. */
export function PreprocessingDialog({
  project,
  model,
  dataset,
  editable,
  onClose,
}: PreprocessingDialogProps) {
  const route = path`projects/${project}/models/${model}/preprocessing/${dataset}`;
  const [found, setFound] = useState<Preprocessing | null>(null);
  const [error, setError] = useState<string | null>(null);
  const [opened, setOpened] = useState<'scale' | 'classes' | null>(null);
  const asked = useRef(0);
  /** The last change wins, however the answers arrive. */
  const send = useCallback(
    async (method: 'GET' | 'PUT' | 'DELETE', body?: PreprocessingChoice) => {
      asked.current += 1;
      const own = asked.current;
      try {
        const answer = await request(method, route, preprocessingSchema, body ? { body } : {});
        if (own !== asked.current) return;
        setFound(answer);
        setError(null);
      } catch (failure) {
        if (own === asked.current) setError(describeError(failure).message);
      }
    },
    [route],
  );
  useEffect(() => void send('GET'), [send]);

  function choose(change: PreprocessingChoice) {
    const choice = Object.entries({ ...found?.choice, ...change }).filter(([, part]) => part !== undefined);
    void (choice.length === 0 ? send('DELETE') : send('PUT', Object.fromEntries(choice)));
  }
  const chosen = found && Object.keys(found.choice).length > 0;
  return (
    <Dialog
      open
      wide
      onOpenChange={onClose}
      title="Preprocessing"
      description={`How values of ${dataset} are given to ${model}. Changes hold at once, for everybody in the project.`}
      footer={
        <>
          {editable && chosen ? (
            <Button
              onClick={() => {
                setOpened(null);
                void send('DELETE');
              }}
            >
              All as proposed
            </Button>
          ) : null}
          <Button tone="primary" onClick={onClose}>
            Done
          </Button>
        </>
      }
    >
      {error ? <ErrorNote className="mb-3">{error}</ErrorNote> : null}
      {found === null ? (
        error ? null : (
          <Skeleton className="h-40" />
        )
      ) : (
        <div className="flex flex-col gap-4">
          <Evidence of={found} />
          <fieldset disabled={!editable} className="flex flex-col gap-4">
            <Bindings of={found} editable={editable} onChoose={choose} />
            <div className="flex flex-col items-start gap-1">
              <span className="font-medium text-muted text-sm">Values</span>
              <Segmented
                label="Values"
                value={opened === 'scale' ? 'own' : scaleName(found)}
                options={SCALES.map((value) => ({ value, label: LABELS[value], disabled: !editable }))}
                onChange={(name) => {
                  setOpened(name === 'own' ? 'scale' : null);
                  if (name === 'own') return;
                  choose({ scale: name === 'proposed' ? undefined : NAMED_SCALES[name] });
                }}
              />
              {opened === 'scale' || scaleName(found) === 'own' ? (
                <OwnScale scale={found.spec.scale} onChoose={(scale) => choose({ scale })} />
              ) : null}
            </div>
            <Field label="Axes of an example">
              {(control) => (
                <Select
                  {...control}
                  value={JSON.stringify(found.choice.layout ?? { kind: 'stored' })}
                  options={layoutOptions(found)}
                  disabled={!editable}
                  onChange={(value) => {
                    const layout = layoutOptions(found).find((option) => option.value === value)?.layout;
                    choose({ layout: layout?.kind === 'stored' ? undefined : layout });
                  }}
                />
              )}
            </Field>
            {found.storedClasses.length > 1 ? (
              <Field label="Classes of the model’s outputs" hint={classesText(found.classes)}>
                {(control) => (
                  <Select
                    {...control}
                    value={opened === 'classes' ? 'own' : orderName(found.spec.classOrder)}
                    options={ORDERS}
                    disabled={!editable}
                    onChange={(order) => {
                      setOpened(order === 'own' ? 'classes' : null);
                      if (order !== 'own') choose({ classOrder: order === 'stored' ? undefined : order });
                    }}
                  />
                )}
              </Field>
            ) : null}
            {opened === 'classes' || orderName(found.spec.classOrder) === 'own' ? (
              <OwnOrder
                key={found.classes.join('\n')}
                classes={found.classes}
                onChoose={(classOrder) => choose({ classOrder })}
              />
            ) : null}
          </fieldset>
        </div>
      )}
    </Dialog>
  );
}

/** What is done now, and the evidence for it; or why the two do not fit. */
function Evidence({ of: { problem, spec, evidence, warnings } }: { readonly of: Preprocessing }) {
  if (problem !== null) return <ErrorNote>{problem}</ErrorNote>;
  return (
    <section aria-label="In force" className="flex flex-col gap-2">
      <p className="font-medium">{specText(spec)}</p>
      <ul className="flex flex-col gap-1 text-muted text-sm">
        {evidence.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      {warnings.map((warning) => (
        <ErrorNote key={warning} tone="warning">
          {warning}
        </ErrorNote>
      ))}
    </section>
  );
}

const MAX_NAMED = 6;
function classesText(classes: readonly string[]): string {
  const shown = classes.slice(0, MAX_NAMED).map((name, i) => `${i}: ${name}`);
  const rest = classes.length - shown.length;
  return `${shown.join(' · ')}${rest > 0 ? ` · and ${rest} more` : ''}`;
}

function OwnOrder({
  classes,
  onChoose,
}: {
  readonly classes: readonly string[];
  onChoose(order: string[]): void;
}) {
  const [text, setText] = useState(classes.join('\n'));
  return (
    <div className="flex flex-col items-start gap-2">
      <Field label="One name a line, in the order of the outputs" className="w-full">
        {(control) => (
          <TextArea
            {...control}
            rows={Math.min(10, classes.length)}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <Button
        size="sm"
        onClick={() =>
          onChoose(
            text
              .split('\n')
              .map((name) => name.trim())
              .filter((name) => name !== ''),
          )
        }
      >
        Use this order
      </Button>
    </div>
  );
}
