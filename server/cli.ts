#!/usr/bin/env node
/** The command line: the same use cases as the page, over HTTP to a running server. Exit codes: 0 done, 1 failed, 2 misused. */
import { CommandError, HELP, importFiles, makeToken, query, Usage } from './cli/commands.ts';

const [command, ...rest] = process.argv.slice(2);

try {
  switch (command) {
    case 'import':
      await importFiles(rest);
      break;
    case 'query':
      await query(rest);
      break;
    case 'inspect': {
      // TensorFlow is loaded for this alone.
      const { inspectFiles } = await import('./cli/inspect.ts');
      await inspectFiles(rest);
      break;
    }
    case 'token':
      await makeToken(rest);
      break;
    case undefined:
    case 'help':
    case '--help':
    case '-h':
      console.log(HELP);
      break;
    default:
      throw new Usage(`There is no command ${command}.`);
  }
} catch (error) {
  const misused = error instanceof Usage || (error instanceof TypeError && 'code' in error);
  if (misused) console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
  else if (error instanceof CommandError) console.error(error.message);
  else console.error(error);
  process.exitCode = misused ? 2 : 1;
}
