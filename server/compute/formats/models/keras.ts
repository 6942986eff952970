/**
 * Keras models. `.h5` (Keras 1 to 3): architecture in the attribute model_config, weights in model_weights by layer.
 * `.keras` (Keras 3): a zip of config.json, metadata.json and model.weights.h5, weights by class and position of layer.
 */
import { z } from 'zod';
import { aboutOf, trainingFacts } from '../files/about.ts';
import {
  extension,
  invalid,
  placeOrContent,
  type SourceFile,
  secondModel,
  unsupported,
} from '../files/context.ts';
import { type Hdf5File, headOf, looksLikeHdf5, openHdf5 } from '../files/hdf5.ts';
import { parseFileJson } from '../files/json.ts';
import { openZip } from '../files/zip.ts';
import type { ModelFormat } from '../format.ts';
import { snake } from '../layers/activations.ts';
import { type LayerSpec, type Network, parseArchitecture } from '../topology/architecture.ts';
import type { SourceWeight } from '../topology/assign.ts';
import type { RawModel } from '../topology/model.ts';

export const format: ModelFormat = {
  async read(files, upload) {
    if (isKerasArchive(files)) return { model: await readKerasEntries(files, upload), parts: null };
    const archive = onlyOf(files, 'keras');
    if (archive) return { model: await readKerasFile(archive), parts: [archive] };
    const h5 = onlyOf(files, 'h5', 'hdf5');
    if (!h5) return null;
    const beside = await architectureBeside(files);
    const { model, whole } = await readH5(h5, beside);
    return { model, parts: beside && !whole ? [h5, beside.file] : [h5] };
  },
};

/** Null where there is none; throws UserError for several. */
function onlyOf(files: readonly SourceFile[], ...endings: readonly string[]): SourceFile | null {
  const [file, second] = files.filter(({ name }) => endings.includes(extension(name)));
  if (file && second) throw secondModel(second, file);
  return file ?? null;
}

/** An architecture in a file of its own, as model.to_json() gives it. */
interface Architecture {
  readonly file: SourceFile;
  readonly json: Readonly<Record<string, unknown>>;
}

const MAX_JSON = 64 * 2 ** 20;
const MAX_JSON_FILES = 100;
const architectureSchema = z.looseObject({
  class_name: z.enum(['Sequential', 'Functional', 'Model']),
  config: z.unknown(),
  keras_version: z.string().nullish(),
});

/** Of several that could be meant, none is taken: throws UserError. */
async function architectureBeside(files: readonly SourceFile[]): Promise<Architecture | null> {
  const found: Architecture[] = [];
  const texts = files.filter(({ name, bytes }) => extension(name) === 'json' && bytes <= MAX_JSON);
  for (const file of texts.slice(0, MAX_JSON_FILES)) {
    const written = parseFileJson((await file.read()).toString('utf8'), file.name);
    // json.dump(model.to_json()) writes a text of a text.
    const inner = typeof written === 'string' ? parseFileJson(written, file.name) : written;
    const json = architectureSchema.safeParse(inner);
    if (json.success) found.push({ file, json: json.data });
  }
  const [first, second] = found;
  if (first && second) throw secondModel(second.file, first.file);
  return first ?? null;
}

/** A whole model in one HDF5 file, or the weights of an architecture that lies beside it. */
async function readH5(
  file: SourceFile,
  beside: Architecture | null,
): Promise<{ model: RawModel; whole: boolean }> {
  const h5 = await openHdf5(await placeOrContent(file), file.name);
  const config = h5.text('', 'model_config');
  if (config === null) return { model: weightsAlone(h5, file, beside), whole: false };
  const version = h5.text('', 'keras_version') ?? '';
  const root = h5.keys('model_weights') ? 'model_weights/' : '';
  const training = trainingOf(h5);
  const model: RawModel = {
    format: 'keras',
    file: file.name,
    architecture: parseFileJson(config, file.name, 'model_config'),
    keras3: version.startsWith('3.'),
    training,
    about: aboutOf({
      producer: ['Keras', version],
      versions: [['backend', h5.text('', 'backend')]],
      training: trainingFacts(training),
    }),
    weights: listedWeights(h5, root, file.name),
  };
  return { model, whole: true };
}

