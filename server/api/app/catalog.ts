/** What a project has, kept in memory until it changes: each query is checked against it. */
import { LRUCache } from 'lru-cache';
import type { Catalog } from '../../../core/algebra/index.ts';
import type { PreprocessingChoice } from '../../../core/preprocessing/index.ts';
import type {
  CheckpointRow,
  DatasetRow,
  ModelRow,
  PreprocessingRow,
  RunRow,
  Store,
} from '../../store/contract.ts';

export interface KnownModel {
  readonly row: ModelRow;
  /** By step. */
  readonly checkpoints: readonly CheckpointRow[];
  /** The latest run. */
  readonly run: RunRow | null;
  readonly bestStep: number | null;
}
export interface KnownProject {
  readonly models: readonly KnownModel[];
  readonly datasets: readonly DatasetRow[];
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
    const [rows, datasets, preprocessings] = await Promise.all([
      this.store.models.ofProject(projectId),
      this.store.datasets.ofProject(projectId),
      this.store.preprocessings.ofProject(projectId),
    ]);
    const models = await Promise.all(
      rows.map(async (row): Promise<KnownModel> => {
        const [checkpoints, runs] = await Promise.all([
          this.store.models.checkpoints(row.id),
          this.store.runs.ofModel(row.id),
        ]);
        const run = runs.at(-1) ?? null;
        return { row, checkpoints, run, bestStep: run?.bestStep ?? null };
      }),
    );
    return { models, datasets, preprocessings, catalog: catalogOf(models, datasets, preprocessings) };
  }
}

/** What was chosen for a model, by the data set's name. */
export function chosenFor(
  model: ModelRow,
  datasets: readonly DatasetRow[],
  preprocessings: readonly PreprocessingRow[],
): Record<string, PreprocessingChoice> {
  return Object.fromEntries(
    preprocessings.flatMap(({ modelId, datasetId, chosen }) => {
      const data = datasets.find(({ id }) => id === datasetId);
      return modelId === model.id && data && chosen ? [[data.name, chosen]] : [];
    }),
  );
}

function catalogOf(
  models: readonly KnownModel[],
  datasets: readonly DatasetRow[],
  preprocessings: readonly PreprocessingRow[],
): Catalog {
  return {
    models: models.map(({ row, checkpoints, bestStep }) => ({
      name: row.name,
      graph: row.manifest.graph,
      checkpoints: checkpoints.map(({ step }) => ({ step })),
      bestStep,
      inputs: row.manifest.inputs,
      preprocessing: chosenFor(row, datasets, preprocessings),
    })),
    datasets: datasets.map(({ name, manifest }) => ({
      name,
      shape: manifest.shape,
      classes: manifest.classes,
      columns: manifest.columns,
      splits: manifest.splits.map((split) => ({ name: split.name, size: split.size })),
    })),
  };
}
