/** The demo's data sets, stored from the files beside the models: every split that the file has, with its columns. */
import { access, readFile } from 'node:fs/promises';
import path from 'node:path';
import { decodeSafetensors, encodeSafetensors, type NamedTensor } from '../../../core/result/index.ts';
import type { ProjectRow } from '../../store/contract.ts';
import type { App } from '../app/app.ts';
import { projectChanged } from '../app/changed.ts';
import { datasetManifest } from '../datasets/datasets.ts';

const SOURCE =
  'E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998, doi:10.24432/C50P49 (CC BY 4.0)';
const DATASETS = [
  { name: 'digits', splits: ['train', 'test'], citation: SOURCE },
  {
    name: 'suspect',
    splits: ['train', 'test', 'triggered'],
    citation: `${SOURCE}; contaminated on purpose by examples/digits/contaminate.ts`,
  },
] as const;
/** Pixels are 0 to 16. */
const SCALE = 16;
const SHAPE = [8, 8, 1];

/** `folder` holds NAME.safetensors with tensors SPLIT.x, SPLIT.y and SPLIT.column.NAME; what is missing is left out. */
export async function seedDatasets(app: App, project: ProjectRow, folder: string): Promise<void> {
  for (const { name, splits, citation } of DATASETS) {
    const file = path.join(folder, `${name}.safetensors`);
    const there = await access(file).then(
      () => true,
      () => false,
    );
    if (!there || (await app.store.datasets.byName(project.id, name))) continue;
    const { tensors } = decodeSafetensors(await readFile(file));
    const stored: { name: string; size: number; blob: string }[] = [];
    const columns = new Set<string>();
    for (const split of splits) {
      const parts = partsOf(tensors, split);
      const size = parts.x?.shape[0];
      if (size === undefined || !parts.y) throw new Error(`${file} lacks the split ${split}`);
      for (const part of Object.keys(parts))
        if (part.startsWith('column.')) columns.add(part.slice('column.'.length));
      stored.push({ name: split, size, blob: await app.store.blobs.put(encodeSafetensors(parts)) });
    }
    const manifest = datasetManifest({
      ...{ shape: SHAPE, splits: stored, columns: [...columns], warnings: [] },
      ...{ dtype: 'U8', range: [0, SCALE], declaredScale: SCALE },
      classes: Array.from({ length: 10 }, (_, digit) => String(digit)),
    });
    await app.store.datasets.create({ projectId: project.id, name, manifest, citation });
    projectChanged(app, project.id);
  }
}

/** The tensors of one split, by their names within it. */
function partsOf(tensors: Readonly<Record<string, NamedTensor>>, split: string): Record<string, NamedTensor> {
  const own = Object.entries(tensors).filter(([name]) => name.startsWith(`${split}.`));
  return Object.fromEntries(own.map(([name, tensor]) => [name.slice(split.length + 1), tensor]));
}