/** model.save_weights(): Keras 1 and 2 list the layers, Keras 3 counts them. */
function weightsAlone(h5: Hdf5File, { name }: SourceFile, beside: Architecture | null): RawModel {
  const counted = ['layers', '_layer_checkpoint_dependencies'].some((key) => h5.keys('')?.includes(key));
  if (!counted && !h5.texts('', 'layer_names'))
    throw invalid(name, 'it has no attribute model_config, so it is not a Keras model');
  if (!beside)
    throw unsupported(
      name,
      'it holds weights only, without the architecture; send the architecture (model.to_json(), as a .json file) together with it, or save the whole model: model.save("name.keras")',
    );
  const { file, json } = beside;
  const version = architectureSchema.parse(json).keras_version ?? h5.text('', 'keras_version');
  return {
    format: 'keras',
    file: file.name,
    architecture: json,
    keras3: version ? version.startsWith('3.') : 'module' in json,
    weights: counted
      ? new KerasWeights(h5, name).ofNetwork(parseArchitecture(json, file.name), '', [])
      : listedWeights(h5, '', name),
  };
}

/** `root` is '' or ends in a slash. */
function listedWeights(h5: Hdf5File, root: string, file: string): SourceWeight[] {
  const layers = h5.texts(root.slice(0, -1), 'layer_names');
  if (!layers)
    throw invalid(file, 'it lists no layers (layer_names in model_weights); it was not saved to the end');
  return layers.flatMap((layer) => layerWeights(h5, `${root}${layer}`, layer, file));
}

/** How it was compiled; what cannot be read tells nothing. */
function trainingOf(h5: Hdf5File): unknown {
  try {
    return parseFileJson(h5.text('', 'training_config') ?? 'null', 'training_config');
  } catch {
    return null;
  }
}

function layerWeights(h5: Hdf5File, group: string, layer: string, file: string): SourceWeight[] {
  const names = h5.texts(group, 'weight_names');
  if (!names) throw invalid(file, `the weights of the layer ${layer} are missing (${group})`);
  return names.map((name) => {
    const tensor = h5.tensor(`${group}/${name}`);
    if (!tensor) throw invalid(file, `the tensor ${name} of the layer ${layer} is missing`);
    return { name, shape: tensor.shape, layer: [layer], read: () => tensor.data };
  });
}

/** True for the entries of a `.keras` file. */
function isKerasArchive(files: readonly SourceFile[]): boolean {
  const names = new Set(files.map(({ name }) => name));
  return names.has('config.json') && (names.has('model.weights.h5') || names.has('metadata.json'));
}

/** `file` is the archive, unopened. */
async function readKerasFile(file: SourceFile): Promise<RawModel> {
  const content = await placeOrContent(file);
  // Keras 2 wrote HDF5 under this name too.
  if (looksLikeHdf5(Buffer.isBuffer(content) ? content : await headOf(content)))
    return (await readH5(file, null)).model;
  // An archive within an archive is not one by itself.
  const whole = Buffer.isBuffer(content) || content.offset > 0 ? await file.read() : content.path;
  const archive = await openZip(whole, file.name);
  try {
    return await readKerasEntries(archive.files, file.name);
  } finally {
    archive.close();
  }
}

