'use client';
import { useReactFlow } from '@xyflow/react';
import {
  Activity,
  ChartColumn,
  ChartScatter,
  Grid3x3,
  Images,
  LayoutGrid,
  type LucideIcon,
  Network,
  ScatterChart,
  Sigma,
  Target,
  TrendingUp,
} from 'lucide-react';
import { useStore } from 'zustand';
import { applyTool } from '../board/activate.ts';
import { canvasCentre } from '../board/place.ts';
import { modelOf } from '../state/addresses.ts';
import { useBindings, useBoard, useMay } from '../state/context.tsx';
import { TOOLS, type Tool, type ToolId, toolFits } from '../state/tools.ts';
import { useToast } from '../ui/toast.tsx';
import { Tooltip } from '../ui/tooltip.tsx';

const ICONS: Readonly<Record<ToolId, LucideIcon>> = {
  graph: Network,
  metrics: TrendingUp,
  confusion: Grid3x3,
  images: Images,
  predict: Target,
  activation: Activity,
  stats: Sigma,
  histogram: ChartColumn,
  classmeans: LayoutGrid,
  units: ChartScatter,
  examples: ScatterChart,
};

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

  /** Why a tool cannot be taken now; null when it can. */
  const obstacle = (tool: Tool): string | null => {
    if (!editable) return 'only editors can make views';
    if (!model) return 'choose a model first';
    const name = bindings.f !== null && modelOf(bindings.f)?.model === model ? bindings.f : model;
    if (tool.level === 'model') {
      const fits = toolFits(tool, name, models, bindings);
      return fits.fits ? null : fits.why;
    }
    // What fails for every layer fails for the tool: the data, the example.
    const layers = models.find((m) => m.name === model)?.graph.layers ?? [];
    const tries = layers.map((layer) => toolFits(tool, `${model}/${layer.name}`, models, bindings));
    const [first] = tries;
    return tries.some((t) => t.fits) ? null : first && !first.fits ? first.why : 'this model has no layers';
  };

  const take = (tool: Tool) => {
    if (tool.level !== 'model') return board.selection.arm(armed === tool.id ? null : tool.id);
    const place = bindings.f !== null && modelOf(bindings.f)?.model === model ? bindings.f : (model ?? '');
    const { why } = applyTool(board, tool, place, { near: canvasCentre(flow) });
    if (why !== null)
      toast.show({ title: `${tool.label} cannot be applied`, description: why, tone: 'warning' });
  };

  return (
    <section aria-label="Toolbox" className="shrink-0 border-t p-2">
      <div className="grid grid-cols-2 gap-1">
        {TOOLS.map((tool) => {
          const why = obstacle(tool);
          const Icon = ICONS[tool.id];
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
        {armed !== null ? 'Click a layer or a unit. Esc puts it down.' : null}
      </p>
    </section>
  );
}
