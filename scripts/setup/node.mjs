/** Node's version, before anything newer than it is used. */
import { SetupError } from './report.mjs';

export function checkNode(version = process.versions.node) {
  const [major] = version.split('.').map(Number);
  if (major < 20)
    throw new SetupError(
      `Interlayer needs Node 20 or later; this is ${version}. See nodejs.org, or use nvm.`,
    );
}

/** Runs set-up's main function; a SetupError is told without a stack. */
export async function main(work) {
  try {
    checkNode();
    process.exitCode = (await work()) ?? 0;
  } catch (error) {
    if (error instanceof SetupError) console.error(`\n${error.message}`);
    else console.error(error);
    process.exitCode = 1;
  }
}
