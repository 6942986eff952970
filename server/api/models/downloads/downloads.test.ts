/** What is downloaded is what was imported: opened again, it has the same graph, the same weights and the same answers. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ModelManifest } from '../../../../core/artifacts/index.ts';
import { decodeSafetensors } from '../../../../core/result/index.ts';
import { importModel } from '../../../compute/formats/index.ts';
import { predict, type Workbench, workbench } from '../../../compute/formats/testing/bench.ts';
import type { ModelOutcome } from '../../../compute/formats/topology/model.ts';
import { type Bench, startBench } from '../../testing/harness.ts';
import { type Cast, cast, furnish } from '../../testing/project.ts';
import { onnxFile, onnxRefusal } from './onnx.ts';
import { safetensorsFile } from './safetensors.ts';
import { tfjsFile, tfjsRefusal } from './tfjs.ts';
import type { WeightSource } from './weights.ts';

const COMPUTE = path.join(import.meta.dirname, '../../../compute');
let bench: Workbench;
let server: Bench;
let people: Cast;
beforeAll(async () => {
  bench = await workbench();
  server = await startBench();
  people = await cast(server);
  await furnish(server, people.project);
});
afterAll(() => server.close());

const imported = (file: string) => importModel([bench.existing(path.join(COMPUTE, file))], bench.context);

/** Files in place of blobs. */
function sourceOf({ manifest, weights }: ModelOutcome): WeightSource {
  const bytesOf = (file: string) => new Uint8Array(readFileSync(file));
  return {
    ...{ name: 'net', step: 3, manifest },
    tensors: weights.map(({ name, shape, file }) => ({ name, shape: [...shape], blob: file })),
    blobs: {
      read: async (file) => bytesOf(file),
      stream: async (file) => {
        const bytes = bytesOf(file);
        return { bytes: bytes.length, body: new Response(bytes).body ?? new ReadableStream() };
      },
    },
  };
}

async function whole(pieces: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(Uint8Array.from(piece));
  return Buffer.concat(all);
}
const numbersOf = ({ weights }: ModelOutcome) =>
  weights.map(({ name, shape, file }) => ({ name, shape, bytes: readFileSync(file).toString('base64') }));

test('weights as safetensors bear the names and numbers of the checkpoint', async () => {
  const outcome = await imported('goldens/convolutional.keras');
  const file = await whole(await safetensorsFile(sourceOf(outcome)));
  const { tensors, metadata } = decodeSafetensors(file);
  expect(metadata).toEqual({ format: 'pt', model: 'net', step: '3' });
  expect(
    Object.entries(tensors).map(([name, { shape, data }]) => ({
      ...{ name, shape },
      bytes: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
    })),
  ).toEqual(numbersOf(outcome));
});

test.each(['goldens/convolutional.keras', 'goldens/branched.keras', 'goldens/recurrent.keras'])(
  '%s as a model of TensorFlow.js is loaded by it as it is, and imported again',
  async (name) => {
    const outcome = await imported(name);
    expect(tfjsRefusal(outcome.manifest)).toBeNull();
    const zip = await whole(await tfjsFile(sourceOf(outcome)));
    const again = await importModel([bench.upload('net.zip', zip)], bench.context);
    expect(numbersOf(again)).toEqual(numbersOf(outcome));
    expect(again.manifest.graph.edges).toEqual(outcome.manifest.graph.edges);
    const entries = unzipSync(zip);
    const { tf } = bench;
    const json = JSON.parse(Buffer.from(entries['model.json'] ?? []).toString());
    const loaded = await tf.loadLayersModel(
      tf.io.fromMemory({
        modelTopology: json.modelTopology,
        weightSpecs: json.weightsManifest[0].weights,
        weightData: Uint8Array.from(entries['weights.bin'] ?? []).buffer,
      }),
    );
    const original = await bench.revive(outcome);
    const inputs = outcome.manifest.inputs.map(({ shape }) => {
      const sizes = [2, ...shape.slice(1).map((size) => size ?? 5)];
      return {
        shape: sizes,
        data: Array.from({ length: sizes.reduce((a, b) => a * b, 1) }, (_, i) => (i % 7) / 7),
      };
    });
    expect(predict(tf, loaded, inputs)).toEqual(predict(tf, original, inputs));
  },
);

test.each([
  'network/operators/goldens/row.onnx',
  'network/operators/goldens/picture.onnx',
  'network/operators/goldens/pooled.onnx',
  'formats/onnx/goldens/torch_dynamo.onnx',
  'formats/onnx/goldens/torch_script.onnx',
])('%s as ONNX is the same graph with the same weights', async (name) => {
  const outcome = await imported(name);
  expect(onnxRefusal(outcome.manifest)).toBeNull();
  const file = await whole(await onnxFile(sourceOf(outcome)));
  if (process.env.INTERLAYER_KEEP)
    writeFileSync(path.join(process.env.INTERLAYER_KEEP, path.basename(name)), file);
  const again = await importModel([bench.upload('net.onnx', file)], bench.context);
  expect(again.manifest.operators).toEqual(outcome.manifest.operators);
  expect(numbersOf(again)).toEqual(numbersOf(outcome));
});

