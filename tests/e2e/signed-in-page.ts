import { createHash, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ReadyFile } from '@viaduct/contracts';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

export const CHROMIUM = process.env.VIADUCT_CHROMIUM ?? '/usr/bin/chromium';
const USER_NAME = 'operator';
const PASSWORD = 'correct horse battery staple';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
/** Set to keep pictures for the documents: VIADUCT_PICTURES=docs/images npx vitest run --project e2e */
export const PICTURES = process.env.VIADUCT_PICTURES;
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Maps are drawn by WebGL, which software does here. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--enable-unsafe-swiftshader',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** Nothing fades: halfway through, every colour is too pale, and what fades out still takes clicks. */
const WIDE: BrowserContextOptions = { viewport: { width: 1280, height: 800 }, reducedMotion: 'reduce' };
const NARROW_WIDTH = 360;
const NARROW: BrowserContextOptions = {
  viewport: { width: NARROW_WIDTH, height: 740 },
  colorScheme: 'dark',
  reducedMotion: 'reduce',
};

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** The console of a server in a headless browser of its own. */
export interface ConsolePage {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the browser complained about, on wide and narrow screens. Refusals are answers that a test may ask for. */
  readonly complaints: readonly string[];
  /** The whole address of a path of the console. */
  url(path: string): string;
  open(path: string): Promise<void>;
  /** No serious or critical finding of axe on what is shown now. */
  expectAccessible(): Promise<void>;
  /** The same page in the dark on a narrow screen fits, and is accessible. */
  expectNarrow(path: string, pictureName?: string): Promise<void>;
  picture(name: string): Promise<void>;
  close(): Promise<void>;
}

export type SignedInPage = ConsolePage;

/** Signed in as the first administrator, at the overview. */
export async function openSignedInPage({ ready }: { readonly ready: ReadyFile }): Promise<SignedInPage> {
  const opened = await openConsole(ready);
  await opened.page.goto(ready.adminLink ?? '');
  await signUp(opened.page);
  return opened;
}

/** On the page that the one-time link leads to. */
export async function signUp(page: Page): Promise<void> {
  await page.getByLabel('User name').fill(USER_NAME);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Password again').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create and sign in' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
}

/** On the page that asks for it. */
export async function signIn(page: Page): Promise<void> {
  await page.getByLabel('User name').fill(USER_NAME);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Nobody is signed in, and no page is open yet. */
export async function openConsole(ready: ReadyFile): Promise<ConsolePage> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: [...FLAGS, trusting(ready.caFile)] });
  const context = await browser.newContext(WIDE);
  const page = await context.newPage();
  const complaints: string[] = [];
  listen(page, complaints);
  const url = (path: string) => new URL(path, ready.consoleUrl).href;
  return {
    context,
    page,
    complaints,
    url,
    open: async (path) => void (await page.goto(url(path))),
    expectAccessible: () => expectAccessible(page),
    expectNarrow: (path, pictureName) => expectNarrow(browser, context, complaints, url(path), pictureName),
    picture: (name) => picture(page, name),
    close: () => browser.close(),
  };
}

/**
 * Whatever the root of the server has signed is trusted, as a user does who installed it. Playwright's `ignoreHTTPSErrors` is none: a
 * download that begins with a connection of its own is cancelled by it.
 */
function trusting(caFile: string): string {
  const key = new X509Certificate(readFileSync(caFile)).publicKey.export({ type: 'spki', format: 'der' });
  return `--ignore-certificate-errors-spki-list=${createHash('sha256').update(key).digest('base64')}`;
}

function listen(page: Page, complaints: string[]): void {
  page.on('console', (message) => {
    if (message.type() !== 'error' || /status of 4\d\d/.test(message.text())) return;
    complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
}

async function expectAccessible(page: Page): Promise<void> {
  await untilStill(page);
  // Once a document. What passes is not told, which halves the time.
  if (!(await page.evaluate<boolean>("'axe' in window"))) await page.evaluate(AXE);
  const { violations } = await page.evaluate<{ violations: Violation[] }>("axe.run({ resultTypes: ['violations'] })");
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(
    serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
    page.url(),
  ).toEqual([]);
}

async function expectNarrow(
  browser: Browser,
  context: BrowserContext,
  complaints: string[],
  url: string,
  pictureName: string | undefined,
): Promise<void> {
  const narrow = await browser.newContext({ ...NARROW, storageState: await context.storageState() });
  const page = await narrow.newPage();
  listen(page, complaints);
  await page.goto(url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  // Whatever stands for an answer that has not come.
  await expect.poll(() => page.locator('.mantine-Skeleton-root').count(), { timeout: 20_000 }).toBe(0);
  expect(await page.evaluate<number>('document.documentElement.scrollWidth'), url).toBeLessThanOrEqual(NARROW_WIDTH);
  await expectAccessible(page);
  if (pictureName !== undefined) await picture(page, pictureName);
  await narrow.close();
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  await untilStill(page);
  mkdirSync(join(ROOT, PICTURES), { recursive: true });
  await page.screenshot({ path: join(ROOT, PICTURES, `${name}.png`) });
}

/** What our own stylesheets move comes to its end. Evaluated at once: the page's policy forbids to poll by text. */
async function untilStill(page: Page): Promise<void> {
  await page.evaluate(
    "Promise.all(document.getAnimations().filter((a) => a.playState === 'running' && a.effect.getTiming().iterations !== Infinity).map((a) => a.finished.catch(() => 0))).then(() => 0)",
  );
}