/** The archive's entries, for one that came under another name. */
async function readKerasEntries(files: readonly SourceFile[], archive: string): Promise<RawModel> {
  const find = (name: string): SourceFile => {
    const found = files.find((file) => file.name === name);
    if (!found)
      throw invalid(
        archive,
        `it holds ${
          files
            .slice(0, 6)
            .map((file) => file.name)
            .join(', ') || 'nothing'
        }, but no ${name}; a .keras file holds config.json and model.weights.h5`,
      );
    return found;
  };
  const entry = (name: string): Promise<Buffer> => find(name).read();
  const config = parseFileJson((await entry('config.json')).toString('utf8'), archive, 'config.json');
  const network = parseArchitecture(config, archive);
  const h5 = await openHdf5(await placeOrContent(find('model.weights.h5')), `${archive}/model.weights.h5`);
  const weights = new KerasWeights(h5, archive).ofNetwork(network, '', []);
  const training = compiledSchema.safeParse(config).data?.compile_config;
  // Keras 2.12 to 2.15 wrote archives too, and computed a few functions otherwise.
  const told = files.some(({ name }) => name === 'metadata.json')
    ? parseFileJson((await entry('metadata.json')).toString('utf8'), archive, 'metadata.json')
    : {};
  const metadata = metadataSchema.safeParse(told).data;
  const keras3 = !/^[12]\./.test(metadata?.keras_version ?? '3.');
  const about = aboutOf({
    producer: ['Keras', metadata?.keras_version],
    training: trainingFacts(training),
    metadata: [['saved', metadata?.date_saved]],
  });
  return { format: 'keras', file: archive, architecture: config, keras3, weights, training, about };
}

const metadataSchema = z.object({ keras_version: z.string().optional(), date_saved: z.string().optional() });
const compiledSchema = z.object({ compile_config: z.unknown().optional() });

/** Groups below a layer's own that hold the weights of what it wraps, in Keras' order. */
const PARTS = [
  ...['cell', 'layer', 'forward_layer', 'backward_layer'],
  ...['query_dense', 'key_dense', 'gate_dense', 'value_dense', 'output_dense'].flatMap((name) => [
    name,
    `_${name}`,
  ]),
];

class KerasWeights {
  constructor(
    private readonly h5: Hdf5File,
    private readonly file: string,
  ) {}

  /** `group` is the HDF5 group of the model with a slash at its end, '' for the outermost. */
  ofNetwork(network: Network, group: string, path: readonly string[]): SourceWeight[] {
    const layers = `${group}${this.h5.keys(`${group}layers`) ? 'layers' : '_layer_checkpoint_dependencies'}`;
    const stored = new Set(this.h5.keys(layers) ?? []);
    const byName = new Map<string, string>();
    for (const key of stored) {
      const name = this.h5.text(`${layers}/${key}/vars`, 'name');
      if (name !== null) byName.set(name, key);
    }
    const used = new Map<string, number>();
    return network.layers.flatMap((layer) => {
      // Keras counts the layers of each class in the order of the model: dense, dense_1, ...
      const kind = snake(layer.within ?? layer.className);
      const count = used.get(kind) ?? 0;
      used.set(kind, count + 1);
      const counted = count === 0 ? kind : `${kind}_${count}`;
      const key = byName.get(layer.name) ?? (byName.size === 0 && stored.has(counted) ? counted : undefined);
      return key === undefined ? [] : this.ofLayer(layer, `${layers}/${key}`, [...path, layer.name]);
    });
  }

  private ofLayer(layer: LayerSpec, group: string, path: readonly string[]): SourceWeight[] {
    if (!layer.inner) return this.variables(group, path, 0);
    const inside = layer.className === 'TimeDistributed' ? `${group}/layer/` : `${group}/`;
    return this.ofNetwork(layer.inner, inside, path);
  }

  private variables(group: string, path: readonly string[], depth: number): SourceWeight[] {
    const out: SourceWeight[] = [];
    const count = this.h5.keys(`${group}/vars`)?.length ?? 0;
    for (let at = 0; at < count; at++) {
      const name = `${group}/vars/${at}`;
      const tensor = this.h5.tensor(name);
      if (!tensor) throw invalid(this.file, `the tensor ${name} of the layer ${path.join('/')} is missing`);
      out.push({ name, shape: tensor.shape, layer: path, read: () => tensor.data });
    }
    if (depth < 4) for (const part of PARTS) out.push(...this.variables(`${group}/${part}`, path, depth + 1));
    return out;
  }
}
