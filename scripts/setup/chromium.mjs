/** A Chromium for the end-to-end tests: Playwright's own, else one on the path, else Debian's package. */
import { existsSync } from 'node:fs';
import { debian } from './debian.mjs';
import { step } from './report.mjs';
import { bin, run } from './run.mjs';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

async function onPath() {
  for (const name of NAMES) {
    const { code, output } = await run('sh', ['-c', `command -v ${name}`]);
    if (code === 0) return output.trim();
  }
  return null;
}

/** Path of the browser, or null with the reason told. */
export async function ensureChromium() {
  const { chromium } = await import('playwright');
  if (process.env.INTERLAYER_CHROMIUM) return process.env.INTERLAYER_CHROMIUM;
  if (existsSync(chromium.executablePath())) return chromium.executablePath();
  const found = await onPath();
  if (found) return found;
  const line = step('Chromium');
  line.progress('installing');
  if (await debian('chromium')) {
    line.done("Debian's package installed");
    return onPath();
  }
  const { code } = await run(process.execPath, [bin('playwright/cli.js'), 'install', 'chromium'], {
    timeout: 600_000,
  });
  if (code === 0 && existsSync(chromium.executablePath())) {
    line.done("Playwright's own installed");
    return chromium.executablePath();
  }
  line.fail('none found. Install Chromium or Chrome, or name one in INTERLAYER_CHROMIUM');
  return null;
}
