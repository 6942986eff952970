/** Every picture of this version: the tool or the question that makes it, its head, and the lens that draws it. */
export interface LensCase {
  readonly query: string;
  readonly title: string;
  readonly lens: string;
  /** What a person reads in it when it is right. */
  readonly says: string | RegExp;
}

const on = 'from digits-cnn@20(digits.test)';
const at = 'from digits-cnn@20(digits.test[8])';
export const LENS_CASES: readonly LensCase[] = [
  {
    query: 'select graph() from digits-cnn@20',
    title: 'digits-cnn@20 · architecture',
    lens: 'Architecture',
    says: '9 layers',
  },
  {
    query: `select activation(conv2d_1) ${at}`,
    title: 'conv2d_1 · activations · digits.test[8]',
    lens: 'Feature maps',
    says: '16 units, 8 × 8 pixels',
  },
  {
    query: `select activation(dense_1) ${at}`,
    title: 'dense_1 · activations · digits.test[8]',
    lens: 'Unit activations',
    says: '32 units',
  },
  {
    query: `select histogram(dense_1) ${on}`,
    title: 'dense_1 · distribution · digits.test',
    lens: 'Distribution',
    says: /n\s=\s11\s488\svalues/,
  },
  {
    query: `select stats(dense_1) ${on}`,
    title: 'dense_1 · unit statistics · digits.test',
    lens: 'Unit statistics',
    says: '32 units',
  },
  {
    query: `select predict() ${at}`,
    title: 'digits-cnn@20 · prediction · digits.test[8]',
    lens: 'Prediction',
    says: '%',
  },
  {
    query: `select predict() ${on}`,
    title: 'digits-cnn@20 · prediction · digits.test',
    lens: 'Examples',
    says: 'Wrong only (5)',
  },
  {
    query: `select confusion() ${on}`,
    title: 'digits-cnn@20 · confusion · digits.test',
    lens: 'Confusion',
    says: 'accuracy 98.6 %',
  },
  {
    query: `select classmeans(logits) ${on}`,
    title: 'logits · units by class · digits.test',
    lens: 'Class means',
    says: '10 units × 10 classes',
  },
  {
    query: `select images() ${on} limit 50`,
    title: 'digits-cnn@20 · examples · digits.test',
    lens: 'Pictures',
    says: '50 examples, 8 × 8 pixels',
  },
  {
    query: 'select metrics() from digits-cnn',
    title: 'digits-cnn · training curves',
    lens: 'Metrics',
    says: '21 steps',
  },
  {
    query: `select units(dense_1) ${on} using pca(dims=3)`,
    title: 'dense_1 · neuron space · digits.test',
    lens: 'Neuron space',
    says: 'n = 32PCA',
  },
  {
    query: `select units(conv2d_2) ${on} using umap(dims=3, neighbours=5, seed=1)`,
    title: 'conv2d_2 · neuron space · digits.test',
    lens: 'Neuron space',
    says: 'n = 32UMAP',
  },
  {
    query: `select examples(dense_1) ${on} using pca(dims=3)`,
    title: 'dense_1 · example space · digits.test',
    lens: 'Example space',
    says: 'n = 359PCA',
  },
  {
    query: `select examples(logits) ${on} using umap(dims=3, neighbours=15, seed=1)`,
    title: 'logits · example space · digits.test',
    lens: 'Example space',
    says: 'n = 359UMAP',
  },
];

const two = 'from digits-cnn@20(digits.test[9])';
/** The pictures of the query algebra: evidence, joins, rankings, weights, similarity, and answers before and after a change. */
export const ALGEBRA_CASES: readonly LensCase[] = [
  {
    query: `select * ${at}`,
    title: 'digits-cnn@20 · attribution · digits.test[8]',
    lens: 'Attribution',
    says: /f\(x\).*sum.*gap/,
  },
  {
    query: `select * ${at} left join (select * ${two})`,
    title:
      'digits-cnn@20 · attribution · digits.test[8] · against digits-cnn@20 · attribution · digits.test[9]',
    lens: 'Attribution',
    says: 'left more than right',
  },
  {
    query: `select conv2d_1 ${at} using gradient_x_input`,
    title: 'conv2d_1 · attribution by gradient_x_input · digits.test[8]',
    lens: 'Attributed maps',
    says: '16 units',
  },
  {
    query: `select dense_1 ${at} join (select dense_1 ${two})`,
    title: 'dense_1 · attribution · digits.test[8] · shared with dense_1 · attribution · digits.test[9]',
    lens: 'Attributed units',
    says: 'distance',
  },
  {
    query: `select * ${on} using gradient limit 12`,
    title: 'digits-cnn@20 · attribution by gradient · digits.test',
    lens: 'Attributed examples',
    says: '12 examples',
  },
  {
    query: `select top(conv2d_1#3, 9) ${on}`,
    title: 'conv2d_1#3 · top examples · digits.test',
    lens: 'Ranked examples',
    says: '9 examples by activation of conv2d_1#3',
  },
  {
    query: `select neighbours(dense_1, 5) ${on}`,
    title: 'dense_1 · neighbours · digits.test',
    lens: 'Neighbour agreement',
    says: '5 nearest at dense_1',
  },
  {
    query: 'select weights(conv2d_2) from digits-cnn@20',
    title: 'conv2d_2 · weights',
    lens: 'Weights',
    says: 'Conv2D kernel',
  },
  {
    query: `select similarity() ${on}`,
    title: 'digits-cnn@20 · similarity · digits.test',
    lens: 'Similarity',
    says: 'linear CKA of layers',
  },
  {
    query: `select classmetrics() ${on}`,
    title: 'digits-cnn@20 · class metrics · digits.test',
    lens: 'Class metrics',
    says: 'macro F1',
  },
  {
    query: `select calibration() ${on}`,
    title: 'digits-cnn@20 · calibration · digits.test',
    lens: 'Calibration',
    says: 'ECE',
  },
  {
    query: 'select count() from digits-cnn@20(digits.test[label = 7])',
    title: 'digits-cnn@20 · count · digits.test[label = 7]',
    lens: 'Count',
    says: 'of 359 examples',
  },
  {
    query: `select predict() ${at} with fgsm(0.3)`,
    title: 'digits-cnn@20 · prediction · digits.test[8] · with fgsm(0.3)',
    lens: 'Before and after',
    says: '→',
  },
  {
    query: `select confusion() ${on} with ablate(conv2d_1#3)`,
    title: 'digits-cnn@20 · confusion · digits.test · with ablate(conv2d_1#3)',
    lens: 'Before and after',
    says: 'accuracy 98.6 % →',
  },
  {
    query: `select activation(conv2d_1) ${at} with ablate(conv2d_1#3)`,
    title: 'conv2d_1 · activations · digits.test[8] · with ablate(conv2d_1#3)',
    lens: 'Before and after',
    says: 'largest change',
  },
  {
    query: `select stats(conv2d_1) ${on} with scale(conv2d_1#3, 2)`,
    title: 'conv2d_1 · unit statistics · digits.test · with scale(conv2d_1#3, 2)',
    lens: 'Before and after',
    says: 'conv2d_1#3 moves most',
  },
];
