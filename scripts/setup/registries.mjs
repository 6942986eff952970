#!/usr/bin/env node
/**
 * Writes `registry.generated.ts` beside the files of each folder that is a registry: a table of its files by name, whose
 * type says that each word of the language has its file, and each file its word. Plain Node, instant, written only where
 * the list has changed: `node scripts/setup/registries.mjs`. What it writes is not committed.
 */
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
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
  {
    folder: 'server/compute/operators/families',
    exports: 'operators',
    imports: ["import type { Operator } from '../contract.ts';"],
    type: 'Readonly<Record<string, readonly Operator[]>>',
  },
];

/**
 * Folders of folders: of each folder that has the file, what the file exports. `exported`: how its name is found in the
 * text.
 */
export const FOLDER_REGISTRIES = [
  {
    folder: 'components/lenses',
    generated: GENERATED,
    file: 'index.tsx',
    // It draws what the others draw, twice.
    except: ['before-after'],
    exported: /^export const (\w+): LensSpec = /m,
    imports: ["import type { LensSpec } from './contract.ts';"],
    type: 'readonly LensSpec[]',
  },
  {
    folder: 'components/lenses',
    generated: 'fixtures.generated.ts',
    file: 'fixture.ts',
    except: [],
    exported: /^export const (\w+): readonly Fixture\[\] = /m,
    imports: ["import type { Fixture } from './fixtures/make.ts';"],
    type: 'readonly (readonly Fixture[])[]',
  },
];

/** The text of a registry of folders; `textOf` gives the file's text, null where the folder has none. */
export function folderRegistryText({ file, except, exported, imports, type }, folders, textOf) {
  const own = [...folders].sort().flatMap((name) => {
    const [, found] = (except.includes(name) ? null : textOf(name))?.match(exported) ?? [];
    return found === undefined ? [] : [{ name, found }];
  });
  const alias = ({ name, found }) =>
    own.some((one) => one.name !== name && one.found === found)
      ? `${found}_${name.replaceAll('-', '_')}`
      : found;
  return [
    `// Written by scripts/setup/registries.mjs from the folders beside it that hold ${file}.`,
    ...imports,
    ...own.map((one) => {
      const as = alias(one);
      return `import { ${one.found}${as === one.found ? '' : ` as ${as}`} } from './${one.name}/${file}';`;
    }),
    '',
    `export const REGISTRY: ${type} = [${own.map(alias).join(', ')}];`,
    '',
  ].join('\n');
}

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
export function writeRegistries(root, registries = REGISTRIES, ofFolders = FOLDER_REGISTRIES) {
  const write = (folder, generated, text) => {
    const file = path.join(root, folder, generated);
    if (existsSync(file) && readFileSync(file, 'utf8') === text) return [];
    // Whole or not at all: another process may be reading it.
    const aside = `${file}.${process.pid}`;
    writeFileSync(aside, text);
    renameSync(aside, file);
    return [folder];
  };
  return [
    ...registries.flatMap((registry) =>
      write(
        registry.folder,
        GENERATED,
        registryText(registry, readdirSync(path.join(root, registry.folder))),
      ),
    ),
    ...ofFolders.flatMap((registry) => {
      const folder = path.join(root, registry.folder);
      const text = folderRegistryText(registry, readdirSync(folder), (name) => {
        const file = path.join(folder, name, registry.file);
        return existsSync(file) ? readFileSync(file, 'utf8') : null;
      });
      return write(registry.folder, registry.generated, text);
    }),
  ];
}

const root = fileURLToPath(new URL('../..', import.meta.url));
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const written = writeRegistries(root);
  console.log(
    written.length > 0 ? `Wrote the registries of ${written.join(', ')}.` : 'Registries are up to date.',
  );
}
