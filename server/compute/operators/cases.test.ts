/** Every operator against what the onnx package computes, with gradients, on both backends. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UserError } from '../../../core/errors/index.ts';
import { type Backend, loadBackend } from '../backend/backend.ts';
import { BACKENDS } from '../testing/engines.ts';
import { COMMITTED_CASES, differences, gradientDifferences, readCases } from './testing/cases.ts';

/** Another folder than the committed one: INTERLAYER_ONNX_CASES, as make_cases.py writes it. */
const cases = readCases(process.env.INTERLAYER_ONNX_CASES ?? COMMITTED_CASES);
const byOperator = new Map<string, typeof cases>();
for (const one of cases) byOperator.set(one.operator, [...(byOperator.get(one.operator) ?? []), one]);

/** Of the committed cases, operators of which any is refused by name; all of the others are computed, whole. */
const REFUSED = new Set([
  ...['ArrayFeatureExtractor', 'Binarizer', 'LabelEncoder', 'TreeEnsemble'],
  ...['FlexAttention', 'Adagrad', 'Adam'],
  ...['Momentum', 'Bernoulli', 'BitCast', 'DeformConv', 'ImageDecoder', 'MelWeightMatrix'],
  ...[
    'RegexFullMatch',
    'StringConcat',
    'StringNormalizer',
    'StringSplit',
    'SwiGLU',
    'STFT',
    'TfIdfVectorizer',
  ],
  // To one side back; as in training; below version 7.
  ...['DFT', 'Dropout', 'Not'],
]);

describe.each(BACKENDS)('operators on %s', (name) => {
  let backend: Backend;
  let passed = 0;
  const refused: string[] = [];
  beforeAll(async () => {
    backend = await loadBackend(name);
  });
  afterAll(() => {
    console.log(`${name}: ${passed} passed, ${refused.length} not supported\n${refused.join('\n')}`);
  });

  it.each([...byOperator.keys()])('%s', (operator) => {
    const { tf } = backend;
    const before = tf.memory().numTensors;
    const refusedBefore = refused.length;
    const wrong = (byOperator.get(operator) ?? []).flatMap((one) => {
      try {
        const found = [...differences(tf, one), ...gradientDifferences(tf, one)];
        if (found.length === 0) passed++;
        return found.map((line) => `${one.name}: ${line}`);
      } catch (error) {
        if (error instanceof UserError && error.code === 'unsupported') {
          refused.push(`${one.name}: ${error.message}`);
          return [];
        }
        return [`${one.name}: ${error instanceof Error ? error.message : String(error)}`];
      }
    });
    expect(wrong).toEqual([]);
    if (!process.env.INTERLAYER_ONNX_CASES)
      expect(refused.length > refusedBefore, refused.slice(refusedBefore).join('\n')).toBe(
        REFUSED.has(operator),
      );
    expect(tf.memory().numTensors).toBe(before);
  });
});
