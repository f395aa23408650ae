// The page as it is built, in Debian's Chromium, from a file.
import { existsSync, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { after } from 'node:test';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const CHROMIUM = '/usr/bin/chromium';
const PAGE = resolve(import.meta.dirname, '../../dist/web/index.html');
const SCREENS = resolve(import.meta.dirname, '../../build/web-screens');

/** Why there is nothing to be tried; false where there is. */
export const skip: string | false = [CHROMIUM, PAGE].every(existsSync) ? false : 'there is no Chromium, or no dist/web';

let browser: Browser | undefined;
after(async () => browser?.close());

export interface OpenPage {
  readonly page: Page;
  /** what the console and uncaught errors said */
  readonly said: readonly string[];
  /** addresses that were asked for, but for the page's own files */
  readonly asked: readonly string[];
}

export async function openPage(options: BrowserContextOptions = {}, fragment = ''): Promise<OpenPage> {
  // Root has no sandbox of Chromium's.
  browser ??= await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  const context = await browser.newContext({ viewport: { width: 1440, height: 1000 }, ...options });
  const page = await context.newPage();
  const said: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(pathToFileURL(resolve(PAGE, '..')).href)) asked.push(request.url());
  });
  await page.goto(pathToFileURL(PAGE).href + fragment);
  await page.waitForFunction(() => performance.getEntriesByName('ready').length > 0);
  return { page, said, asked };
}

export interface FirstVerdict {
  /** milliseconds of the main thread's processor time, and by the clock, from the script's begin on */
  readonly cpu: number;
  readonly wall: number;
}

/** How long the page takes, once it is there, until it shows its first verdict. */
export async function measureFirstVerdict(): Promise<FirstVerdict> {
  const { page } = await openPage();
  const session = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  session.on('Tracing.dataCollected', ({ value }) => {
    for (const event of value) events.push(readTraceEvent(event));
  });
  const complete = new Promise<void>((resolved) => session.once('Tracing.tracingComplete', () => resolved()));
  const includedCategories = ['blink.user_timing', 'devtools.timeline'];
  await session.send('Tracing.start', { transferMode: 'ReportEvents', traceConfig: { includedCategories } });
  await page.reload();
  await page.waitForFunction(() => performance.getEntriesByName('ready').length > 0);
  await session.send('Tracing.end');
  await complete;
  await page.context().close();
  const begin = events.find(({ name, url }) => name === 'EvaluateScript' && url.endsWith('/page.js'));
  const end = events.find(({ name }) => name === 'first-verdict');
  if (begin === undefined || end === undefined) throw new Error('the trace has no verdict');
  return { cpu: (end.tts - begin.tts) / 1000, wall: (end.ts - begin.ts) / 1000 };
}

interface TraceEvent {
  readonly name: string;
  readonly url: string;
  /** microseconds, by the clock and of the thread's processor time */
  readonly ts: number;
  readonly tts: number;
}

function readTraceEvent(event: Readonly<Record<string, unknown>>): TraceEvent {
  const { url } = Object(Object(event['args']).data);
  return { name: String(event['name']), url: String(url), ts: Number(event['ts']), tts: Number(event['tts']) };
}

/** Keeps what is to be seen, for people to look at. */
export async function keepScreen(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENS, { recursive: true });
  await page.screenshot({ path: resolve(SCREENS, `${name}.png`), fullPage: true });
}
