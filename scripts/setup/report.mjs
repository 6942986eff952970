/** Set-up's own words on the terminal: one line a step, with progress where it takes long. */
const terminal = process.stdout.isTTY;

/** Starts a line; `done`, `skip` or `fail` end it. */
export function step(name) {
  const began = Date.now();
  let shown = '';
  let quarter = 0;
  const clear = () => {
    if (terminal && shown) process.stdout.write(`\r${' '.repeat(shown.length)}\r`);
    shown = '';
  };
  const end = (mark, text) => {
    clear();
    const seconds = (Date.now() - began) / 1000;
    console.log(`${mark} ${name}: ${text}${seconds >= 1 ? ` (${seconds.toFixed(1)} s)` : ''}`);
  };
  return {
    /** `share` from 0 to 1, or null when it is not known. */
    progress(text, share = null) {
      const line = `… ${name}: ${text}${share === null ? '' : ` ${Math.floor(share * 100)} %`}`;
      if (terminal) {
        clear();
        shown = line.slice(0, (process.stdout.columns ?? 80) - 1);
        process.stdout.write(shown);
      } else if (share === null || Math.floor(share * 4) > quarter) {
        quarter = share === null ? 0 : Math.floor(share * 4);
        console.log(line);
      }
    },
    done: (text) => end('✓', text),
    skip: (text) => end('–', text),
    fail: (text) => end('✗', text),
  };
}

/** Set-up cannot go on: what happened, why, and what to do. */
export class SetupError extends Error {}
