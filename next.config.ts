import type { NextConfig } from 'next';

/** Next serves pages only: the interface of the server is in server/api, the headers are set by server/api/serve.ts. */
const config: NextConfig = {
  poweredByHeader: false,
  // Only next-auth's settings come from the server's folder; nothing that holds state may be bundled with pages.
  serverExternalPackages: ['pino', '@prisma/client', 'ws', 'busboy'],
  // Imports carry their extension; the type check and the linter are steps of their own.
  typescript: { ignoreBuildErrors: true },
};
export default config;
