/**
 * Who may import whom. First match wins; a folder may always import from itself. Type imports count.
 * Each row says why, so that whoever runs into it knows which door to take instead.
 */

import { SERVER_FOLDERS } from './server-rules.mjs';

/** core/ and these folders of components. */
const coreAnd = (...names) => ['core/', ...names.map((name) => `components/${name}/`)];

/** core/, what crosses the process border, TensorFlow.js as a type, and these folders of server/compute. */
const computeAnd = (...names) => [
  ...['core/', 'server/compute/contract.ts', 'server/compute/tf.ts'],
  ...names.map((name) => `server/compute/${name}/`),
];

/** `may`: folders of ours. */
export const FOLDERS = [
  ...[
    ['dictionary', [], 'each word of the language is one row, and knows no text and no project'],
    ['syntax', ['dictionary'], 'text and tree: nothing of a project is known here'],
    ['project', ['dictionary', 'syntax'], 'what a project and a model’s record tell'],
    ['meaning', ['dictionary', 'syntax', 'project'], 'names as they mean in a project'],
    ['check', ['dictionary', 'syntax', 'project', 'meaning'], 'what is wrong, told from what names mean'],
  ].map(([floor, below, why]) => ({
    from: `core/algebra/${floor}/`,
    may: [
      ...['core/address/', 'core/errors/', 'core/result/', 'core/preprocessing/'],
      ...below.map((name) => `core/algebra/${name}/`),
    ],
    why,
  })),
  {
    from: 'core/',
    may: [],
    why: 'core is the language of the product: pure, no input or output, nothing of ours below it',
  },
  {
    from: 'server/compute/numerics/',
    may: computeAnd(),
    why: 'arithmetic on plain arrays knows no model and no question',
  },
  {
    from: 'server/compute/layers/',
    may: computeAnd(),
    why: 'what a layer of ours computes stands alone',
  },
  {
    from: 'server/compute/operators/',
    may: computeAnd(),
    why: 'what an operator computes stands alone, whichever format its node came from',
  },
  {
    from: 'server/compute/masks/',
    may: computeAnd(),
    why: 'how masks pass through layers is said without a model',
  },
  {
    from: 'server/compute/backend/',
    may: computeAnd('layers'),
    why: 'TensorFlow.js and its kernels know no model and no question',
  },
  {
    from: 'server/compute/formats/',
    may: computeAnd('layers', 'masks', 'operators'),
    why: 'files become models and data sets; nobody runs them here',
  },
  {
    from: 'server/compute/network/',
    may: computeAnd('layers', 'masks', 'operators', 'formats', 'numerics'),
    why: 'a model runs node by node, whoever asks',
  },
  {
    from: 'server/compute/data/',
    may: computeAnd('numerics'),
    why: 'examples are rows of a data set, whatever a model says of them',
  },
  {
    from: 'server/compute/inference/',
    may: computeAnd('data', 'network', 'numerics'),
    why: 'what a model says of examples is the same for every question',
  },
  {
    from: 'server/compute/measures/',
    may: computeAnd('data', 'network', 'inference', 'numerics'),
    why: 'measures compare numbers; which question they answer is said above',
  },
  {
    from: 'server/compute/slices/',
    may: computeAnd('data', 'network', 'inference', 'measures', 'numerics'),
    why: 'what a slice holds is decided before a question is answered',
  },
  {
    from: 'server/compute/changes/',
    may: computeAnd('data', 'network', 'inference', 'numerics'),
    why: 'a change acts on a model or its input, whatever is asked then',
  },
  {
    from: 'server/compute/methods/',
    may: computeAnd('data', 'network', 'inference', 'measures', 'slices', 'numerics'),
    why: 'a method answers one function, and knows neither caches nor processes',
  },
  {
    from: 'server/compute/process/',
    may: computeAnd('backend'),
    why: 'what both ends of the process border say knows neither end',
  },
  {
    from: 'server/compute/pool/',
    may: computeAnd('backend', 'inference', 'methods', 'process'),
    why: 'the pool runs in the web process: it starts workers and never computes',
  },
  {
    from: 'server/compute/engine/',
    may: computeAnd('backend', 'data', 'network', 'inference', 'slices', 'changes', 'methods', 'process'),
    why: 'the engine answers questions within one process, and knows no pool',
  },
  {
    from: 'server/compute/zoo/',
    may: ['core/', 'server/compute/'],
    why: 'the zoo asks the whole engine, in tests',
  },
  ...['client.ts', 'contract.ts', 'worker.ts', 'inspect.ts', 'tf.ts'].map((door) => ({
    from: `server/compute/${door}`,
    may: ['core/', 'server/compute/'],
    why: 'the doors of compute: what the server imports, what crosses to a worker, the worker itself, and one look at a model',
  })),
  {
    from: 'server/compute/',
    may: [],
    why: 'a new folder of server/compute says in scripts/import-rules.mjs what it may import, and why',
  },
  ...SERVER_FOLDERS,
  {
    from: 'server/',
    may: ['core/', 'server/', 'scripts/'],
    why: 'main.ts and cli.ts put the server together',
  },
  { from: 'components/ui/', may: [], why: 'primitives know nothing of the product' },
  {
    from: 'components/scene/pointing/',
    may: ['components/scene/projection.ts', 'components/scene/types.ts'],
    why: 'what a pointer hits is found without drawing',
  },
  { from: 'components/scene/', may: ['core/'], why: 'three.js without React' },
  {
    from: 'components/lenses/shared/result/',
    may: ['core/', 'components/ui/format.ts', 'components/lenses/contract.ts'],
    why: 'what a result says is read without drawing',
  },
  {
    from: 'components/lenses/shared/',
    may: ['core/', 'components/ui/', 'components/lenses/contract.ts', 'components/lenses/options.ts'],
    why: 'what lenses share knows none of them',
  },
  {
    from: 'components/lenses/',
    may: coreAnd('ui', 'scene'),
    why: 'a lens gets a result and emits events; it fetches nothing and knows no board',
  },
  {
    from: 'components/state/project/',
    may: ['core/', 'components/state/api.ts'],
    why: 'what a project holds is the same without a board',
  },
  {
    from: 'components/state/session/',
    may: ['core/', 'components/state/api.ts'],
    why: 'the session has the document and its socket; what is done to the board is written above it',
  },
  {
    from: 'components/state/questions/',
    may: ['core/', 'components/state/api.ts', 'components/state/project/'],
    why: 'questions are asked with and without a board',
  },
  {
    from: 'components/state/edits/',
    may: ['core/', 'components/state/session/'],
    why: 'an edit goes to the document of an open board, and to nothing else',
  },
  { from: 'components/state/', may: ['core/'], why: 'the session knows no panel' },
  {
    from: 'components/canvas/',
    may: coreAnd('ui', 'state'),
    why: 'frames, pointers and what is in sight: the canvas knows neither views nor notes',
  },
  {
    from: 'components/actions/',
    may: coreAnd('lenses', 'state'),
    why: 'what several panels do alike knows none of them',
  },
  {
    from: 'components/query/text/',
    may: coreAnd('ui', 'lenses'),
    why: 'what a text says needs no editor and no session',
  },
  {
    from: 'components/query/editor/',
    may: ['core/', 'components/ui/', 'components/query/text/', 'components/state/session/'],
    why: 'the editor writes into a shared text and tells what is pressed; what is done then is decided above it',
  },
  {
    from: 'components/query/',
    may: coreAnd('ui', 'lenses', 'state'),
    why: 'a query is written and changed alike over the canvas, in a view and in a dialog',
  },
  ...['import', 'invite', 'preprocessing', 'threads'].map((name) => ({
    from: `components/${name}/`,
    may: coreAnd('ui', 'state'),
    why: 'a part that several panels and pages show knows none of them',
  })),
  {
    from: 'components/marks/',
    may: coreAnd('ui', 'lenses', 'state', 'actions'),
    why: 'marks are made and listed without knowing who shows examples',
  },
  {
    from: 'components/slices/',
    may: coreAnd('ui', 'state', 'actions', 'marks'),
    why: 'slices are made of conditions and of marks, and opened as views',
  },
  {
    from: 'components/notes/',
    may: coreAnd('ui', 'state', 'canvas'),
    why: 'a note is text on the canvas',
  },
  {
    from: 'components/view/',
    may: coreAnd('ui', 'lenses', 'state', 'canvas', 'actions', 'query', 'marks'),
    why: 'a view is a query and its picture; it knows no panel beside the canvas',
  },
  {
    from: 'components/inspector/',
    may: coreAnd('ui', 'lenses', 'state', 'actions'),
    why: 'the panel of models and tools knows no other panel',
  },
  {
    from: 'components/details/',
    may: coreAnd('ui', 'lenses', 'state', 'actions', 'marks', 'preprocessing', 'threads'),
    why: 'the panel of facts knows no other panel',
  },
  {
    from: 'components/bar/',
    may: coreAnd('ui', 'state', 'marks', 'slices'),
    why: 'the bar of names and jobs knows no other panel',
  },
  {
    from: 'components/shell/',
    may: coreAnd('ui', 'state', 'threads'),
    why: 'what every page has at its head knows no page',
  },
  {
    from: 'components/board/',
    may: coreAnd(
      ...['ui', 'lenses', 'state', 'canvas', 'actions', 'query', 'import', 'invite', 'marks'],
      ...['slices', 'notes', 'view', 'inspector', 'details', 'bar', 'shell'],
    ),
    why: 'the page of a board puts the panels together and knows no other page',
  },
  ...['account', 'model', 'project', 'review', 'unit'].map((page) => ({
    from: `components/${page}/`,
    may: coreAnd('ui', 'state', 'shell', 'import', 'invite', 'threads', 'notes', 'view', 'details'),
    why: 'a page knows no other page, and no open board',
  })),
  {
    from: 'components/',
    may: [],
    why: 'a new folder of components says in scripts/import-rules.mjs what it may import, and why',
  },
  { from: 'app/', may: ['core/', 'components/', 'server/api/'], why: 'routes and composition only' },
  {
    from: 'e2e/',
    may: ['core/', 'server/api/testing/socket.ts'],
    why: 'end-to-end tests use the product as people do, or as a script at its socket',
  },
  { from: 'examples/', may: ['core/'], why: 'examples stand alone' },
];

