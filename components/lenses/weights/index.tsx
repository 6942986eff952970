'use client';
import { SquareFunction } from 'lucide-react';
import { useCallback, useMemo } from 'react';
import { formatCount, formatNumber, formatShape } from '@/components/ui/format.ts';
import { type Result, weightsRecordSchema } from '@/core/result/types.ts';
import type { LensProps, LensSpec } from '../contract.ts';
import { choiceRow, numberRow, type OptionContext } from '../options.ts';
import { ColorLegend } from '../shared/drawing/legend.tsx';
import { NotFinite } from '../shared/drawing/not-finite.tsx';
import { divergingScale, extentOf } from '../shared/drawing/scales.ts';
import { useTheme } from '../shared/drawing/theme.ts';
import { Frame } from '../shared/frame.tsx';
import { MissingOptions, OptionControls } from '../shared/options/controls.tsx';
import { OptionSlider } from '../shared/options/slider.tsx';
import { useOptions } from '../shared/options/use-options.ts';
import { useBadges } from '../shared/result/badges.ts';
import { LensError, recordOf } from '../shared/result/read.ts';
import { subjectOf } from '../shared/result/subject.ts';
import { useTargets } from '../shared/result/targets.ts';
import { DenseMatrix } from './dense.tsx';
import { KernelsView } from './kernels.tsx';
import {
  inputAt,
  kernelsOf,
  pictureKind,
  placeName,
  strongestInto,
  unitAt,
  type WeightTensor,
} from './layout.ts';
import { WeightRows } from './rows.tsx';

/** Weights in a row of their own at first, and at most. */
const TOP = 12;
const MAX_ROWS = 200;

export function weightTensors(result: Result): WeightTensor[] {
  const record = recordOf(result, weightsRecordSchema);
  return record.tensors.map(({ name, axes }) => {
    const tensor = result.tensors[name];
    if (!tensor || tensor.shape.length !== axes.length)
      throw new LensError(
        `The result has no weights “${name}” of ${axes.length} dimensions. Run the query again.`,
      );
    return { name, axes, shape: tensor.shape, data: tensor.data };
  });
}

const TENSOR = choiceRow({
  key: 'tensor',
  label: 'Weights',
  className: 'w-28',
  look: 'list',
  fits: ({ result }) => recordOf(result, weightsRecordSchema).tensors.length > 1,
  choices: ({ result }) =>
    recordOf(result, weightsRecordSchema).tensors.map(({ name }) => ({ value: name, label: name })),
  start: null,
  missing: (option) => `This layer has no “${option}”: its first weights are drawn.`,
});
function chosenTensor(context: OptionContext): WeightTensor | undefined {
  const tensors = weightTensors(context.result);
  const name = TENSOR.read(context.options[TENSOR.key], context);
  return tensors.find((tensor) => tensor.name === name) ?? tensors[0];
}
const isInto = (tensor: WeightTensor | undefined, unit: number | null) =>
  (tensor?.axes.some((axis) => axis === 'unit' || axis === 'gate unit') ?? false) || unit !== null;
const LOOK = choiceRow({
  key: 'look',
  label: 'Look',
  fits: (context) => isInto(chosenTensor(context), recordOf(context.result, weightsRecordSchema).unit),
  choices: [
    { value: 'all', label: 'All' },
    { value: 'strongest', label: 'Strongest', name: 'Strongest into one unit' },
  ],
  start: 'all',
});
const STRONGEST = numberRow({
  key: 'top',
  label: 'Top',
  className: 'flex w-36 min-w-0 items-center gap-2',
  range: (context) => [1, Math.max(1, Math.min(MAX_ROWS, chosenTensor(context)?.data.length ?? 1))],
  start: TOP,
});
const OPTIONS = [TENSOR, LOOK, STRONGEST];

