'use client';
import { useState } from 'react';
import { useStore } from 'zustand';
import { useBindings, useBoard, useMay } from '../state/context.tsx';
import { modelOf } from '../state/project/addresses.ts';
import { findModel, resolveStep } from '../state/project/project.ts';
import { modelColor } from '../ui/avatar.tsx';
import { formatNumber } from '../ui/format.ts';
import { Slider } from '../ui/slider.tsx';
import { leadingMetric } from './metric.ts';
import { Sparkline } from './sparkline.tsx';

/** Chooses the checkpoint that `f` stands for; the line above shows how the model did at each step. */
export function CheckpointSlider() {
  const board = useBoard();
  const bindings = useBindings();
  const editable = useMay('edit');
  const models = useStore(board.data.store, (s) => s.models);
  const [under, setUnder] = useState<number | null>(null);
  const bound = bindings.f === null ? null : modelOf(bindings.f);
  const model = findModel(models, bound?.model);
  if (!model) return <span className="text-faint text-sm">No model is bound to f</span>;
  const steps = model.checkpoints.map((c) => c.step);
  const step = resolveStep(model, bound?.step);
  const at = under ?? Math.max(0, steps.indexOf(step ?? Number.NaN));
  const shown = steps[at];
  const metric = leadingMetric(model);
  const value = metric && shown !== undefined ? metric.values[metric.steps.indexOf(shown)] : undefined;
  const words = [
    `step ${shown ?? '–'}`,
    metric && typeof value === 'number' ? `${metric.name} ${formatNumber(value)}` : null,
    shown !== undefined && shown === model.bestStep ? 'best' : null,
  ].filter((w) => w !== null);
  return (
    <div className="flex min-w-0 items-center gap-2">
      <span
        aria-hidden
        className="size-2.5 shrink-0 rounded-full"
        style={{ background: modelColor(model.color) }}
      />
      <span className="max-w-36 truncate font-medium text-sm">{model.name}</span>
      <div className="relative w-44">
        {metric ? <Sparkline series={metric} color={modelColor(model.color)} steps={steps} /> : null}
        <Slider
          label={`Checkpoint of ${model.name}`}
          value={at}
          min={0}
          max={Math.max(1, steps.length - 1)}
          disabled={!editable || steps.length < 2}
          valueText={words.join(', ')}
          onChange={setUnder}
          onCommit={(index) => {
            setUnder(null);
            const to = model.checkpoints[index]?.address;
            if (to !== undefined) board.edits.bind('f', to);
          }}
        />
      </div>
      <output className="whitespace-nowrap text-muted text-sm">{words.join(' · ')}</output>
    </div>
  );
}