/**
 * Where imports between sibling folders run one way, at every depth, and where no folder is a heap. A cycle is mended by
 * moving what both sides need into a folder below them.
 */
export const ORDERED = ['core', 'server', 'components', 'app', 'e2e', 'bench', 'examples', 'scripts'];

/** Source modules side by side in one folder, tests not counted. */
export const MAX_MODULES = 15;

/** Folders with more: lists in which a module is found by its name alone. */
export const LISTS = [
  { folder: 'components/ui', why: 'one primitive a file, each called as people call it' },
  {
    folder: 'server/compute/methods/functions',
    why: 'each file answers the function of the language whose name it bears',
  },
  {
    folder: 'server/compute/operators/families',
    why: 'each file is a family of operators that are looked for by what they do to a tensor',
  },
  { folder: 'e2e', why: 'one story a file, numbered' },
];

/** Packages with one importer. */
export const PACKAGES = [
  {
    package: /^@tensorflow\//,
    only: ['server/compute/', 'examples/', 'bench/'],
    why: 'TensorFlow.js is imported by server/compute only',
  },
  {
    package: /^(@prisma\/|prisma$)/,
    only: ['server/store/', 'prisma/'],
    why: 'Prisma is imported by server/store only',
  },
  {
    package: /^three($|\/)/,
    only: ['components/scene/'],
    why: 'three.js is imported by components/scene only',
  },
  {
    package: /^(react|react-dom|next|next-auth)($|\/)/,
    only: ['app/', 'components/', 'server/api/', 'server/main.ts', 'next.config.ts', 'bench/'],
    why: 'core and the lower floors of the server know no web framework',
  },
];

/** Tests may reach further: they put real parts together. */
export const isTest = (file) => /\.test\.(ts|tsx|mjs)$/.test(file) || file.includes('/testing/');
