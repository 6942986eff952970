/**
 * Checks the import walls (import-rules.mjs) and the absence of cycles, type imports included. Source files are parsed
 * with swc; specifiers are relative, or start with `@/` for the root.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from '@swc/core';
import { sourceFiles } from './files.mjs';
import { FOLDERS, isTest, PACKAGES } from './import-rules.mjs';

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
