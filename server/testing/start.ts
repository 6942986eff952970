/** The server as people start it, in a process of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<{ code: number | null; output: string }>;
  /** Resolves once what was printed fits; rejects when the server ends first. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

export function startServer(main: string, env: Record<string, string>): Started {
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, ['--import', 'tsx', main], {
    env: { NODE_ENV: 'production', PATH, HOME, PORT: '0', INTERLAYER_BACKEND: 'wasm', ...env },
  });
  let output = '';
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => {
      output += text;
      for (const listener of [...listeners]) listener();
    });
  const ended = once(child, 'close').then(([code]) => {
    for (const listener of [...listeners]) listener();
    return { code: code as number | null, output };
  });
  const printed = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const look = () => {
        const match = pattern.exec(output);
        if (match) resolve(match);
        else if (child.exitCode !== null) reject(new Error(`it ended: ${output}`));
        else return;
        listeners.delete(look);
      };
      listeners.add(look);
      look();
    });
  return { child, ended, printed };
}
