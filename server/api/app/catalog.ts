/** What a project has, kept in memory until it changes: each query is checked against it. */
import { LRUCache } from 'lru-cache';
import type { Catalog } from '../../../core/algebra/index.ts';
import { UserError } from '../../../core/errors/index.ts';
import type { PreprocessingChoice } from '../../../core/preprocessing/index.ts';
import type {
  CheckpointRow,
  DatasetRow,
  LaterRow,
  ModelRow,
  PreprocessingRow,
  RunRow,
  Store,
} from '../../store/contract.ts';

export interface KnownModel {
  readonly row: ModelRow;
  /** By step. */
  readonly checkpoints: readonly CheckpointRow[];
  /** Checkpoints that a later version wrote, by step: they are there, and cannot be asked. */
  readonly later: readonly LaterRow[];
  /** The latest run. */
  readonly run: RunRow | null;
  readonly bestStep: number | null;
}
export interface KnownProject {
  readonly models: readonly KnownModel[];
  readonly datasets: readonly DatasetRow[];
  /** Models and data sets that a later version wrote: shown by name, and refused by it. */
  readonly later: { readonly models: readonly LaterRow[]; readonly datasets: readonly LaterRow[] };
  /** What was chosen or tried for pairs of the two. */
  readonly preprocessings: readonly PreprocessingRow[];
  /** The same for the checker. */
  readonly catalog: Catalog;
}

/** Projects remembered at most; those not asked about for longest are forgotten first. */
const MOST = 100;

export class Catalogs {
  private readonly known = new LRUCache<string, Promise<KnownProject>>({ max: MOST });

  constructor(private readonly store: Pick<Store, 'models' | 'runs' | 'datasets' | 'preprocessings'>) {}

  of(projectId: string): Promise<KnownProject> {
    const known = this.known.get(projectId);
    if (known) return known;
    const loading = this.load(projectId);
    this.known.set(projectId, loading);
    // A failure is not remembered; whoever awaits it is told.
    loading.catch(() => this.known.delete(projectId));
    return loading;
  }

  forget(projectId: string): void {
    this.known.delete(projectId);
  }

  private async load(projectId: string): Promise<KnownProject> {
    const [listedModels, listedDatasets, preprocessings] = await Promise.all([
      this.store.models.ofProject(projectId),
      this.store.datasets.ofProject(projectId),
      this.store.preprocessings.ofProject(projectId),
    ]);
    const models = await Promise.all(
      listedModels.rows.map(async (row): Promise<KnownModel> => {
        const [{ rows: checkpoints, later }, runs] = await Promise.all([
          this.store.models.checkpoints(row.id),
          this.store.runs.ofModel(row.id),
        ]);
        const run = runs.at(-1) ?? null;
        return { row, checkpoints, later, run, bestStep: run?.bestStep ?? null };
      }),
    );
    const { rows: datasets } = listedDatasets;
    return {
      ...{ models, datasets, preprocessings },
      later: { models: listedModels.later, datasets: listedDatasets.later },
      catalog: catalogOf(models, datasets, preprocessings),
    };
  }
}

/** Steps of all checkpoints, also of those that this version cannot read. */
export function stepsOf({ checkpoints, later }: Pick<KnownModel, 'checkpoints' | 'later'>): number[] {
  return [...checkpoints.map(({ step }) => step), ...later.map(({ name }) => Number(name))].sort(
    (a, b) => a - b,
  );
}

/** Throws `conflict`, by name, where a later version wrote what is asked for. */
export function refuseLaterRow(later: readonly LaterRow[], name: string): void {
  const found = later.find((row) => row.name === name);
  if (found) throw new UserError('conflict', found.why);
}

/** What was chosen for a model, by the data set's name. */
export function chosenFor(
  model: ModelRow,
  datasets: readonly DatasetRow[],
  preprocessings: readonly PreprocessingRow[],
): ReadonlyMap<string, PreprocessingChoice> {
  return new Map(
    preprocessings.flatMap(({ modelId, datasetId, chosen }) => {
      const data = datasets.find(({ id }) => id === datasetId);
      return modelId === model.id && data && chosen ? [[data.name, chosen] as const] : [];
    }),
  );
}

function catalogOf(
  models: readonly KnownModel[],
  datasets: readonly DatasetRow[],
  preprocessings: readonly PreprocessingRow[],
): Catalog {
  return {
    models: models.map(({ row, checkpoints, later, bestStep }) => ({
      name: row.name,
      graph: row.manifest.graph,
      // The last checkpoint stays the last one, also when this version cannot read it: asked for, it is refused by name.
      checkpoints: stepsOf({ checkpoints, later }).map((step) => ({ step })),
      bestStep,
      inputs: row.manifest.inputs,
      preprocessing: Object.fromEntries(chosenFor(row, datasets, preprocessings)),
    })),
    datasets: datasets.map(({ name, manifest }) => ({
      name,
      shape: manifest.shape,
      classes: manifest.classes,
      columns: manifest.columns,
      main: manifest.main,
      arrays: manifest.arrays,
      splits: manifest.splits.map((split) => ({ name: split.name, size: split.size })),
    })),
  };
}
