/** Values of tensors that lie in files beside the model. */
import { baseName, invalid, type SourceFile } from '../files/context.ts';
import { listed } from '../files/numbers.ts';
import type { GraphMessage, ModelMessage, NodeMessage, TensorMessage } from './messages.ts';
import { isLarge, openThin } from './thin.ts';

export interface External {
  /** A view of the values. Throws UserError. */
  bytesOf(tensor: TensorMessage, name: string): Buffer;
}

type Thin = Awaited<ReturnType<typeof openThin>>;

/** A file as a buffer of its length; large values may not be in it. */
export interface Content {
  readonly file: SourceFile;
  readonly bytes: Buffer;
}

/** For a file that stands alone. */
export const noExternal = (file: string): External => ({
  bytesOf(_, name) {
    throw invalid(file, `the values of ${name} are in another file, which was not sent`);
  },
});

/**
 * Opens each file that tensors of the model name, and reads what is small. A file is one of those that were sent: beside the model under its
 * path, or of the same name, as browsers drop folders.
 */
export async function openExternal(
  model: ModelMessage,
  file: SourceFile,
  all: readonly SourceFile[],
): Promise<{ external: External; used: readonly Content[] }> {
  const contents = new Map<string, Thin>();
  const used = new Map<SourceFile, string>();
  const read: Content[] = [];
  const missing: string[] = [];
  for (const location of locationsOf(model)) {
    const found = find(location, file, all);
    if (found === null) {
      missing.push(location);
      continue;
    }
    const other = used.get(found);
    if (other !== undefined)
      throw invalid(
        file.name,
        `its files ${other} and ${location} have the same name, and one was sent; send a zip with their folders`,
      );
    used.set(found, location);
    const content = await openThin(found);
    contents.set(location, content);
    read.push({ file: found, bytes: content.bytes });
  }
  if (missing.length > 0)
    throw invalid(
      file.name,
      `its weights are in ${listed(missing)}, which ${missing.length === 1 ? 'was' : 'were'} not sent; send all of its files at once, or a zip of them`,
    );
  return {
    external: { bytesOf: (tensor, name) => cut(contents, tensor, name, file.name) },
    used: read,
  };
}

function cut(
  contents: ReadonlyMap<string, Thin>,
  { external, dataType }: TensorMessage,
  name: string,
  file: string,
): Buffer {
  const location = external.get('location') ?? '';
  const content = contents.get(location);
  if (!content) throw invalid(file, `the tensor ${name} does not say in which file its values are`);
  const { bytes } = content;
  const offset = Number(external.get('offset') ?? 0);
  const length = Number(external.get('length') ?? bytes.length - offset);
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0)
    throw invalid(
      file,
      `the place of the tensor ${name} in ${location} is not one: offset ${external.get('offset')}, length ${external.get('length')}`,
    );
  if (offset + length > bytes.length)
    throw invalid(
      file,
      `the tensor ${name} ends at byte ${offset + length} of ${location}, which has ${bytes.length} bytes; the file is of another model, or is cut off`,
    );
  if (!isLarge(length, dataType)) content.part(offset, offset + length);
  return bytes.subarray(offset, offset + length);
}

function find(location: string, model: SourceFile, all: readonly SourceFile[]): SourceFile | null {
  const others = all.filter((file) => file !== model);
  const folder = model.name.slice(0, model.name.length - baseName(model.name).length);
  const exact = others.find(({ name }) => name === folder + location.replace(/^\.\//, ''));
  if (exact) return exact;
  const alike = others.filter(({ name }) => baseName(name) === baseName(location));
  if (alike.length > 1)
    throw invalid(
      model.name,
      `${alike.length} files are named ${baseName(location)}; send the model's own folder only`,
    );
  return alike[0] ?? null;
}

/** Of all tensors of the model, those in subgraphs and functions too. */
function locationsOf(model: ModelMessage): ReadonlySet<string> {
  const found = new Set<string>();
  const tensor = (each: TensorMessage | null) => {
    const location = each?.external.get('location') ?? '';
    if (each?.isExternal && location !== '') found.add(location);
  };
  const nodes = (list: readonly NodeMessage[]): void => {
    for (const { attributes } of list)
      for (const attribute of attributes) {
        tensor(attribute.tensor);
        tensor(attribute.sparse?.values ?? null);
        tensor(attribute.sparse?.indices ?? null);
        if (attribute.graph) graph(attribute.graph);
      }
  };
  const graph = (each: GraphMessage): void => {
    each.initializers.forEach(tensor);
    for (const { values, indices } of each.sparse) [values, indices].forEach(tensor);
    nodes(each.nodes);
  };
  if (model.graph) graph(model.graph);
  for (const each of model.functions) {
    nodes(each.nodes);
    for (const { tensor: value } of each.defaults) tensor(value);
  }
  return found;
}