function Weights(props: LensProps) {
  const { result, width, height, selection, onSelect, badges } = props;
  const choice = useOptions(props, OPTIONS);
  const theme = useTheme();
  const record = recordOf(result, weightsRecordSchema);
  const tensor = useMemo(() => chosenTensor(choice.context), [choice.context]);
  const subject = useMemo(() => subjectOf(result), [result]);
  const { about } = useBadges(badges, subject);
  const units = result.meta.axes.find((axis) => axis.name === 'unit')?.size ?? 0;
  const [input] = record.inputs;
  const scale = useMemo(
    () =>
      divergingScale(
        props.domain ? Math.max(...props.domain.map(Math.abs)) : extentOf(tensor?.data ?? []),
        theme.dark,
      ),
    [tensor, props.domain, theme.dark],
  );
  /** The unit that is looked at: the only one, the selected one, or the first. */
  const chosen = useMemo(() => {
    const selected = new Set(selection.units);
    for (let at = 0; at < units; at++) if (selected.has(subject.unitAddress(at) ?? '')) return at;
    return 0;
  }, [selection.units, units, subject]);
  const unitName = useCallback(
    (at: number) => `${record.layer}#${subject.unitIndex(at)}`,
    [record.layer, subject],
  );
  const unitOfPlace = useCallback(
    (flat: number) => (tensor ? (unitAt(tensor, flat, units) ?? (record.unit === null ? null : 0)) : null),
    [tensor, units, record.unit],
  );
  const inputAddress = useCallback(
    (flat: number) => {
      const from = tensor ? inputAt(tensor, flat) : null;
      // Inputs of a layer that joins several are numbered across them.
      const layer = record.inputs.length === 1 ? record.inputs[0] : undefined;
      return from === null || layer === undefined ? null : subject.unitAddressOf(layer, from);
    },
    [tensor, record.inputs, subject],
  );
  const unitAddress = useCallback(
    (flat: number) => {
      const unit = unitOfPlace(flat);
      return unit === null ? null : subject.unitAddress(unit);
    },
    [unitOfPlace, subject],
  );
  const kernelStarts = useMemo(
    () => (tensor && pictureKind(tensor) === 'kernels' ? kernelsOf(tensor).from : []),
    [tensor],
  );
  const kernelAddress = useCallback(
    (at: number) => unitAddress(kernelStarts[at] ?? 0),
    [unitAddress, kernelStarts],
  );
  const byUnit = useTargets(props, 'units', subject, unitAddress);
  const byKernel = useTargets(props, 'units', subject, kernelAddress);
  const byInput = useTargets(
    {
      ...props,
      // The row's layer is the one before.
      onSelect: ({ units: next }) => onSelect({ ...(next ? { units: next } : {}) }),
    },
    'units',
    subject,
    inputAddress,
  );
  if (!tensor)
    return (
      <Frame width={width} height={height} name="Weights" empty="This layer has no weights.">
        {() => null}
      </Frame>
    );

  const top = choice.value(STRONGEST);
  const ranked = choice.value(LOOK) === 'strongest';
  const look = pictureKind(tensor);
  const explain = (flat: number) => {
    const unit = unitOfPlace(flat);
    const of = unit === null ? record.layer : unitName(unit);
    const where = placeName(tensor, flat, ['unit']);
    return `${of} ${tensor.name}${where ? `, ${where}` : ''}: ${formatNumber(tensor.data[flat])}`;
  };
  const inputName = (flat: number) => {
    const from = inputAt(tensor, flat);
    if (from === null) return tensor.name;
    return record.inputs.length === 1 && input !== undefined ? `${input}#${from}` : `input ${from}`;
  };
  const places = ranked ? strongestInto(tensor, chosen, units, top) : [];

  return (
    <Frame
      width={width}
      height={height}
      name="Weights"
      about={about}
      empty={tensor.data.length === 0 ? 'There is no number here.' : null}
      controls={
        <>
          <OptionControls of={choice} rows={[TENSOR, LOOK]} shown={{ tensor: tensor.name }} />
          {ranked ? (
            <>
              {units > 1 && (
                <OptionSlider
                  label="Into"
                  className="flex w-40 min-w-0 items-center gap-2"
                  min={0}
                  max={units - 1}
                  value={chosen}
                  text={(value) => `#${subject.unitIndex(value)}`}
                  onChange={(at) => {
                    const address = subject.unitAddress(at);
                    if (address !== null) onSelect({ units: [address], layer: subject.layerAddress() });
                  }}
                />
              )}
              <OptionControls of={choice} rows={[STRONGEST]} />
            </>
          ) : (
            <>
              <span className="flex-1" />
              <ColorLegend scale={scale} label="weight" width={56} />
            </>
          )}
        </>
      }
      foot={
        <>
          <MissingOptions of={choice} />
          <NotFinite of={[tensor.data]} />
          <span>
            {record.type} {tensor.name} {formatShape(tensor.shape)}
          </span>
          <span>{formatCount(tensor.data.length)} numbers</span>
          {ranked && <span>into {unitName(chosen)}</span>}
          {record.inputs.length > 0 && <span>from {record.inputs.join(', ')}</span>}
        </>
      }
    >
      {(w, h) =>
        ranked ? (
          <WeightRows
            width={w}
            height={h}
            label={`The ${places.length} strongest weights into ${unitName(chosen)}`}
            tensor={tensor}
            places={places}
            head="from"
            scale={scale}
            nameOf={inputName}
            {...byInput}
          />
        ) : look === 'bars' ? (
          <WeightRows
            width={w}
            height={h}
            label={`${tensor.name} of ${record.layer}, ${tensor.data.length} numbers`}
            tensor={tensor}
            places={Array.from({ length: tensor.data.length }, (_, flat) => flat)}
            head={tensor.axes[0] ?? 'value'}
            scale={scale}
            nameOf={(flat) => {
              const unit = unitOfPlace(flat);
              return tensor.axes.includes('input') || unit === null ? inputName(flat) : unitName(unit);
            }}
            {...(tensor.axes.includes('input') ? byInput : byUnit)}
          />
        ) : look === 'kernels' ? (
          <KernelsView
            width={w}
            height={h}
            label={`${tensor.name} of ${record.layer}, ${kernelStarts.length} pictures`}
            tensor={tensor}
            scale={scale}
            caption={(flat) => {
              const [unit, from] = [unitOfPlace(flat), inputAt(tensor, flat)];
              return [from, unit === null || record.unit !== null ? null : `#${unit}`]
                .filter((part) => part !== null)
                .join(' → ');
            }}
            explain={explain}
            {...byKernel}
          />
        ) : (
          <DenseMatrix
            width={w}
            height={h}
            tensor={tensor}
            scale={scale}
            layer={record.layer}
            inputs={record.inputs}
            unitOf={unitOfPlace}
            inputAddress={inputAddress}
            explain={explain}
            byUnit={byUnit}
            byInput={byInput}
          />
        )
      }
    </Frame>
  );
}

export const weights: LensSpec = {
  id: 'weights',
  name: 'Weights',
  icon: SquareFunction,
  types: ['weights'],
  rank: 10,
  honoursClass: false,
  size: { w: 480, h: 360 },
  domainOf: (result) => {
    const reach = Math.max(0, ...weightTensors(result).map(({ data }) => extentOf(data)));
    return [-reach, reach];
  },
  options: OPTIONS,
  Component: Weights,
  compare: { signed: 'all' },
};
