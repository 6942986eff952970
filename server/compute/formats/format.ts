/** What a file of models/ or data/ exports; how its files are known is in its row (core/formats). */
import type { RawDataset } from './datasets/dataset.ts';
import type { ImportContext, SourceFile } from './files/context.ts';
import type { RawOperators } from './operators/model.ts';
import type { RawParameters } from './parameters/model.ts';
import type { RawModel } from './topology/model.ts';

export interface FoundModel {
  readonly model: RawModel | RawOperators | RawParameters;
  /** The files that the model is: what else was sent is of no use to it. Null: all are its parts. */
  readonly parts: readonly SourceFile[] | null;
}

export interface ModelFormat {
  /** The model among the files, null where there is none of this format. `upload`: name of what was sent. Throws UserError. */
  read(files: readonly SourceFile[], upload: string): Promise<FoundModel | null>;
}

export interface DataFormat {
  /** `files`: those of the format; all that were sent, where it takes all. `folders` also has the empty ones. Throws UserError. */
  read(files: readonly SourceFile[], folders: readonly string[], context: ImportContext): Promise<RawDataset>;
}
