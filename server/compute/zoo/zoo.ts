/** The zoo that make.py wrote: its models and data through the importers, and what Keras answers about them. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { parse } from '../../../core/algebra/index.ts';
import { blobPath, type DatasetManifest } from '../../../core/artifacts/index.ts';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from '../../../core/result/index.ts';
import type { Backend } from '../backend/backend.ts';
import type { QueryPlan } from '../contract.ts';
import { type ImportContext, importDataset, importModel } from '../formats/index.ts';
import type { Folders, StoredModel } from '../testing/fixtures.ts';
import { type Ground, planFor } from '../testing/plans.ts';

export const ZOO = import.meta.dirname;

/** A model, a data set, and questions about both with the tensors of each answer, in float64 rounded to float32. */
export interface Specimen {
  readonly model: string;
  readonly dataset: string;
  readonly questions: readonly {
    readonly text: string;
    readonly tensors: Readonly<Record<string, NamedTensor>>;
  }[];
}

export function specimens(): Specimen[] {
  return readdirSync(path.join(ZOO, 'goldens')).map((file) => {
    const [model = '', dataset = ''] = file.split('.');
    const { tensors, metadata } = decodeSafetensors(readFileSync(path.join(ZOO, 'goldens', file)));
    const texts = z.array(z.string()).parse(JSON.parse(metadata?.questions ?? '[]'));
    const answers = texts.map((): Record<string, NamedTensor> => ({}));
    for (const [name, tensor] of Object.entries(tensors)) {
      const [at = '', own = ''] = name.split('/');
      const answer = answers[Number(at)];
      if (answer) answer[own] = tensor;
    }
    return { model, dataset, questions: texts.map((text, i) => ({ text, tensors: answers[i] ?? {} })) };
  });
}

/** A table or arrays. */
export function dataFile(dataset: string): string {
  const [table = '', arrays = ''] = ['csv', 'npz'].map((kind) =>
    path.join(ZOO, 'data', `${dataset}.${kind}`),
  );
  return existsSync(table) ? table : arrays;
}

/** Models and data as a project has them; imported when first asked for. */
export class Zoo {
  private readonly models = new Map<string, Promise<StoredModel>>();
  private readonly datasets = new Map<string, Promise<DatasetManifest>>();
  private readonly context: ImportContext;

  constructor(
    private readonly folders: Folders,
    { tf }: Backend,
  ) {
    this.context = { tf, spool: folders.spool };
  }

  async ground({ model, dataset }: Pick<Specimen, 'model' | 'dataset'>): Promise<Ground> {
    return {
      models: { [model]: [await this.model(model)] },
      datasets: { [dataset]: await this.dataset(dataset) },
    };
  }

  async plan(specimen: Specimen, text: string): Promise<QueryPlan> {
    return planFor(await this.ground(specimen), parse(text));
  }

  /** The plan with other data of the same shape: `order[i]` is the old place of example i. */
  rearranged(plan: QueryPlan, order: readonly number[]): QueryPlan {
    return this.withTensors(plan, `order ${order}`, (tensors) =>
      mapped(tensors, (tensor) => {
        const width = tensor.data.length / order.length;
        const data = tensor.data.slice();
        order.forEach((from, to) => {
          for (let j = 0; j < width; j++) data[to * width + j] = tensor.data[from * width + j]!;
        });
        return { ...tensor, data };
      }),
    );
  }

  /** The plan with a NaN in the midst of an example, in its first channel. */
  spoilt(plan: QueryPlan, example: number): QueryPlan {
    return this.withTensors(plan, `spoilt ${example}`, ({ x, ...rest }) => {
      if (!x) return rest;
      const data = Float32Array.from(x.data);
      const width = data.length / (x.shape[0] ?? 1);
      const channels = x.shape.length > 2 ? (x.shape.at(-1) ?? 1) : width;
      data[example * width + channels * Math.floor(width / channels / 2)] = Number.NaN;
      return { ...rest, x: { ...x, dtype: 'F32', data } };
    });
  }

  /** The plan with all inputs multiplied. */
  scaled(plan: QueryPlan, factor: number): QueryPlan {
    return this.withTensors(plan, `times ${factor}`, ({ x, ...rest }) =>
      x ? { ...rest, x: { ...x, dtype: 'F32', data: Float32Array.from(x.data, (v) => factor * v) } } : rest,
    );
  }

  /** The plan with the stored numbers as float32. */
  asFloats(plan: QueryPlan): QueryPlan {
    return this.scaled(plan, 1);
  }

  private withTensors(
    plan: QueryPlan,
    what: string,
    change: (tensors: Readonly<Record<string, NamedTensor>>) => Record<string, NamedTensor>,
  ): QueryPlan {
    const { data } = plan;
    if (!data) return plan;
    const splits = data.manifest.splits.map((split) => {
      const bytes = readFileSync(path.join(this.folders.blobs, blobPath(split.blob)));
      return {
        ...split,
        blob: this.folders.put(encodeSafetensors(change(decodeSafetensors(bytes).tensors))),
      };
    });
    const manifest = { ...data.manifest, hash: `${data.manifest.hash} ${what}`, splits };
    return { ...plan, id: `${plan.id} ${what}`, data: { ...data, manifest } };
  }

  private model(name: string): Promise<StoredModel> {
    return remembered(this.models, name, async () => {
      const file = path.join(ZOO, 'models', `${name}.keras`);
      const { manifest, weights } = await importModel([upload(file)], this.context);
      const tensors = weights.map((w) => ({
        name: w.name,
        shape: [...w.shape],
        blob: this.folders.put(readFileSync(w.file)),
      }));
      return { manifest, checkpoint: { hash: `zoo ${name}`, tensors } };
    });
  }

  private dataset(name: string): Promise<DatasetManifest> {
    return remembered(this.datasets, name, async () => {
      const file = dataFile(name);
      const { kind: _, splits, ...manifest } = await importDataset([upload(file)], this.context);
      const stored = await Promise.all(
        splits.map(async (split) => ({
          name: split.name,
          size: split.size,
          blob: this.folders.put(await readFile(split.file)),
        })),
      );
      return {
        ...manifest,
        hash: `zoo ${name}`,
        shape: [...manifest.shape],
        range: manifest.range && [...manifest.range],
        classes: [...manifest.classes],
        columns: [...manifest.columns],
        warnings: [...manifest.warnings],
        splits: stored,
      };
    });
  }
}

function mapped<T>(all: Readonly<Record<string, T>>, change: (one: T) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(all).map(([name, one]) => [name, change(one)]));
}

const upload = (file: string) => ({ name: path.basename(file), path: file, bytes: statSync(file).size });

function remembered<T>(known: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = known.get(key) ?? make();
  known.set(key, found);
  return found;
}
