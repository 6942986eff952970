/** Child processes of set-up. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');

/** Runs a command to its end; resolves with its exit code and the tail of what it printed, never rejects. */
export function run(command, args, { env = {}, cwd = root, timeout = 0, onLine } = {}) {
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout,
    });
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => {
        output = (output + text).slice(-200_000);
        if (onLine) for (const line of text.split('\n')) if (line.trim()) onLine(line);
      });
    child.on('error', (error) => resolve({ code: 127, output: error.message }));
    child.on('close', (code, signal) =>
      resolve({ code: code ?? 1, output, timedOut: signal === 'SIGTERM' && timeout > 0 }),
    );
  });
}

/** Runs a command on this terminal; resolves with its exit code. */
export function attach(command, args, { env = {}, cwd = root } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: 'inherit' });
    for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
    child.on('error', () => resolve(127));
    child.on('close', (code, signal) =>
      resolve(code ?? (signal === 'SIGINT' || signal === 'SIGTERM' ? 0 : 1)),
    );
  });
}

/** The file that an installed package offers as `name`, run with this Node. */
export const bin = (file) => path.join(root, 'node_modules', file);

/** Last lines that say something, for an error message. */
export const tail = (output, lines = 12) => output.trim().split('\n').slice(-lines).join('\n');
