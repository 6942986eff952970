/** Debian's packages, where the tests need a program that npm does not have. Only as root; true when installed. */
import { run } from './run.mjs';

export async function debian(...packages) {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return false;
  if ((await run('sh', ['-c', 'command -v apt-get'])).code !== 0) return false;
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = () =>
    run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], {
      env,
      timeout: 600_000,
    });
  if ((await install()).code === 0) return true;
  await run('apt-get', ['update', '-q'], { env, timeout: 300_000 });
  return (await install()).code === 0;
}
