/** Models, data sets and members of the project, as the server last told them. */
import { z } from 'zod';
import { createStore, type StoreApi } from 'zustand/vanilla';
import {
  type Dataset,
  datasetSchema,
  listedSchema,
  type Member,
  type Model,
  memberSchema,
  modelSchema,
  type Project,
  projectSchema,
  readable,
  type Unreadable,
} from '@/core/api/index.ts';
import { describeError, path, request } from '../api.ts';

export interface ProjectState {
  readonly project: Project | null;
  readonly models: readonly Model[];
  readonly datasets: readonly Dataset[];
  readonly members: readonly Member[];
  /** Models and data sets that a later version of the server wrote: there by name only. */
  readonly unreadable: { readonly models: readonly Unreadable[]; readonly datasets: readonly Unreadable[] };
  readonly loaded: boolean;
  readonly error: string | null;
}

export class ProjectData {
  readonly store: StoreApi<ProjectState> = createStore(() => ({
    project: null,
    models: [],
    datasets: [],
    members: [],
    unreadable: { models: [], datasets: [] },
    loaded: false,
    error: null,
  }));
  private latest = 0;
  private loading: Promise<void> = Promise.resolve();

  constructor(readonly slug: string) {}

  /** Of overlapping calls the last one made wins. */
  readonly load = (): Promise<void> => {
    this.loading = this.fetchAll();
    return this.loading;
  };

  /**
   * Resolves once a model or data set of the name is here. What was announced by the socket is on its way: only where
   * that does not bring it, the project is fetched again.
   */
  async knows(name: string): Promise<void> {
    const known = (): boolean => {
      const { models, datasets } = this.store.getState();
      return [...models, ...datasets].some((one) => one.name === name);
    };
    if (known()) return;
    await this.loading;
    if (!known()) await this.load();
  }

  private async fetchAll(): Promise<void> {
    const latest = ++this.latest;
    const { slug } = this;
    try {
      const [project, models, datasets, members] = await Promise.all([
        request('GET', path`projects/${slug}`, projectSchema),
        request('GET', path`projects/${slug}/models`, z.array(listedSchema(modelSchema))),
        request('GET', path`projects/${slug}/datasets`, z.array(listedSchema(datasetSchema))),
        request('GET', path`projects/${slug}/members`, z.array(memberSchema)),
      ]);
      if (latest !== this.latest) return;
      const [ofModels, ofDatasets] = [readable(models), readable(datasets)];
      this.store.setState({
        ...{ project, members, loaded: true, error: null },
        ...{ models: ofModels.shown, datasets: ofDatasets.shown },
        unreadable: { models: ofModels.unreadable, datasets: ofDatasets.unreadable },
      });
    } catch (error) {
      if (latest === this.latest) this.store.setState({ error: describeError(error).message });
    }
  }
}

/** The model that an address names, if the project has it. */
export function findModel(models: readonly Model[], name: string | null | undefined): Model | null {
  return models.find((model) => model.name === name) ?? null;
}

/** The step that a reference stands for: best and last are looked up. */
export function resolveStep(model: Model, step: number | 'best' | 'last' | undefined): number | null {
  if (typeof step === 'number') return step;
  const last = model.checkpoints.at(-1)?.step ?? null;
  return step === 'best' ? (model.bestStep ?? last) : last;
}
