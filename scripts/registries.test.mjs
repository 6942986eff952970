import { describe, expect, it } from 'vitest';
import { FOLDER_REGISTRIES, folderRegistryText, REGISTRIES, registryText } from './setup/registries.mjs';

describe('a registry of files', () => {
  const [functions] = REGISTRIES;
  it('holds each file under the word that it stands for, and neither tests nor itself', () => {
    const text = registryText(functions, [
      'top.ts',
      'class-means.ts',
      'top.test.ts',
      'registry.generated.ts',
    ]);
    expect(text).toContain("import { method as method_class_means } from './class-means.ts';");
    expect(text).toContain('  class_means: method_class_means,\n  top: method_top,\n');
    expect(text.match(/^import \{ method/gm)).toHaveLength(2);
  });
});

describe('a registry of folders', () => {
  const [lenses, fixtures] = FOLDER_REGISTRIES;
  const texts = {
    stats: 'export const stats: LensSpec = {\n};\n',
    'entropy-bars': "import x from 'y';\nexport const entropyBars: LensSpec = {\n};\n",
    'before-after': 'export const beforeAfter: LensSpec = {\n};\n',
    shared: null,
  };
  const textOf = (name) => texts[name];
  it('holds what each folder with the file exports: a lens is a folder, and nothing else is to be changed', () => {
    const text = folderRegistryText(lenses, Object.keys(texts), textOf);
    expect(text).toContain("import { entropyBars } from './entropy-bars/index.tsx';");
    expect(text).toContain('export const REGISTRY: readonly LensSpec[] = [entropyBars, stats];');
    expect(text).not.toContain('beforeAfter');
  });
  it('tells folders apart that export the same name, and takes the fixtures of a lens from its folder', () => {
    const own = 'export const fixtures: readonly Fixture[] = [];\n';
    const text = folderRegistryText(fixtures, ['entropy-bars', 'stats', 'weights'], (name) =>
      name === 'stats' ? null : own,
    );
    expect(text).toContain("import { fixtures as fixtures_entropy_bars } from './entropy-bars/fixture.ts';");
    expect(text).toContain('= [fixtures_entropy_bars, fixtures_weights];');
  });
});
