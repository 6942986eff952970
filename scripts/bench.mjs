/** `npm run bench [name ...]`: sets up everything, then measures (bench/run.ts). */
import { ensureBuild, ensureGenerated } from './setup/build.mjs';
import { ensureChromium } from './setup/chromium.mjs';
import { main } from './setup/node.mjs';
import { ensurePackages } from './setup/packages.mjs';
import { attach, bin } from './setup/run.mjs';
import { ensureTensorFlow } from './setup/tensorflow.mjs';

await main(async () => {
  await ensurePackages();
  const backend = await ensureTensorFlow();
  await ensureGenerated();
  await ensureBuild();
  const env = {
    INTERLAYER_BACKEND: backend,
    INTERLAYER_CHROMIUM: (await ensureChromium()) ?? '',
    TF_CPP_MIN_LOG_LEVEL: '2',
  };
  return attach(process.execPath, [bin('tsx/dist/cli.mjs'), 'bench/run.ts', ...process.argv.slice(2)], {
    env,
  });
});
