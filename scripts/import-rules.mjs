/**
 * Who may import whom. First match wins; a folder may always import from itself. Type imports count.
 * Each row says why, so that whoever runs into it knows which door to take instead.
 */

/** `may`: folders of ours. */
export const FOLDERS = [
  {
    from: 'core/',
    may: [],
    why: 'core is the language of the product: pure, no input or output, nothing of ours below it',
  },
  { from: 'server/compute/', may: ['core/'], why: 'compute runs in a process of its own' },
  { from: 'server/store/', may: ['core/'], why: 'the store knows rows, not use cases' },
  {
    from: 'server/sync/',
    may: ['core/'],
    why: 'storage and authorisation are injected into the socket server',
  },
  {
    from: 'server/api/',
    may: ['core/', 'server/store/', 'server/sync/', 'server/compute/client.ts', 'server/compute/contract.ts'],
    why: 'use cases reach compute through its client only, so that TensorFlow never loads in the web process',
  },
  {
    from: 'server/',
    may: ['core/', 'server/', 'scripts/'],
    why: 'main.ts and cli.ts put the server together',
  },
  { from: 'components/ui/', may: [], why: 'primitives know nothing of the product' },
  { from: 'components/scene/', may: ['core/'], why: 'three.js without React' },
  {
    from: 'components/lenses/',
    may: ['core/', 'components/ui/', 'components/scene/'],
    why: 'a lens gets a result and emits events; it fetches nothing and knows no board',
  },
  { from: 'components/state/', may: ['core/'], why: 'the session knows no panel' },
  {
    from: 'components/',
    may: ['core/', 'components/'],
    why: 'panels reach the server through components/state only',
  },
  { from: 'app/', may: ['core/', 'components/', 'server/api/'], why: 'routes and composition only' },
  {
    from: 'e2e/',
    may: ['core/', 'server/api/testing/socket.ts'],
    why: 'end-to-end tests use the product as people do, or as a script at its socket',
  },
  { from: 'examples/', may: ['core/'], why: 'examples stand alone' },
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
