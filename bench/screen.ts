/** From Enter in the query line to the picture on the screen, in a real Chromium: of answers that the server has, and of new ones. */
import { chromium } from 'playwright';
import { z } from 'zod';
import { boardSchema } from '../core/api/index.ts';
import { type Benchmark, type Measurement, median } from './measure.ts';
import { runServer } from './server.ts';

const RUNS = 24;
const DRAWN = 'article[aria-busy="false"] canvas';
/** In the page: starts a clock at the next Enter, and stops it at the frame after one more picture was put in. */
const START = `(() => {
  const views = document.querySelectorAll('${DRAWN}').length;
  let began = 0;
  addEventListener('keydown', (event) => { if (event.key === 'Enter') began = performance.now(); }, { capture: true });
  window.drawn = new Promise((resolve) => {
    const look = () =>
      began > 0 && document.querySelectorAll('${DRAWN}').length > views
        ? resolve(performance.now() - began)
        : requestAnimationFrame(look);
    requestAnimationFrame(look);
  });
})()`;

export const screen: Benchmark = {
  name: 'screen',
  async run() {
    const browser = await chromium.launch({
      ...(process.env.INTERLAYER_CHROMIUM ? { executablePath: process.env.INTERLAYER_CHROMIUM } : {}),
      args: [
        ...[
          '--no-sandbox',
          '--disable-gpu',
          '--enable-unsafe-swiftshader',
          '--disable-background-networking',
        ],
        ...['--disable-component-update', '--disable-sync', '--no-first-run', '--disable-quic'],
      ],
    });
    const server = await runServer().catch(async (error) => {
      await browser.close();
      throw error;
    });
    try {
      const board = boardSchema.parse(
        await server.call('POST', 'projects/digits/boards', { title: 'Bench' }),
      );
      const question = (run: number) => `select activation(conv2d_1) from digits-cnn@20(digits.test[${run}])`;
      for (let run = 0; run <= RUNS; run++) await server.query(question(run));
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
      await context.addCookies(
        server.cookie.split('; ').map((pair) => {
          const [name = '', ...value] = pair.split('=');
          return { name, value: value.join('='), url: server.url };
        }),
      );
      const page = await context.newPage();
      await page.goto(`${server.url}/p/digits/boards/${board.id}`);
      await page.getByRole('status', { name: 'Save state: saved' }).waitFor();
      const timed = async (text: string): Promise<number> => {
        await page.keyboard.press('/');
        const line = page.getByRole('textbox', { name: 'Query', exact: true });
        await line.fill(text);
        await page.evaluate(START);
        await page.keyboard.press('Enter');
        const time = z.number().parse(await page.evaluate('window.drawn'));
        await page.keyboard.press('Delete');
        await page.locator('article[aria-busy]').waitFor({ state: 'detached' });
        return time;
      };
      // In turns, so that what else the machine does falls on both.
      const [kept, computed]: [number[], number[]] = [[], []];
      for (let run = 0; run <= RUNS; run++) {
        kept.push(await timed(question(run)));
        computed.push(await timed(question(RUNS + 1 + run)));
      }
      // The first loads the lens.
      const said = (what: string, [first = 0, ...times]: readonly number[]): Measurement => ({
        name: `Enter to picture, ${what}`,
        unit: 'ms',
        ours: median(times),
        runs: times.length,
        note: `first picture of the page ${first.toFixed(0)} ms`,
      });
      return [said('result cached', kept), said('result computed', computed)];
    } finally {
      await browser.close();
      await server.stop();
    }
  },
};
