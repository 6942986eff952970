'use client';
import { useReactFlow } from '@xyflow/react';
import { useMemo, useState } from 'react';
import { useStore } from 'zustand';
import { applyTool } from '../actions/activate.ts';
import { canvasCentre } from '../actions/place.ts';
import { useBindings, useBoard, useMay } from '../state/context.tsx';
import { layerText, modelOf } from '../state/project/addresses.ts';
import {
  TOOL_GROUPS,
  TOOLS,
  type Tool,
  type ToolGroup,
  toolById,
  toolFits,
  toolProblem,
} from '../state/questions/tools.ts';
import { Segmented } from '../ui/segmented.tsx';
import { useToast } from '../ui/toast.tsx';
import { Tooltip } from '../ui/tooltip.tsx';
import { toolIcon } from './tool-icons.ts';

const TRIES = 4;

/** Tools of the model are applied at once; tools of layers and units are taken in hand and applied to what is clicked. */
export function Toolbox() {
  const board = useBoard();
  const flow = useReactFlow();
  const toast = useToast();
  const bindings = useBindings();
  const editable = useMay('edit');
  const armed = useStore(board.selection.store, (s) => s.armed);
  const models = useStore(board.data.store, (s) => s.models);
  const selected = useStore(board.selection.store, (s) => s.units[0] ?? s.layer);
  const model =
    (selected ? modelOf(selected)?.model : null) ?? (bindings.f ? modelOf(bindings.f)?.model : null);

  const datasets = useStore(board.data.store, (s) => s.datasets);
  const [group, setGroup] = useState<ToolGroup>('Look');

  /** Why a tool cannot be taken now, by its id; absent when it can. */
  const obstacles = useMemo(() => {
    const catalog = { models, datasets };
    const name = bindings.f !== null && modelOf(bindings.f)?.model === model ? bindings.f : model;
    const layers = models.find((m) => m.name === model)?.graph.layers ?? [];
    const obstacle = (tool: Tool): string | null => {
      if (!editable) return 'only editors can make views';
      if (!name) return 'choose a model first';
      if (tool.level === 'model') return toolProblem(tool, name, bindings, catalog);
      // What fails for every layer fails for the tool: the data, the example. A few tell for all of a large model.
      const places = layers.map((l) => `${layerText(name, l.name)}${tool.level === 'unit' ? '#0' : ''}`);
      const fitting = places.filter((place) => toolFits(tool, place, models, bindings).fits);
      const [first] = fitting.length > 0 ? fitting : places;
      if (first === undefined) return 'this model has no layers';
      const tries = fitting.slice(0, TRIES);
      return tries.some((place) => toolProblem(tool, place, bindings, catalog) === null)
        ? null
        : toolProblem(tool, first, bindings, catalog);
    };
    return new Map(TOOLS.map((tool) => [tool.id, obstacle(tool)]));
  }, [models, datasets, bindings, model, editable]);

  const take = (tool: Tool) => {
    if (tool.level !== 'model') return board.selection.arm(armed === tool.id ? null : tool.id);
    const place = bindings.f !== null && modelOf(bindings.f)?.model === model ? bindings.f : (model ?? '');
    const { why } = applyTool(board, tool, place, { near: canvasCentre(flow) });
    if (why !== null)
      toast.show({ title: `${tool.label} cannot be applied`, description: why, tone: 'warning' });
  };

  const inHand = toolById(armed);
  return (
    <section aria-label="Toolbox" className="shrink-0 border-t p-2">
      <Segmented
        label="Kinds of tools"
        size="sm"
        className="mb-1 flex"
        value={group}
        options={TOOL_GROUPS.map((value) => ({ value, label: value }))}
        onChange={setGroup}
      />
      <div className="grid grid-cols-2 gap-x-1">
        {TOOLS.filter((tool) => tool.group === group).map((tool) => {
          const why = obstacles.get(tool.id) ?? null;
          const Icon = toolIcon(tool.id);
          return (
            <Tooltip
              key={tool.id}
              side="right"
              label={why === null ? tool.hint : `${tool.hint} Not now: ${why}.`}
            >
              <button
                type="button"
                aria-pressed={tool.level === 'model' ? undefined : armed === tool.id}
                aria-disabled={why !== null ? true : undefined}
                className={`flex h-7 items-center gap-1.5 rounded-sm px-1.5 text-left text-sm hover:bg-hover aria-disabled:opacity-40 aria-disabled:hover:bg-transparent ${armed === tool.id ? 'bg-accent-soft text-accent' : ''}`}
                onClick={() => why === null && take(tool)}
              >
                <Icon aria-hidden className="size-4 shrink-0" />
                <span className="truncate">{tool.label}</span>
              </button>
            </Tooltip>
          );
        })}
      </div>
      <p aria-live="polite" className="h-5 truncate px-1.5 pt-1 text-muted text-xs">
        {inHand === null
          ? null
          : inHand.level === 'unit'
            ? 'Click a unit in a picture. Esc puts it down.'
            : 'Click a layer or a unit. Esc puts it down.'}
      </p>
    </section>
  );
}
