/** What clauses, targets, columns and other words of the language mean, in a sentence or two. */

import { namesOf } from './values.ts';

export const CLAUSES = {
  select:
    'What is asked: * (the input’s features), a layer, a unit (layer#7), or a function such as activation(layer).',
  from: 'The model, and in brackets what it is given: an example, a split or a slice.',
  for: 'What is explained: the probability of a class, a logit, the loss or a unit. Without it, the predicted class.',
  using: 'The method that computes the answer, with its parameters. What is not written keeps its default.',
  where:
    'A window of the input, [x1, y1, x2, y2] in pixels: only its features are looked at, all others are held at the baseline.',
  with: 'What if: changes of the model or the input, applied in the order written. The answer shows before and after.',
  join: 'What both sides share: where their signs agree the smaller of the two, elsewhere zero.',
  'left join': 'What sets the left side apart from the right: left minus right, zero where they agree.',
  'order by': 'Puts the examples in order of a column or of a unit’s activation; desc for the largest first.',
  limit: 'At most so many examples.',
} as const;
export type Clause = keyof typeof CLAUSES;

/** Clauses that may follow the model, in the order of the canonical form. */
export const FOLLOWING = namesOf(CLAUSES).filter((clause) => clause !== 'select' && clause !== 'from');

export const TARGETS = {
  class: 'The probability of a class.',
  logit: 'The score of a class before the last softmax or sigmoid.',
  loss: 'How surprised the model is at the true label: minus the logarithm of its probability.',
  unit: 'The mean activation of a unit, as in unit conv2d_1#3.',
} as const;

export const OPERANDS = {
  distance: {
    signature: 'distance(layer, example)',
    summary: 'Euclidean distance of the layer’s outputs to those for another example.',
  },
  agreement: {
    signature: 'agreement(layer, k)',
    summary: 'Share of the k nearest others, by the layer’s outputs, that have the same label.',
  },
  in: { signature: 'column in [a, b, ...]', summary: 'One of the values listed.' },
} as const;

export const BOUND: Readonly<Record<string, string>> = {
  f: 'The board’s model.',
  x: 'The board’s selected example.',
  "x'": 'The board’s second example.',
  data: 'The board’s split or slice.',
};
