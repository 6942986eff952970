/**
 * Finds what people are told and no test asserts: every refusal (a UserError, or what an importer's helpers throw) and
 * every warning of core/ and server/ is a sentence, and some test file must hold a piece of it.
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseSync } from '@swc/core';
import { sourceFiles } from './files.mjs';
import { isTest } from './import-rules.mjs';

/** Calls whose text arguments reach people, beside whatever is thrown. */
const SPEAKERS =
  /^(UserError|AlgebraError|SafetensorsError|invalid|unsupported|refusal|refused|need|problem|fail|fault)$/;
/** What is thrown for developers: an invariant that holds unless the code is wrong. Progress is told, not asserted. */
const INVARIANTS = /^(Error|RangeError|TypeError|step)$/;
/** Names of what holds warnings: `warnings.push(...)`, `warnings: [...]`, `const warnings = [...]`. */
const WARNINGS = /^(warnings?|caveats|notes|told|said)$/;
/** Folders whose every text is told to whoever imports: what was found, proposed, left out or refused. */
const TELLING = /^(core\/preprocessing|server\/compute\/formats)\//;
/** Letters and digits that a piece must have in common with a test. */
const PIECE = 16;

const nameOf = (node) =>
  node?.type === 'Identifier'
    ? node.value
    : node?.type === 'MemberExpression'
      ? nameOf(node.property)
      : node?.type === 'ParenthesisExpression'
        ? nameOf(node.expression)
        : '';

/** Literal pieces of every sentence below a node: what a template or a sum puts together is one sentence. */
function sentencesBelow(node, found) {
  if (Array.isArray(node)) for (const item of node) sentencesBelow(item, found);
  else if (node && typeof node === 'object') {
    if (node.type === 'ImportDeclaration' || INVARIANTS.test(nameOf(node.callee))) return;
    const at = node.span?.start;
    const inner = [];
    const pieces = piecesOf(node, inner);
    if (pieces) found.push({ pieces, at });
    for (const value of pieces ? inner : Object.values(node)) sentencesBelow(value, found);
  }
}

/** The literal pieces that a text is put together from, null for what is no text; `inner` takes the values between. */
function piecesOf(node, inner) {
  if (node.type === 'StringLiteral') return [node.value];
  if (node.type === 'TemplateLiteral') {
    inner.push(...node.expressions);
    return node.quasis.map((quasi) => quasi.cooked ?? quasi.raw);
  }
  if (node.type !== 'BinaryExpression' || node.operator !== '+') return null;
  const sides = [node.left, node.right].map((side) => {
    const pieces = piecesOf(side, inner);
    if (!pieces) inner.push(side);
    return pieces;
  });
  return sides[0] || sides[1] ? sides.flatMap((pieces) => pieces ?? []) : null;
}

/** Whether the text below a node is told to people. */
function speaks(node) {
  if (node.type === 'ThrowStatement') return !INVARIANTS.test(nameOf(node.argument.callee));
  if (node.type === 'KeyValueProperty') return WARNINGS.test(nameOf(node.key));
  if (node.type === 'VariableDeclarator') return WARNINGS.test(nameOf(node.id));
  if (node.type !== 'NewExpression' && node.type !== 'CallExpression') return false;
  const { callee } = node;
  return (
    SPEAKERS.test(nameOf(callee)) ||
    (callee.type === 'MemberExpression' &&
      nameOf(callee.property) === 'push' &&
      WARNINGS.test(nameOf(callee.object)))
  );
}

/** Every sentence that a source text tells, with its line; `all`: every text of it but those for developers. */
export function sentencesOf(text, all = false) {
  const tree = parseSync(text, { syntax: 'typescript', tsx: false, target: 'es2022' });
  // Places count from the first module that this process has parsed, and in bytes.
  const bytes = Buffer.from(text);
  const found = [];
  const walk = (node) => {
    if (Array.isArray(node)) for (const item of node) walk(item);
    else if (node && typeof node === 'object') {
      if (speaks(node)) sentencesBelow(node, found);
      else for (const value of Object.values(node)) walk(value);
    }
  };
  if (all) sentencesBelow(tree.body, found);
  else walk(tree.body);
  const begin = tree.span.start;
  return found
    .filter(({ pieces }) => pieces.some((piece) => /\S \S+ \S/.test(piece)))
    .map(({ pieces, at }) => ({
      pieces,
      line: bytes
        .subarray(0, at - begin)
        .toString()
        .split('\n').length,
    }));
}

/** Letters and digits in lower case, single spaces: an escaped character in a pattern is that character. */
const plain = (text) =>
  text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();

/** Whether any stretch of PIECE characters of a sentence (or one whole piece, where all are shorter) is in the tests. */
function isAsserted(pieces, tests) {
  const texts = pieces.map(plain).filter((piece) => piece.length > 0);
  const long = texts.filter((piece) => piece.length >= PIECE);
  if (long.length === 0) return texts.some((piece) => piece.length > 5 && tests.includes(piece));
  return long.some((piece) => {
    for (let at = 0; at + PIECE <= piece.length; at++)
      if (tests.includes(piece.slice(at, at + PIECE))) return true;
    return false;
  });
}

/** One line for each sentence that no test asserts. */
export function unassertedSentences(root) {
  const files = sourceFiles(root).filter((file) => /^(core|server)\//.test(file) && file.endsWith('.ts'));
  const read = (file) => readFileSync(path.join(root, file), 'utf8');
  const tests = plain(
    sourceFiles(root)
      .filter((file) => isTest(file))
      .map(read)
      .join('\n'),
  );
  return files
    .filter((file) => !isTest(file) && !file.endsWith('/testing.ts'))
    .flatMap((file) =>
      sentencesOf(read(file), TELLING.test(file))
        .filter(({ pieces }) => !isAsserted(pieces, tests))
        .map(({ pieces, line }) => `${file}:${line}: ${pieces.join('…')}`),
    );
}
