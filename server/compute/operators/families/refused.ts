/** Operators that are known and not computed, each with its reason. */
import { UserError } from '../../../../core/errors/index.ts';
import type { Operator } from '../contract.ts';

const RANDOM = 'draws random numbers, which no answer can be checked against; export the model for inference';
const TEXT =
  'works on texts, which have no gradient; prepare them before the model, and export it from its numbers on';

const REASONS: Readonly<Record<string, string>> = {
  Bernoulli: RANDOM,
  Multinomial: RANDOM,
  RandomNormal: RANDOM,
  RandomNormalLike: RANDOM,
  RandomUniform: RANDOM,
  RandomUniformLike: RANDOM,
  RegexFullMatch: TEXT,
  StringConcat: TEXT,
  StringNormalizer: TEXT,
  StringSplit: TEXT,
  TfIdfVectorizer: TEXT,
  ImageDecoder: 'decodes a file of a picture; give the model the picture itself',
};

export const operators: readonly Operator[] = Object.entries(REASONS).map(([onnx, reason]) => ({
  onnx,
  units: 'kept',
  types: () => [null],
  apply: (_, { name }) => {
    throw new UserError('unsupported', `the operator ${onnx} (node ${name}) ${reason}`);
  },
}));
