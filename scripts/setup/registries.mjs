#!/usr/bin/env node
/**
 * Writes `registry.generated.ts` beside the files of each folder that is a registry: a table of its files by name, whose
 * type says that each word of the language has its file, and each file its word. Plain Node, instant, written only where
 * the list has changed: `node scripts/setup/registries.mjs`. What it writes is not committed.
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const GENERATED = 'registry.generated.ts';

/**
 * `exports`: what each file exports. `type`: of the table, with what is to be imported for it; a word without a file, and
 * a file without a word, is an error of types.
 */
export const REGISTRIES = [
  {
    folder: 'server/compute/methods/functions',
    exports: 'method',
    imports: [
      "import type { FunctionName } from '../../../../core/algebra/index.ts';",
      "import type { Method } from '../method.ts';",
    ],
    type: "Readonly<Record<FunctionName | 'attribution', Method>>",
  },
  {
    folder: 'server/compute/methods/attribution/methods',
    exports: 'method',
    imports: [
      "import type { ComputedMethod } from '../../../../../core/algebra/index.ts';",
      "import type { AttributionMethod } from '../game.ts';",
    ],
    type: "Readonly<Record<ComputedMethod<'attribution'>, AttributionMethod>>",
  },
  {
    folder: 'server/compute/changes/kinds',
    exports: 'change',
    imports: ["import type { ChangeActions } from '../action.ts';"],
    type: 'ChangeActions',
  },
  {
    folder: 'server/compute/formats/models',
    exports: 'format',
    imports: [
      "import type { ModelFormatName } from '../../../../core/formats/index.ts';",
      "import type { ModelFormat } from '../format.ts';",
    ],
    type: 'Readonly<Record<ModelFormatName, ModelFormat>>',
  },
  {
    folder: 'server/compute/formats/data',
    exports: 'format',
    imports: [
      "import type { DataFormatName } from '../../../../core/formats/index.ts';",
      "import type { DataFormat } from '../format.ts';",
    ],
    type: 'Readonly<Record<DataFormatName, DataFormat>>',
  },
];

/** The word that a file stands for: `gradient-x-input.ts` for gradient_x_input. */
export const wordOf = (file) => file.replace(/\.ts$/, '').replaceAll('-', '_');

/** The text of a folder's registry. */
export function registryText({ exports, imports, type }, files) {
  const own = files
    .filter((file) => /\.ts$/.test(file) && !/\.test\.ts$/.test(file) && file !== GENERATED)
    .sort();
  const alias = (file) => `${exports}_${wordOf(file)}`;
  return [
    '// Written by scripts/setup/registries.mjs from the files beside it.',
    ...imports,
    ...own.map((file) => `import { ${exports} as ${alias(file)} } from './${file}';`),
    '',
    'export const REGISTRY = {',
    ...own.map((file) => `  ${wordOf(file)}: ${alias(file)},`),
    `} as const satisfies ${type};`,
    '',
  ].join('\n');
}

/** Writes those that have changed; gives their folders. */
export function writeRegistries(root, registries = REGISTRIES) {
  return registries.flatMap((registry) => {
    const folder = path.join(root, registry.folder);
    const file = path.join(folder, GENERATED);
    const text = registryText(registry, readdirSync(folder));
    if (existsSync(file) && readFileSync(file, 'utf8') === text) return [];
    writeFileSync(file, text);
    return [registry.folder];
  });
}

const root = fileURLToPath(new URL('../..', import.meta.url));
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const written = writeRegistries(root);
  console.log(
    written.length > 0 ? `Wrote the registries of ${written.join(', ')}.` : 'Registries are up to date.',
  );
}
