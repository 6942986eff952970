/** Icons of tools: those of a function are its lens'. */
import {
  ArrowLeftRight,
  ChartBarBig,
  CircleOff,
  Film,
  GalleryThumbnails,
  GitCompareArrows,
  ScanEye,
  ScatterChart,
  SquareFunction,
  Waypoints,
  Zap,
} from 'lucide-react';
import { FUNCTIONS } from '@/core/algebra/index.ts';
import { bestLens, type LensSpec } from '../lenses/index.ts';
import type { ToolId } from '../state/questions/tools.ts';

type Icon = LensSpec['icon'];

const OWN: Partial<Readonly<Record<ToolId, Icon>>> = {
  examples: ScatterChart,
  neighbours: Waypoints,
  attribute: ScanEye,
  'attribute-part': ChartBarBig,
  'attribute-slice': GalleryThumbnails,
  'similarity-steps': Film,
  'compare-examples': ArrowLeftRight,
  'compare-models': GitCompareArrows,
  ablate: CircleOff,
  adversarial: Zap,
};

/** Of what is asked about a flat layer, and of one example where that may be. */
function ofFunction(id: ToolId): Icon | undefined {
  const spec = Object.values(FUNCTIONS).find(({ name }) => name === id);
  if (spec === undefined) return undefined;
  const input = spec.input === 'either' ? (spec.tool?.asks ?? 'data') : spec.input;
  const type = spec.result({ rank: 2, input });
  return type === null ? undefined : bestLens(type)?.icon;
}

export const toolIcon = (id: ToolId): Icon => OWN[id] ?? ofFunction(id) ?? SquareFunction;
