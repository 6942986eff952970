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
