/**
 * Checks the import walls (import-rules.mjs), the absence of cycles between files and between folders, type imports
 * included, and that no folder is a heap. Source files are parsed with swc; specifiers are relative, or start with `@/`
 * for the root.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from '@swc/core';
import { sourceFiles } from './files.mjs';
import { FOLDERS, isTest, LISTS, MAX_MODULES, ORDERED, PACKAGES } from './import-rules.mjs';

/** Every module that a source text names: import, export from, import(), import types. */
export function specifiersOf(text, tsx) {
  const found = [];
  const tree = parseSync(text, { syntax: 'typescript', tsx, target: 'es2022' });
  const walk = (node) => {
    if (Array.isArray(node)) {
      for (const item of node) walk(item);
      return;
    }
    if (!node || typeof node !== 'object') return;
    if (/^(Import|ExportNamed|ExportAll)Declaration$/.test(node.type) && node.source)
      found.push(node.source.value);
    else if (node.type === 'TsImportType') found.push(node.argument.value);
    else if (node.type === 'CallExpression' && node.callee.type === 'Import') {
      const argument = node.arguments[0]?.expression;
      if (argument?.type === 'StringLiteral') found.push(argument.value);
    }
    for (const value of Object.values(node)) if (value && typeof value === 'object') walk(value);
  };
  walk(tree.body);
  return [...new Set(found)];
}

function resolve(root, from, specifier) {
  const base = specifier.startsWith('@/')
    ? specifier.slice(2)
    : path.posix.join(path.posix.dirname(from), specifier);
  for (const end of ['', '.ts', '.tsx', '.mjs', '/index.ts', '/index.tsx'])
    if (existsSync(path.join(root, base + end)) && statSync(path.join(root, base + end)).isFile())
      return base + end;
  return base;
}

/** One line for each broken rule. */
export function checkImports(root) {
  const problems = [];
  const graph = new Map();
  for (const file of sourceFiles(root)) {
    const targets = [];
    for (const specifier of specifiersOf(readFileSync(path.join(root, file), 'utf8'), file.endsWith('x'))) {
      if (!/^(\.|@\/)/.test(specifier)) {
        if (isTest(file)) continue;
        for (const rule of PACKAGES)
          if (rule.package.test(specifier) && !rule.only.some((folder) => file.startsWith(folder)))
            problems.push(`${file} imports ${specifier}: ${rule.why}`);
        continue;
      }
      const target = resolve(root, file, specifier);
      targets.push(target);
      if (isTest(file)) continue;
      const rule = FOLDERS.find(({ from }) => file.startsWith(from));
      if (rule && !target.startsWith(rule.from) && !rule.may.some((folder) => target.startsWith(folder)))
        problems.push(`${file} imports ${target}: ${rule.why}`);
    }
    graph.set(file, targets);
  }
  for (const cycle of cycles(graph)) problems.push(`cycle: ${[...cycle, cycle[0]].join(' -> ')}`);
  return [...problems, ...folderCycles(graph), ...heaps([...graph.keys()])];
}

/**
 * One line for each folder whose entries import each other in a circle. An entry is a file of that folder, or a folder in
 * it with all that is below: imports between siblings run one way at every depth. Tests put parts together and don't count.
 */
export function folderCycles(graph, ordered = ORDERED) {
  /** By folder: its entries, and for each the entries that it imports from, with the import that shows it. */
  const levels = new Map();
  for (const [file, targets] of graph) {
    if (isTest(file)) continue;
    for (const target of targets) {
      const from = file.split('/');
      const to = target.split('/');
      let depth = 0;
      while (depth < from.length - 1 && from[depth] === to[depth]) depth++;
      const folder = from.slice(0, depth).join('/');
      if (depth === to.length || !ordered.some((root) => `${folder}/`.startsWith(`${root}/`))) continue;
      if (!levels.has(folder)) levels.set(folder, new Map());
      const entries = levels.get(folder);
      if (!entries.has(from[depth])) entries.set(from[depth], new Map());
      const seen = entries.get(from[depth]);
      if (!seen.has(to[depth])) seen.set(to[depth], `${file} imports ${target}`);
    }
  }
  const problems = [];
  for (const [folder, entries] of levels) {
    const siblings = new Map([...entries].map(([entry, imports]) => [entry, [...imports.keys()]]));
    for (const cycle of cycles(siblings)) {
      // Circles of files alone are reported as such already.
      if (cycle.every((entry) => graph.has(`${folder}/${entry}`))) continue;
      const shown = cycle.flatMap((entry) =>
        [...entries.get(entry)].filter(([to]) => cycle.includes(to)).map(([, line]) => line),
      );
      problems.push(`folders of ${folder}/ import each other: ${cycle.join(', ')} (${shown.join('; ')})`);
    }
  }
  return problems;
}

/** One line for each folder with so many modules side by side that nobody finds one. */
export function heaps(files, ordered = ORDERED, lists = LISTS, most = MAX_MODULES) {
  const modules = new Map();
  for (const file of files) {
    if (isTest(file) || !ordered.some((root) => file.startsWith(`${root}/`))) continue;
    const folder = path.posix.dirname(file);
    modules.set(folder, (modules.get(folder) ?? 0) + 1);
  }
  const problems = [...modules]
    .filter(([folder, count]) => count > most && !lists.some((list) => list.folder === folder))
    .map(
      ([folder, count]) =>
        `${folder} holds ${count} modules side by side, more than ${most}: split it into folders of one idea each, or say in LISTS (scripts/import-rules.mjs) by what order its modules are found`,
    );
  for (const { folder } of lists)
    if (modules.has(folder) && modules.get(folder) <= most)
      problems.push(`${folder} is small enough: take it out of LISTS (scripts/import-rules.mjs)`);
  return problems;
}

/** Strongly connected components of more than one file, or a file that imports itself (Tarjan 1972). */
export function cycles(graph) {
  const index = new Map();
  const low = new Map();
  const stack = [];
  const open = new Set();
  const found = [];
  const visit = (node) => {
    index.set(node, index.size);
    low.set(node, index.get(node));
    stack.push(node);
    open.add(node);
    for (const next of graph.get(node) ?? []) {
      if (!graph.has(next)) continue;
      if (!index.has(next)) {
        visit(next);
        low.set(node, Math.min(low.get(node), low.get(next)));
      } else if (open.has(next)) low.set(node, Math.min(low.get(node), index.get(next)));
    }
    if (low.get(node) !== index.get(node)) return;
    const component = [];
    for (let last; last !== node; ) {
      last = stack.pop();
      open.delete(last);
      component.push(last);
    }
    if (component.length > 1 || graph.get(node)?.includes(node)) found.push(component.reverse());
  };
  for (const node of graph.keys()) if (!index.has(node)) visit(node);
  return found;
}
