/** Walls of the server beside compute: store, sync and api (docs/decisions/0025). Rows as in import-rules.mjs. */

/** core/, what every part of the store is given, and these folders of server/store. */
const storeAnd = (...names) => [
  'core/',
  ...['contract.ts', 'rows.ts', 'context.ts', 'json.ts', 'blob-references.ts'].map(
    (file) => `server/store/${file}`,
  ),
  ...names.map((name) => `server/store/${name}/`),
];

/** What every part of the socket server says alike. */
const SYNC = [
  ...['contract.ts', 'processes.ts', 'messages.ts', 'limits.ts', 'rate-limit.ts', 'close-reasons.ts'],
  'retry.ts',
];

/** core/, what every part of the socket server says alike, and these folders of server/sync. */
const syncAnd = (...names) => [
  'core/',
  ...SYNC.map((file) => `server/sync/${file}`),
  ...names.map((name) => `server/sync/${name}/`),
];

/**
 * core/, what the parts of the server promise each other, and these folders of server/api. Compute is reached by its
 * client only, so that TensorFlow never loads in the web process.
 */
const apiAnd = (...names) => [
  ...['core/', 'server/store/contract.ts', 'server/sync/contract.ts'],
  ...['server/compute/client.ts', 'server/compute/contract.ts'],
  ...names.map((name) => `server/api/${name}/`),
];

export const SERVER_FOLDERS = [
  {
    from: 'server/store/database/',
    may: storeAnd('generated'),
    why: 'a database is opened, migrated and asked, whatever its rows mean',
  },
  {
    from: 'server/store/files/',
    may: storeAnd(),
    why: 'blobs and the lock of the data folder need no database',
  },
  {
    from: 'server/store/people/',
    may: storeAnd('database', 'files', 'generated'),
    why: 'an account stands without a project',
  },
  ...['artifacts', 'boards', 'threads'].map((nouns) => ({
    from: `server/store/${nouns}/`,
    may: storeAnd('database', 'files', 'generated'),
    why: 'rows of one kind are written and read without the others',
  })),
  {
    from: 'server/store/projects/',
    may: storeAnd('database', 'files', 'generated', 'people'),
    why: 'who may enter a project, and what goes with it, is said of accounts',
  },
  ...['index.ts', 'contract.ts', 'rows.ts', 'context.ts', 'json.ts', 'blob-references.ts'].map((door) => ({
    from: `server/store/${door}`,
    may: ['core/', 'server/store/'],
    why: 'the store knows rows, not use cases',
  })),
  {
    from: 'server/store/',
    may: [],
    why: 'a new folder of server/store says in scripts/server-rules.mjs what it may import, and why',
  },
  {
    from: 'server/sync/board/',
    may: ['core/', 'server/sync/rate-limit.ts'],
    why: 'the process that holds documents knows no socket and no journal',
  },
  {
    from: 'server/sync/document/',
    may: syncAnd('board'),
    why: 'an open board is loaded, served and saved for whoever is on it: it knows peers, not sockets',
  },
  {
    from: 'server/sync/connection/',
    may: syncAnd('board', 'document'),
    why: 'a socket serves one person on one document, and knows no other board',
  },
  ...['index.ts', 'server.ts', ...SYNC].map((door) => ({
    from: `server/sync/${door}`,
    may: ['core/', 'server/sync/'],
    why: 'storage and authorisation are injected into the socket server',
  })),
  {
    from: 'server/sync/',
    may: [],
    why: 'a new folder of server/sync says in scripts/server-rules.mjs what it may import, and why',
  },
  {
    from: 'server/api/settings/',
    may: ['core/'],
    why: 'settings, the data folder and the log are there before any part of the server',
  },
  {
    from: 'server/api/transport/',
    may: ['core/'],
    why: 'connections, headers and paths are looked at before anybody knows what is asked',
  },
  {
    from: 'server/api/app/',
    may: apiAnd('settings'),
    why: 'what every use case is given knows none of them',
  },
  {
    from: 'server/api/http/',
    may: apiAnd('app'),
    why: 'the router calls the routes that it is given, and knows no use case',
  },
  ...[
    ['boards', []],
    ['health', []],
    ['projects', []],
    ['threads', []],
    ['preprocessing', []],
    ['results', []],
    ['account', ['projects']],
    ['auth', ['settings', 'projects']],
    ['snapshots', ['threads']],
    ['models', ['preprocessing']],
    ['datasets', ['preprocessing', 'results']],
    ['runs', ['models']],
    ['queries', ['models', 'preprocessing', 'results']],
    ['demo', ['boards', 'models', 'datasets']],
  ].map(([noun, others]) => ({
    from: `server/api/${noun}/`,
    may: apiAnd('app', 'http', ...others),
    why: 'use cases of one noun stand alone; the few that call another noun’s are named in scripts/server-rules.mjs',
  })),
  ...['serve.ts', 'routes.ts', 'pages.ts'].map((door) => ({
    from: `server/api/${door}`,
    may: [...apiAnd(), 'server/api/', 'server/sync/index.ts'],
    why: 'use cases reach compute through its client only, so that TensorFlow never loads in the web process',
  })),
  {
    from: 'server/api/',
    may: [],
    why: 'a new folder of server/api says in scripts/server-rules.mjs what it may import, and why',
  },
];
