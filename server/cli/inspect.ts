/** `interlayer inspect`: a model's files looked at without a server. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { UserError } from '../../core/errors/index.ts';
import { loadBackend } from '../compute/backend/backend.ts';
import { type Inspection, inspect } from '../compute/inspect.ts';
import { CommandError } from './connection.ts';
import { filesAt, modelFilesAt } from './model-files.ts';
import { Usage } from './usage.ts';

/** Prints the inspection; throws CommandError for a model that cannot be opened or does not run. */
export async function inspectFiles(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      data: { type: 'string', multiple: true },
      json: { type: 'boolean', default: false },
    },
  });
  if (positionals.length === 0) throw new Usage('Which model? No file was given.');
  const model = (
    await Promise.all(positionals.map(positionals.length === 1 ? modelFilesAt : filesAt))
  ).flat();
  const data = values.data ? (await Promise.all(values.data.map(filesAt))).flat() : null;
  const spool = await mkdtemp(path.join(os.tmpdir(), 'interlayer-inspect-'));
  const asked = process.env.INTERLAYER_BACKEND;
  try {
    const backend = await loadBackend(asked === 'wasm' || asked === 'native' ? asked : 'auto');
    const found = await inspect(backend, { model, data, spool });
    console.log(values.json ? JSON.stringify(found, null, 2) : inWords(found));
    for (const warning of found.warnings) console.error(`warning: ${warning}`);
  } catch (error) {
    if (error instanceof UserError) throw new CommandError(error.message);
    throw error;
  } finally {
    await rm(spool, { recursive: true, force: true });
  }
}

const shapeText = (shape: readonly (number | null)[]): string =>
  `[${shape.map((size) => size ?? '?').join(', ')}]`;
const short = (value: number): string =>
  Number.isFinite(value) ? String(Number(value.toPrecision(4))) : '-';

/** What the file says of itself, a line each. */
function aboutInWords(about: Inspection['about']): string[] {
  if (!about) return [];
  const facts = [...about.versions, ...about.training, ...about.metadata];
  return [
    ...(about.producer ? [`written by ${about.producer}`] : []),
    ...facts.map(({ name, value }) => `${name}: ${value}`),
  ];
}

function inWords(found: Inspection): string {
  const ports = (all: Inspection['inputs']) =>
    all.map(({ name, shape }) => `${name} ${shapeText(shape)}`).join(', ');
  const rows = [
    [
      'layer',
      'type',
      'output',
      'parameters',
      'FLOPs',
      'mean',
      'deviation',
      'least',
      'largest',
      'zeros',
      'silent units',
    ],
    ...found.layers.map(({ name, type, outputShape, params, flops, output }) => [
      ...[name, type, shapeText(outputShape), String(params), flops === null ? '?' : String(flops)],
      ...(output
        ? [
            ...[output.mean, output.deviation, output.least, output.largest].map(short),
            ...[`${Math.round(output.zeros * 100)} %`, String(output.silent)],
          ]
        : ['-', '-', '-', '-', '-', '-']),
    ]),
  ];
  const widths = rows[0]?.map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0))) ?? [];
  const table = rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const { examples, data } = found.given;
  const unknown = found.layers.filter(({ flops }) => flops === null).length;
  const flops = found.layers.reduce((sum, layer) => sum + (layer.flops ?? 0), 0);
  return [
    `${found.model}: ${found.format}, ${found.layers.length} layers, ${found.params} parameters`,
    `${flops} FLOPs for one example${unknown > 0 ? ` and those of ${unknown} layers that are not known` : ''}`,
    ...aboutInWords(found.about),
    `takes ${ports(found.inputs)}; puts out ${ports(found.outputs)}`,
    ...['', ...table, ''],
    `It ran on ${data === null ? `${examples} examples of made-up numbers` : `the first ${examples} examples of ${data}`} (${found.engine}).`,
  ].join('\n');
}
