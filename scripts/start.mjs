/** `npm start`: everything from a fresh clone to a running app. */
import { ensureBuild, ensureGenerated } from './setup/build.mjs';
import { main } from './setup/node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { attach, bin } from './setup/run.mjs';
import { ensureTensorFlow } from './setup/tensorflow.mjs';

await main(async () => {
  const development = process.argv.includes('--dev');
  await ensurePackages();
  const backend = await ensureTensorFlow();
  await ensureGenerated();
  const env = { INTERLAYER_BACKEND: backend, NEXT_TELEMETRY_DISABLED: '1', TF_CPP_MIN_LOG_LEVEL: '2' };
  if (development)
    return attach(
      process.execPath,
      [bin('tsx/dist/cli.mjs'), 'watch', '--clear-screen=false', 'server/main.ts', '--dev'],
      {
        env: { ...env, NODE_ENV: 'development' },
      },
    );
  await ensureBuild();
  return attach(process.execPath, ['--enable-source-maps', 'build/server.mjs'], {
    env: { ...env, NODE_ENV: 'production' },
  });
});