test('what a format cannot hold is said', async () => {
  const layers = (await imported('goldens/convolutional.keras')).manifest;
  const { manifest } = await imported('network/operators/goldens/row.onnx');
  const { operators } = manifest;
  if (!operators) throw new Error('row.onnx became layers');
  const changed = (change: object): ModelManifest => ({
    ...manifest,
    operators: { ...operators, graph: { ...operators.graph, ...change } },
  });
  expect(onnxRefusal(layers)).toBe(
    'it is made of layers, not of operators; download it for TensorFlow.js or its weights as safetensors',
  );
  expect(onnxRefusal(changed({ nodes: [] }))).toBe(
    'it holds weights without a graph, and an ONNX file needs one; download them as safetensors',
  );
  expect(onnxRefusal(changed({ opsets: { tensorflow: 1 } }))).toBe(
    'it has operators of another vocabulary (onnx); download its weights as safetensors',
  );
  expect(onnxRefusal(changed({ weights: [{ name: 'w', type: 'float16', shape: [1] }] }))).toBe(
    'its weight w is float16 in the file and float32 here, so that it cannot be given back as it was; download its weights as safetensors',
  );
  expect(onnxRefusal(changed({ weights: [{ name: 'w', type: 'float32', shape: [2 ** 30] }] }))).toBe(
    'it has more than 2 GB of weights, and one ONNX file holds less; download its weights as safetensors',
  );
  expect(tfjsRefusal(manifest)).toBe(
    'it is a graph of operators (onnx), and a model of TensorFlow.js for download is one of layers; download it as ONNX or its weights as safetensors',
  );
  const own = { class_name: 'ResetAfterGRU', name: 'gru', config: {} };
  expect(tfjsRefusal({ ...layers, topology: { config: { layers: [own] } } })).toBe(
    'its layer gru needs ResetAfterGRU, which TensorFlow.js does not have or computes otherwise; download its weights as safetensors',
  );
});

test('numbers that an ONNX file cannot be given back are refused before a byte is sent', async () => {
  const outcome = await imported('network/operators/goldens/row.onnx');
  const { manifest } = outcome;
  if (!manifest.operators) throw new Error('row.onnx became layers');
  const { graph } = manifest.operators;
  const weights = [{ name: 'n', type: 'int64' as const, shape: [1] }];
  const cut = new Uint8Array(Int32Array.of(2 ** 31 - 1).buffer);
  const source: WeightSource = {
    ...sourceOf(outcome),
    manifest: { ...manifest, operators: { ...manifest.operators, graph: { ...graph, weights } } },
    tensors: [{ name: 'n', shape: [1], blob: '' }],
  };
  await expect(onnxFile({ ...source, blobs: { ...source.blobs, read: async () => cut } })).rejects.toThrow(
    'The weight n has whole numbers of 64 bits, which were cut to 32 bits when the model was imported, so that they cannot be given back; use the file that it was imported from.',
  );
  const eight = [{ name: 'x', type: 'float8e5m2' as const, shape: [1] }];
  const odd = { ...manifest, operators: { ...manifest.operators, graph: { ...graph, inputs: eight } } };
  await expect(onnxFile({ ...sourceOf(outcome), manifest: odd })).rejects.toThrow(
    'The tensor x is float8e5m2, which is not written to ONNX files; download the weights as safetensors.',
  );
});

test('a viewer downloads, a stranger does not, and refusals come with their reason', async () => {
  const base = `projects/${people.project.slug}/models/net`;
  const { body } = await people.viewer.ask('GET', `${base}/downloads`);
  expect(body).toMatchObject([
    { format: 'safetensors', refused: null },
    { format: 'tfjs' },
    { format: 'onnx' },
  ]);
  const response = await fetch(`${server.base}/${base}/download?as=safetensors&step=0`, {
    headers: people.viewer.headers,
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="net-0.safetensors"');
  expect(Object.keys(decodeSafetensors(new Uint8Array(await response.arrayBuffer())).tensors)).toHaveLength(
    1,
  );
  expect((await fetch(`${server.base}/${base}/download?as=safetensors`)).status).toBe(401);
  const refused = await people.viewer.ask('GET', `${base}/download?as=onnx`);
  expect(refused).toMatchObject({ status: 415, body: { error: { code: 'unsupported' } } });
  expect(await people.viewer.ask('GET', `${base}/download?as=onnx&step=9`)).toMatchObject({
    body: { error: { code: 'not_found', message: 'No step 9 of net; it has 0.' } },
  });
});
