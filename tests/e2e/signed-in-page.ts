import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestServer } from '@viaduct/testkit';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { expect } from 'vitest';

export const CHROMIUM = process.env.VIADUCT_CHROMIUM ?? '/usr/bin/chromium';
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const PASSWORD = 'correct horse battery staple';
/** Set to keep pictures for the documents: VIADUCT_PICTURES=docs/images npx vitest run --project e2e */
const PICTURES = process.env.VIADUCT_PICTURES;
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** Maps are drawn by WebGL, which software does here. */
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--enable-unsafe-swiftshader',
  '--disable-quic',
  '--no-first-run',
];

interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

/** The first administrator of a server, in a headless browser. */
export interface SignedInPage {
  readonly page: Page;
  /** What the browser complained about. Refusals are answers that a test may ask for. */
  readonly complaints: readonly string[];
  open(path: string): Promise<void>;
  /** No serious or critical finding of axe on what is shown now. */
  expectAccessible(): Promise<void>;
  /** The same page in the dark on a narrow screen fits, and is accessible. */
  expectNarrow(path: string): Promise<void>;
  picture(name: string): Promise<void>;
  close(): Promise<void>;
}

export async function openSignedInPage(server: TestServer): Promise<SignedInPage> {
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !/status of 40[0-9]/.test(message.text()))
      complaints.push(`${page.url()}: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(server.ready.adminLink ?? '');
  await page.getByLabel('User name').fill('operator');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Password again').fill(PASSWORD);
  await page.getByRole('button', { name: 'Create and sign in' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  const url = (path: string) => new URL(path, server.ready.consoleUrl).href;
  return {
    page,
    complaints,
    open: async (path) => void (await page.goto(url(path))),
    expectAccessible: () => expectAccessible(page),
    expectNarrow: (path) => expectNarrow(browser, context, url(path)),
    picture: (name) => picture(page, name),
    close: () => browser.close(),
  };
}

async function expectAccessible(page: Page): Promise<void> {
  await untilStill(page);
  await page.evaluate(AXE);
  const { violations } = await page.evaluate<{ violations: Violation[] }>('axe.run()');
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  expect(
    serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
    page.url(),
  ).toEqual([]);
}

async function expectNarrow(browser: Browser, context: BrowserContext, url: string): Promise<void> {
  const narrow = await browser.newContext({
    ignoreHTTPSErrors: true,
    viewport: { width: 360, height: 740 },
    colorScheme: 'dark',
    storageState: await context.storageState(),
  });
  const page = await narrow.newPage();
  await page.goto(url);
  await page.getByRole('heading', { level: 1 }).waitFor();
  // Whatever stands for an answer that has not come.
  await page.locator('.mantine-Skeleton-root').first().waitFor({ state: 'detached' });
  expect(await page.evaluate<number>('document.documentElement.scrollWidth'), url).toBeLessThanOrEqual(360);
  await expectAccessible(page);
  await narrow.close();
}

async function picture(page: Page, name: string): Promise<void> {
  if (PICTURES === undefined) return;
  await untilStill(page);
  mkdirSync(join(ROOT, PICTURES), { recursive: true });
  await page.screenshot({ path: join(ROOT, PICTURES, `${name}.png`) });
}

/** Halfway through a fade, every colour is too pale. Evaluated at once: the page's policy forbids to poll by text. */
async function untilStill(page: Page): Promise<void> {
  await page.evaluate(
    'Promise.all(document.getAnimations().filter((a) => a.effect.getTiming().iterations !== Infinity).map((a) => a.finished.catch(() => 0))).then(() => 0)',
  );
}
